"""`python -m tests.screens`, which is `make screens`."""

from bot.rulebook import load, shipped_rules
from tests.screens import FOLDER, LANGUAGES, pictures

rulebook = load(shipped_rules())
for language in LANGUAGES:
    for name, picture in pictures(language, rulebook).items():
        (FOLDER / name).write_text(picture, encoding="utf-8")
        print(FOLDER / name)

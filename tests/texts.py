"""What people read, collected for translators: `make texts` brings the catalogues up to date with the sources.

A text is found by who says it: `mark("...")`, `plural("one", "many")`, `say("...")`, `saying("...")`,
`count("one", "many", ...)`. For another language, write a file with its header alone (copy one, change its plurals) and
make the texts. A newcomer's mistake is to leave `fuzzy` standing: a fuzzy text is said in English.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from bot.tongues import CATALOGUES, languages

BOT = CATALOGUES.parent
KEYWORDS = {"mark": None, "say": None, "saying": None, "plural": (1, 2), "count": (1, 2)}
TEMPLATE = CATALOGUES / "tocsin.pot"
WIDTH = 110
HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def extracted() -> Catalog:
    """All texts of the sources as they are now, with where each is said."""
    found = Catalog(project="tocsin", charset="utf-8", fuzzy=False)
    for file, line, message, comments, context in _said(BOT):
        found.add(message, None, [(f"bot/{file}", line)], auto_comments=comments, context=context)
    return found


def _said(folder: Path) -> Iterator[tuple[str, int, str | tuple[str, ...], list[str], str | None]]:
    found = extract_from_dir(folder, [("**.py", "python")], keywords=KEYWORDS, comment_tags=("For translators:",))
    yield from sorted(found, key=lambda each: (each[0], each[1]))


def path_of(language: str) -> Path:
    return CATALOGUES / language / "LC_MESSAGES" / "tocsin.po"


def catalogue(language: str) -> Catalog:
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def translations(language: str) -> list[Message]:
    """The texts of a language, without the header."""
    return [message for message in catalogue(language) if message.id]


def write(found: Catalog, path: Path, header: str) -> None:
    """Line numbers and dates are left out: they would make a change of every edit anywhere."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(header.encode())
        write_po(file, found, width=WIDTH, omit_header=True, include_lineno=False, ignore_obsolete=True)


def header_of(known: Catalog) -> str:
    return HEADER.format(language=known.locale, plurals=known.plural_forms)


def main() -> None:
    template = extracted()
    write(template, TEMPLATE, "")
    for language in languages()[1:]:
        known = catalogue(language)
        known.update(template, no_fuzzy_matching=True)
        write(known, path_of(language), header_of(known))
        missing = [message for message in known if message.id and not _is_translated(message)]
        print(f"{language}: {len(missing)} of {len(known)} texts to translate in {path_of(language)}")


def _is_translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(strings)


if __name__ == "__main__":
    main()

"""The bot as a chat shows it, as pictures: what README and docs/ show. `make screens` draws docs/*-*.svg anew.

The bot is the real one, before the fake Telegram, which reads what it writes by Telegram's own parser; only the chat
round the messages is drawn. A newcomer's mistake is to draw what should be seen instead: a story does something, and
the picture is what comes of it.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.core.pipeline import Rulebook
from bot.seeds import load_story, seeds_folder
from tests.screens.drawing import chat
from tests.screens.stage import open_stage
from tests.screens.stories import EDITED, screens

FOLDER = Path(__file__).parent.parent.parent / "docs"
LANGUAGES = tuple(EDITED)


def pictures(language: str, rulebook: Rulebook) -> dict[str, str]:
    """All pictures in a language, as SVG, by the names of their files."""
    with TemporaryDirectory(prefix="tocsin-screens-") as folder:
        return asyncio.run(_pictures(language, rulebook, Path(folder)))


async def _pictures(language: str, rulebook: Rulebook, folder: Path) -> dict[str, str]:
    story = load_story(seeds_folder() / "idlib-day.yaml")
    async with open_stage(rulebook, language, folder) as stage:
        return {f"{name}-{language}.svg": chat(shown) async for name, shown in screens(stage, story)}

"""The translations, one catalogue for each language: locale/<language>/LC_MESSAGES/tocsin.po, in gettext's format.

A newcomer looks for compiled .mo files: a catalogue is compiled when it is first asked for, so it is never out of date.
"""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.core.tongue import ENGLISH, Tongue

CATALOGUES = Path(__file__).parent / "locale"


@cache
def languages() -> tuple[str, ...]:
    """The languages that people can choose, English first; as ISO 639-1 codes."""
    return (ENGLISH.language, *sorted(path.parent.parent.name for path in CATALOGUES.glob("*/LC_MESSAGES/tocsin.po")))


def tongue(language: str | None) -> Tongue:
    """The tongue for a code such as "ar" or "pt-BR"; English where there is no such catalogue."""
    code = (language or "").partition("-")[0].lower()
    return _translated(code) if code in languages() and code != ENGLISH.language else ENGLISH


@cache
def _translated(code: str) -> Tongue:
    with (CATALOGUES / code / "LC_MESSAGES" / "tocsin.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    translations = GNUTranslations(compiled)
    return Tongue(code, translations.gettext, translations.ngettext)

"""The translations, one catalogue for each language: locale/<language>/LC_MESSAGES/tocsin.po, in gettext's format.

A newcomer looks for compiled .mo files: a catalogue is compiled when it is first asked for, so it is never out of date.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache, lru_cache, partial
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.core.model import Actor, Doer, Place
from bot.core.placenames import in_language
from bot.core.places import Gazetteer
from bot.core.reading import Knowledge
from bot.core.tongue import ENGLISH, Tongue

CATALOGUES = Path(__file__).parent / "locale"
BRITISH = "en_GB"
REMEMBERED_PLACES = 5_000


@cache
def languages() -> tuple[str, ...]:
    """The languages that people can choose, English first; as ISO 639-1 codes."""
    return (ENGLISH.language, *sorted(path.parent.parent.name for path in CATALOGUES.glob("*/LC_MESSAGES/tocsin.po")))


def tongue(*wanted: str | None) -> Tongue:
    """The tongue for the first of these codes, such as "ar" or "pt-BR", that there is; English where there is none."""
    codes = ((language or "").partition("-")[0].lower() for language in wanted)
    return _spoken(next((code for code in codes if code in languages()), ENGLISH.language))


def name_of(language: str) -> str:
    """What those who speak a language call it."""
    name = Locale.parse(language).get_display_name() or language
    return name[:1].upper() + name[1:]


class Tongues:
    """Tongues that know places and armed actors, which are others when the rules have been reloaded."""

    def __init__(self, knowledge: Callable[[], Knowledge], default: str = ENGLISH.language) -> None:
        self._knowledge = knowledge
        self._default = default
        self._known: tuple[Knowledge, dict[str, Tongue]] | None = None

    def of(self, *wanted: str | None) -> Tongue:
        """The tongue for the first of these codes that there is, else the default one."""
        knowledge = self._knowledge()
        if self._known is None or self._known[0] is not knowledge:
            self._known = knowledge, {}
        spoken = tongue(*wanted, self._default)
        return self._known[1].setdefault(spoken.language, _knowing(spoken, knowledge))


def _knowing(spoken: Tongue, knowledge: Knowledge) -> Tongue:
    actor = partial(_actor, knowledge.blaming.actors, spoken.language)
    return replace(_placing(spoken, knowledge.gazetteer), actor=actor)


def _actor(actors: Mapping[str, Actor], language: str, actor_id: str) -> Doer:
    known = actors.get(actor_id)
    return known.shown(language) if known else Doer("")


def _placing(spoken: Tongue, gazetteer: Gazetteer) -> Tongue:
    """The tongue with the places of a gazetteer, whose own names are English."""
    if spoken.language == ENGLISH.language:
        return spoken
    place = partial(in_language, language=spoken.language, gazetteer=gazetteer, country=spoken.country)
    return replace(spoken, place=lru_cache(REMEMBERED_PLACES)(place))


@cache
def _spoken(code: str) -> Tongue:
    locale = Locale.parse(BRITISH if code == ENGLISH.language else code)
    country, language_name = partial(_country, locale), partial(_language, locale)
    said = replace(ENGLISH, language=code, day=partial(_day, locale), country=country, language_name=language_name)
    if code == ENGLISH.language:
        return said
    catalogue = _catalogue(code)
    return replace(
        said, gettext=catalogue.gettext, ngettext=catalogue.ngettext, place=partial(_in_country, country=country)
    )


def _country(locale: Locale, code: str) -> str:
    return str(locale.territories.get(code, ""))


def _language(locale: Locale, code: str) -> str:
    return str(locale.languages.get(code, ""))


def _day(locale: Locale, moment: datetime) -> str:
    return format_date(moment, "long", locale=locale)


def _in_country(place: Place, country: Callable[[str], str]) -> Place:
    """A place that only its country is known of in the language."""
    return replace(place, country_name=country(place.country or "") or place.country_name)


def _catalogue(code: str) -> GNUTranslations:
    with (CATALOGUES / code / "LC_MESSAGES" / "tocsin.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)

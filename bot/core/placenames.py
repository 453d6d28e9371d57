"""A place as readers of another language know it: its own name, those of what contains it, and its country's.

The gazetteer knows few names by language and the rest by their script. A newcomer's mistake is to take any Cyrillic
name for a Russian one: a name is taken by its script only where there is no doubt, and else the place is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from bot.core.model import Place
from bot.core.places import Gazetteer
from bot.core.places.keys import ARABIC_COUNTRIES

# Letters that names in a language are written with; names with any other are of some other language.
_ALPHABETS = {
    "ar": re.compile("[\u0621-\u064a\u0651 'ـ-]+"),
    "ru": re.compile("[а-яёА-ЯЁ' -]+"),
    "uk": re.compile("[абвгґдеєжзиіїйклмнопрстуфхцчшщьюяАБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯ'’ʼ -]+"),
}
_WIDE = ("admin1", "region", "country")


def in_language(place: Place, language: str, gazetteer: Gazetteer, country: Callable[[str], str]) -> Place:
    """The place with the names of a language, as far as they are known. `country` names one by its ISO 3166 code."""
    around = [found for each in place.lineage if (found := gazetteer.get(each)) is not None]
    land = next((gazetteer.spoken(each.id, language) for each in around if each.kind == "country"), "")
    nation = land or country(place.country or "") or place.country_name
    if place.kind == "country":
        return replace(place, name=nation or place.name, country_name=nation)
    parents = {each.name: each.id for each in around}
    admin = tuple(_known_as(name, parents, place, language, gazetteer) for name in place.admin)
    name = name_in(place.id, language, gazetteer) or _known_as(place.name, parents, place, language, gazetteer)
    return replace(place, name=name, admin=admin, country_name=nation)


def _known_as(name: str, ids: dict[str, str], place: Place, language: str, gazetteer: Gazetteer) -> str:
    """The name of what contains a place. A place that is told coarsely has no parents, only their names."""
    if name in ids:
        return name_in(ids[name], language, gazetteer) or name
    if "/" not in place.id:
        return name
    wide = (k.place for k in gazetteer.named(name) if k.place.country == place.country and k.place.kind in _WIDE)
    found = next(wide, None)
    return (name_in(found.id, language, gazetteer) if found else "") or name


def name_in(place_id: str, language: str, gazetteer: Gazetteer) -> str:
    """The name of a place in a language: as a place file gives it, else by its script; empty where none is sure."""
    if written := gazetteer.spoken(place_id, language):
        return written
    alphabet = _ALPHABETS.get(language)
    place = gazetteer.get(place_id)
    if alphabet is None or place is None:
        return ""
    return _sure([name for name in gazetteer.names_of(place_id) if alphabet.fullmatch(name)], place, language)


def _sure(names: Iterable[str], place: Place, language: str) -> str:
    """The first name where the country itself writes so, else the only one."""
    found = list(dict.fromkeys(names))
    is_at_home = language == "ar" and place.country in ARABIC_COUNTRIES
    return found[0] if found and (is_at_home or len(found) == 1) else ""

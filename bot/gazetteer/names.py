"""Which of a source's names can stand in a report: machine transliterations, codes and plain words cannot.

Of the 1.18 million alternate names of GeoNames' towns 175,028 are lower-case machine transliterations ("kfr nbl") and
7,864 airport codes; others are words ("She", "May", "Police"). A newcomer's mistake is to clean the main name away too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from bot.core.places.keys import key_of, words_of

SHORTEST = 3  # letters
LONGEST_CODE = 5  # capitals
_SCRIPTS = re.compile(
    "[A-Za-z\u00c0-\u024f\u1e00-\u1eff\u0400-\u052f\u0590-\u05ff\u0600-\u06ff\u0750-\u077f\u1200-\u137f]"
)
_FOREIGN = re.compile(
    "[\u0900-\u0fff\u1000-\u109f\u10a0-\u10ff\u0370-\u03ff\u0530-\u058f\u1100-\u11ff\u1780-\u17ff\u3040-\ud7ff]"
)
_UNWANTED = re.compile(r"[,;()/|\t\n\d]")
# What names of provinces and districts end or begin with, and people leave out.
_UNITS_AFTER = re.compile(
    r"\s+(?:Governorate|Province|Oblast|State|District|Region|Department|Prefecture|County|Raion|Municipality|Sub-?Prefecture"
    r"|Sub-?Division|Emirate|Canton|Wilaya|Territory|Parish|область|район|Oblast')$"
)
_UNITS_BEFORE = re.compile(
    r"^(?:محافظة|منطقة|ولاية|قضاء|استان|Muḩāfaz̧at|Wilāyat|Province d[eu]s?|Région d[eu]s?|Région de la"
    r"|Département d[eu]s?|Departamento de|Provincia de|Estado de|État de|State of|Province of)\s+"
)


def usable(names: Iterable[str], words: Collection[str]) -> tuple[str, ...]:
    """The names of a place that a report could contain: the main one first and as it is, no two of one key.

    `words` are plain words that no alternate name may be.
    """
    kept: dict[str, str] = {}
    for number, name in enumerate(names):
        key = key_of(name)
        if number == 0 or (_possible(name) and key not in words):
            kept.setdefault(key, name)
    return tuple(kept.values())


def _possible(name: str) -> bool:
    if len(name) < SHORTEST or _UNWANTED.search(name) or _FOREIGN.search(name) or not _SCRIPTS.search(name):
        return False
    if name.isascii() and name == name.lower():
        return False
    return not (name.isascii() and name.isupper() and len(name) <= LONGEST_CODE)


def without_units(names: Iterable[str]) -> Iterator[str]:
    """Names of provinces as people say them beside the full ones: "Homs Governorate" gives "Homs" as well."""
    for name in names:
        yield name
        for shorter in (_UNITS_AFTER.sub("", name), _UNITS_BEFORE.sub("", name)):
            if shorter != name and len("".join(words_of(shorter))) >= SHORTEST:
                yield shorter

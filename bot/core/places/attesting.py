"""Whether the village that a table has is the village that a report means: where neither says so, nobody is named.

No table has every village, and the one that is missing often has a namesake that is not. A newcomer's mistake is to
take the only candidate for the right one: the fewer spellings it has, and the more share its name, the less it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz

from bot.core.places.finding import Mention
from bot.core.places.gazetteer import Known
from bot.core.places.keys import (
    consonants_of,
    is_arabic,
    latin_consonants,
    unqualified,
    without_article,
    without_articles,
    words_of,
)

UNLIKE = 60.0  # percent that a name and the main one of a place are alike, from which it is only a rarer one
ORDINARY = 4  # places of a country that share a name, from which it is an ordinary one
SHORT = 6  # letters
FEW = 4  # spellings: a village that people write about has more


def unattested(mention: Mention, known: Known, namesakes: Iterable[Known]) -> str:
    """Why a village is rather another that the tables lack; nothing where nothing says so.

    `namesakes` are all places of that name or sound, of any country.
    """
    if known.by_hand or known.population or known.place.kind != "settlement":
        return ""
    if mention.article != known.article and _likeness(mention.key, known.place.name) < UNLIKE:
        return f"a rarer name of {known.place.name}, and only one of them has an article"
    if len(mention.key) > SHORT or known.names > FEW:
        return ""
    shared = len({k.place.id for k in namesakes if k.place.country == known.place.country})
    return f"one of {shared} villages of that name, none of them well known" if shared >= ORDINARY else ""


@lru_cache(maxsize=20_000)
def _likeness(key: str, name: str) -> float:
    """How alike a key and the main name of a place are, in percent, with "the great" at its end or without."""
    words = words_of(name)
    mains = [written for written in (words, unqualified(words)) if written]
    if is_arabic(key):
        bare = latin_consonants(without_article(key))
        return max(fuzz.ratio(bare, consonants_of(main).lstrip("a")) for main in mains)
    return max(fuzz.ratio(key, "".join(without_articles(main))) for main in mains)

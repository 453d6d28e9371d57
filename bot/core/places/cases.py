"""Each name with what stands round it: the words beside it, the names near it, and what speaks against it at once.

A newcomer's mistake is to take two names side by side for a place and its province: "and" between them makes a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from bot.core.places.cues import Cues
from bot.core.places.finding import Mention, Named, mentions
from bot.core.places.gazetteer import WEIGHT, Gazetteer, Known
from bot.core.places.guards import Surroundings, cue_of, first_word_alone, inside, is_shouting, person
from bot.core.places.keys import without_article
from bot.core.text import Gap

FIRST = attrgetter("first")
LARGE = 5.0  # in `weight`: a hundred thousand people, or a province
SURE = 3.0  # in `weight`: a thousand people
NEXT = 4  # words between two names that belong together
AND = frozenset(["and", "or", "et", "y", "и", "та", "і", "و", "ve", "von", "to"])
SIDES = frozenset({"pro", "anti", "non"})
DATELINE_WORDS = 4
LONGEST_ACRONYM = 4  # letters
# What follows a dateline: "(Reuters)", "- ", ", 16 Sept. 89 (AFP)", "/ Anadolu /", "— "
_DATELINE = re.compile(r"\s*(?:\([A-Z][\w /]{1,20}\)|[-–—]{1,2}\s|,[^()]{2,25}(?:\([A-Z]|[-–—] )|/\s?[A-Z])")


class Case(NamedTuple):
    """A mention with what stands round it."""

    mention: Mention
    near: Surroundings
    cue: str
    against: str
    neighbours: tuple[Mention, ...] = ()
    listed: tuple[Mention, ...] = ()


def cases_of(text: Named, gazetteer: Gazetteer, lower: frozenset[str]) -> Iterator[Case]:
    cues = gazetteer.cues
    found = list(mentions(text, gazetteer))
    close = [_near(one, other) for one, other in pairwise(found)]
    for number, mention in enumerate(found):
        near = Surroundings.of(mention)
        against = next((f"part of the phrase '{phrase}'" for phrase in inside(mention, text.phrases)), "")
        against = against or _against(mention, near, cues, lower)
        listed = [found[n] for n in (number - 1, number + 1) if 0 <= n < len(found) and close[min(n, number)]]
        beside = [m for m in listed if not _coordinated(*sorted((mention, m), key=FIRST))]
        yield Case(mention, near, cue_of(mention, near, cues), against, tuple(beside), tuple(listed))


def _against(mention: Mention, near: Surroundings, cues: Cues, lower: frozenset[str]) -> str:
    """Why a name is no place whatever the company; nothing when it may be one."""
    if mention.key in cues.never or (mention.single and without_article(mention.key) in cues.lower):
        return "a word that is never a place"
    if _is_sided(mention):
        return f"a side: '{mention.prose.words[mention.first - 1]}-' stands before"
    if mention.key in cues.demonyms and not any(mention.key in k.main_keys for k in mention.bearers):
        return "the name of a people"
    if not mention.latin:
        return first_word_alone(mention, near, cues)
    heavy = max(map(WEIGHT, mention.bearers))
    if len(mention.surface) <= LONGEST_ACRONYM and mention.surface.isupper() and heavy < LARGE:
        return "" if is_shouting(mention) else "an acronym"
    if mention.single and mention.key in lower and heavy < LARGE:
        return "the same word stands in small letters elsewhere"
    return person(mention, near, cues, trusted=heavy >= LARGE)


def _is_sided(mention: Mention) -> bool:
    """ "Pro-Russia", "anti-Kyiv": whose side somebody is on."""
    prose, before = mention.prose, mention.first - 1
    return before >= 0 and prose.gaps[before] == "-" and prose.words[before] in SIDES


def _near(first: Mention, second: Mention) -> bool:
    """Do two names, one after the other, stand close together in one sentence?"""
    if second.first - first.end > NEXT:
        return False
    return all(first.prose.gap(i) in (Gap.SPACE, Gap.PAUSE) for i in range(first.end - 1, second.first))


def _coordinated(first: Mention, second: Mention) -> bool:
    """Does "and" join two names? Else one may say where the other is: "Binnish, Idlib", "Binnish in southern Idlib"."""
    joined = second.how == "name after a particle" and first.prose.source[second.start] == "و"
    return joined or not AND.isdisjoint(first.prose.words[first.end : second.first])


def tied(case: Case) -> bool:
    """Does nothing but a comma part the name from the place round it, or in it? "Clinton, Iowa"."""
    mention = case.mention
    pairs = [sorted((mention, other), key=FIRST) for other in case.neighbours]
    return any(
        second.first == first.end and mention.prose.gaps[first.end - 1].strip() == "," for first, second in pairs
    )


def listed(best: Known, case: Case) -> bool:
    """Does a surer place of the same province stand in one list with it? "Saraqib and Ariha"."""
    held = set(best.place.parents[:-1])
    return any(
        held & set(k.place.lineage) and (k.by_hand or k.weight >= SURE or not m.single)
        for m in case.listed
        for k in m.bearers
    )


def is_dateline(mention: Mention) -> bool:
    """ "BEIRUT, 16 Sept. (Reuters) -", "BEIRUT: ": where a reporter sat."""
    prose = mention.prose
    if prose.field != "text" or mention.first > DATELINE_WORDS:
        return False
    after = prose.source[prose.ends[mention.end - 1] : prose.ends[mention.end - 1] + 40]
    return _DATELINE.match(after) is not None or (mention.surface.isupper() and after.startswith(": "))

"""What speaks against a name being a place: a person, an organisation, a set phrase, a plain word.

Each guard answers with its reason in words, or with nothing. A newcomer's mistake is to distrust every capital beside a
name: "Russia Defence Ministry" is about Russia, "Hama Amadou" not about Hama.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from bot.core.places.cues import Cues
from bot.core.places.finding import FREE_ARTICLES, Mention
from bot.core.places.forms import bases_of
from bot.core.places.keys import ARTICLES, is_arabic, without_article
from bot.core.text import Gap, Prose

SHOUTING = 0.8  # share of capitalised words around a name from which capitals say nothing
AROUND = 15  # words to each side that this share is taken of
FEWEST_COUNTED = 3
SHORTEST_COUNTED = 4  # letters; shorter words are small in headlines as well


PARTICLE = "a particle"
_TIES = frozenset([" ", "-", "‑"])
_TOUCHING = frozenset([" ", "\n", ". ", " #", "\n#"])  # a hashtag is a word like others


class Surroundings(NamedTuple):
    """The words beside a mention as far as nothing but a blank stands between; empty where something does."""

    before: str
    before_upper: bool
    after: str
    after_upper: bool
    further: str  # the word before `before`, whatever stands between

    @classmethod
    def of(cls, mention: Mention) -> Surroundings:
        prose, first, end = mention.prose, mention.first, mention.end
        if first > 1 and prose.words[first - 1] in FREE_ARTICLES and prose.gaps[first - 1] in _TIES:
            first -= 1  # "Um al Qura": Um stands before Qura
        touched = first > 0 and prose.gaps[first - 1] in _TOUCHING and _joined(prose, first - 1)
        followed = end < len(prose.words) and prose.gaps[end - 1] in (" ", " #")
        return cls(
            before=prose.words[first - 1] if touched else "",
            before_upper=touched and prose.starts_upper(first - 1),
            after=prose.words[end] if followed else "",
            after_upper=followed and _begins_name(prose, end),
            further=prose.words[first - 2] if touched and first > 1 else "",
        )


def _begins_name(prose: Prose, index: int) -> bool:
    """A capital, or an article before one: "Tal al-Laban" goes on after "Tal"."""
    if prose.words[index] in ARTICLES and index + 1 < len(prose.words) and prose.gaps[index] in ("-", " "):
        return prose.starts_upper(index + 1)
    return prose.starts_upper(index)


def _joined(prose: Prose, index: int) -> bool:
    """Is a word tied to the next? A full stop ties only after a title or an initial."""
    return not prose.gaps[index].startswith(".") or len(prose.words[index]) <= 5


def is_shouting(mention: Mention) -> bool:
    """Are most words of its sentence capitalised, as in headlines?"""
    prose = mention.prose
    first, end = mention.first, mention.end
    while first > 0 and mention.first - first < AROUND and prose.gap(first - 1) < Gap.STOP:
        first -= 1
    while end < len(prose.words) and end - mention.end < AROUND and prose.gap(end - 1) < Gap.STOP:
        end += 1
    counted = [
        i for i in range(first, end) if not mention.first <= i < mention.end and len(prose.words[i]) >= SHORTEST_COUNTED
    ]
    return len(counted) >= FEWEST_COUNTED and sum(map(prose.starts_upper, counted)) >= SHOUTING * len(counted)


def lower_words(texts: Sequence[Prose]) -> frozenset[str]:
    """All words that stand in small letters somewhere in the report."""
    found: set[str] = set()
    for prose in texts:
        source = prose.source
        found.update([word for word, at in zip(prose.words, prose.starts, strict=True) if source[at].islower()])
    return frozenset(found)


# ---------------------------------------------------------------- persons and organisations
def person(mention: Mention, near: Surroundings, cues: Cues, *, trusted: bool) -> str:
    """Why a Latin name is somebody's, or nothing. `trusted` names are not doubted for a capital beside them."""
    lists = cues.lists
    if near.before in cues.titles:
        return f"a person: the title '{near.before}' stands before"
    if near.before_upper and (near.before in lists.given or near.before in cues.given):
        return f"a person: the given name '{near.before}' stands before"
    if near.after in cues.organisations:
        return f"an organisation: '{near.after}' follows"
    if mention.single and near.after_upper and mention.key in lists.given and _names_person(near.after, cues):
        return f"a person: '{near.after}' follows a given name"
    doubtful = is_nobodys(mention.key, cues) is False
    if near.after_upper and not explains(near.after, cues):
        generic = mention.key in cues.generic
        if generic or (mention.single and (doubtful or not trusted) and not is_shouting(mention)):
            return f"part of a longer name: '{near.after}' follows"
    return ""


def part_of_longer(near: Surroundings, cues: Cues) -> str:
    """Why a small place's name is rather a part of a street's or of another village's; or nothing."""
    for word in (near.before, near.after):
        if word in cues.streets:
            return f"something called after a place: '{word}'"
    before = without_article(near.before)
    if before in cues.generic and before not in cues.units and before not in ARTICLES:
        return f"part of a longer name: '{near.before}' stands before"
    return ""


def on_street(near: Surroundings) -> str:
    """Why a name is rather that of a street, of whatever town; or nothing. A mosque of a name is often there."""
    named = next((word for word in (near.before, near.after) if word in _STREETS), "")
    return f"something called after a place: '{named}'" if named else ""


_STREETS = frozenset(["street", "streets", "avenue", "boulevard", "شارع"])


def first_word_alone(mention: Mention, near: Surroundings, cues: Cues) -> str:
    """Why an Arabic name is only the first word of a longer one, such as "hill" or "spring"; or nothing."""
    if (
        mention.end - mention.first == 1
        and without_article(mention.key) in cues.generic
        and near.after
        and near.after not in cues.locatives
    ):
        return f"part of a longer name: '{near.after}' follows"
    return ""


def _names_person(word: str, cues: Cues) -> bool:
    return word not in cues.lists.words and not explains(word, cues)


def is_nobodys(key: str, cues: Cues) -> bool:
    """Is a name in no list of people's names?"""
    return key not in cues.lists.given and key not in cues.lists.family and key not in cues.given


def explains(word: str, cues: Cues) -> bool:
    return (
        word in cues.units
        or word in cues.directions
        or word in cues.locatives
        or word in cues.demonyms
        or word in cues.lower
    )


def unknown_before(near: Surroundings, cues: Cues, mention: Mention) -> str:
    """A capital before a name that is no direction, people or unit: the name may be a family's."""
    word = near.before
    if not near.before_upper or explains(word, cues) or is_shouting(mention):
        return ""
    if _begins_sentence(mention.prose, mention.first - 1) and (word in cues.lists.words or word in cues.lower):
        return ""
    return f"part of a longer name: '{word}' stands before"


def _begins_sentence(prose: Prose, index: int) -> bool:
    return index == 0 or prose.gap(index - 1) in (Gap.STOP, Gap.BREAK)


def cue_of(mention: Mention, near: Surroundings, cues: Cues) -> str:
    """The word beside a name that says that it is a place, or nothing."""
    if mention.how == "name after a particle":
        return PARTICLE
    if is_unit(near.before, cues):
        return near.before
    if near.after in cues.units:
        return near.after
    if near.before in cues.locatives:
        return near.before
    if near.before in cues.directions or (
        near.before in ("of", "the") and near.further in cues.units | cues.directions
    ):
        return near.before
    return ""


@lru_cache(maxsize=20_000)
def _is_unit(word: str, units: frozenset[str]) -> bool:
    return word in units or (is_arabic(word) and not units.isdisjoint(bases_of(word)))


def is_unit(word: str, cues: Cues) -> bool:
    """Does a word say what a name names: "city", or in Arabic also "to the city"?"""
    return bool(word) and _is_unit(word, cues.units)


def inside(mention: Mention, stretches: Collection[tuple[int, int, str]]) -> Iterator[str]:
    """The phrases that a mention is part of."""
    return (phrase for first, end, phrase in stretches if mention.first < end and first < mention.end)

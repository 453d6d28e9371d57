"""Where a sentence makes an armed actor the doer: "by the RSF", "RSF shelling", "RSF fighters killed twelve villagers".

A newcomer's mistake is to take whoever stands near the harm: "killed four RSF fighters", "an attack on the RSF" and
"the RSF said" name the victim, the target and the speaker. Where the words leave a doubt, nobody is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from bot.core.actors.names import Cue, Namings, Wording
from bot.core.events.phrases import Hit, longest
from bot.core.text import Gap, Prose, Sentence

MOST_DOERS = 5  # words between what says "by" and a name: "suspected fighters of the"
MOST_CIRCUMSTANCES = 3  # "killed (by)", "killed on Monday (by)", "killed on Monday in El Fasher (by)"
MOST_IN_A_NAME = 4  # words, of a place between who was harmed and by whom
REACH_ACCUSED = 4  # words between who is accused and of what: "accused the RSF of the"
WITHIN = frozenset({"'", "’"})  # what joins two words into one
POSSESSIVE = "s"


class Agent(NamedTuple):
    """Words `first` up to `end` that say who did it; `who` are the actors they may mean.

    `turns` are the words at which the sentence goes on to something else.
    """

    who: Namings
    first: int
    end: int
    turns: tuple[int, ...] = ()


def agents_in(prose: Prose, sentence: Sentence, wording: Wording | None) -> tuple[Agent, ...]:
    """All who did something, as one sentence tells it. Most sentences name no actor, and cost one look at each word."""
    if wording is None:
        return ()
    (hits,) = wording.names.every(prose.words, sentence.first, sentence.end)
    if not hits:
        return ()
    words = _Words(prose, sentence, wording)
    if words.has(Cue.DENIAL):
        return ()
    agents: list[Agent] = []
    named = longest(hits)
    together = dict(_together(words, named))
    for hit in named:
        span = together.get(hit) or _doing(words, hit) or _beside(words, hit, agents[-1].end if agents else None)
        if span is not None:
            agents.append(Agent(hit[0], *span, words.turns))
    return tuple(agents)


class _Words:
    """A sentence with what its words do in saying who did it, by where they begin and where they end."""

    def __init__(self, prose: Prose, sentence: Sentence, wording: Wording) -> None:
        self.prose, self.sentence, self.wording = prose, sentence, wording
        layers = wording.cues.every(prose.words, sentence.first, sentence.end)
        self._starting = [_starting(hits) for hits in layers]
        self._ending = [_ending(hits) for hits in layers]

    @property
    def turns(self) -> tuple[int, ...]:
        """The words at which the sentence goes on to something else; a clash is the doing of both sides."""
        return (*self._starting[Cue.TURNS.value], *self._starting[Cue.CLASHES.value])

    def has(self, cue: Cue) -> bool:
        return bool(self._starting[cue.value])

    def starting(self, cue: Cue, index: int) -> int | None:
        """Where the longest word or phrase of a kind ends that starts at a word."""
        return self._starting[cue.value].get(index)

    def ending(self, cue: Cue, end: int) -> int | None:
        """Where the longest word or phrase of a kind starts that ends before a word."""
        return self._ending[cue.value].get(end)

    def joins(self, end: int) -> bool:
        """Does nothing but a blank or an apostrophe stand before this word, inside the sentence?"""
        if not self.sentence.first < end < self.sentence.end:
            return False
        gap = self.prose.gaps[end - 1]
        return gap == " " or gap in WITHIN or (self.prose.gap(end - 1) is Gap.SPACE and "-" not in gap)

    def begins_clause(self, index: int) -> bool:
        """Is a word the first of its clause: of the sentence, behind a comma, behind "said that"?"""
        return self.opens(index) or not (self.joins(index) or self.prose.gaps[index - 1] == "-")

    def opens(self, index: int) -> bool:
        """Is a word the first of its sentence, or behind "said that" or "on Monday"?"""
        behind = (self.ending(cue, index) is not None for cue in (Cue.OPENING, Cue.TIME))
        return index == self.sentence.first or any(behind)


def _starting(hits: list[Hit[None]]) -> Mapping[int, int]:
    return {first: end for _, first, end, _ in sorted(hits, key=lambda hit: hit[2])}


def _ending(hits: list[Hit[None]]) -> Mapping[int, int]:
    return {end: first for _, first, end, _ in sorted(hits, key=lambda hit: -hit[1])}


# ---------------------------------------------------------------- one name
Span = tuple[int, int]


def _doing(words: _Words, hit: Hit[Namings]) -> Span | None:
    """The words that make a named actor the doer, or None."""
    _, first, end, joined = hit
    if joined or _is_part_of_a_word(words, first, end):
        return None
    lefts, right = list(_before(words, first)), _behind(words, end)
    left = lefts[-1]
    if words.joins(right) and words.starting(Cue.OTHERS_THAN, right) is not None:
        return None
    owns = right > end and words.prose.gaps[end - 1] in WITHIN
    before = () if owns and not _acts(words, right) else (_told_before(words, each, right) for each in lefts)
    return (
        next((found for found in before if found is not None), None)
        or _told_behind(words, left, right)
        or _subject(words, left, right)
        or _subject_behind_verb(words, first, right)
        or _accused(words, left, right)
    )


def _beside(words: _Words, hit: Hit[Namings], end: int | None) -> Span | None:
    """ "(By the army) and the RSF"; not "(by the army) and RSF fighters wounded ..."."""
    left, right = _widest(words, hit), _behind(words, hit[2])
    joined = words.ending(Cue.AND, left) == end if end is not None and not hit[3] else hit[3] and hit[1] == end
    return (left, right) if end is not None and joined and not _acts(words, right) else None


def _together(words: _Words, named: Sequence[Hit[Namings]]) -> Iterator[tuple[Hit[Namings], Span]]:
    """ "The army and RSF fighters killed twelve villagers": both did."""
    for one, other in pairwise(named):
        left, joint = _widest(words, one), words.ending(Cue.AND, _widest(words, other))
        if joint is not None and joint == _behind(words, one[2]):
            span = _subject(words, left, _behind(words, other[2]))
            yield from ((each, span) for each in (one, other) if span is not None)


def _widest(words: _Words, hit: Hit[Namings]) -> int:
    """Where all begins that belongs to a name: "suspected fighters of the RSF"."""
    return list(_before(words, hit[1]))[-1]


def _is_part_of_a_word(words: _Words, first: int, end: int) -> bool:
    """ "Anti-Taliban", "Hamas-run"."""
    gaps = words.prose.gaps
    return (first > words.sentence.first and gaps[first - 1].endswith("-")) or gaps[end - 1].startswith("-")


def _before(words: _Words, first: int) -> Iterator[int]:
    """Where a name begins, and where each of "the", "of the", "fighters of the" that may stand before it."""
    yield first
    for _ in range(MOST_DOERS):
        start = words.ending(Cue.DOERS, first)
        if start is None or not words.joins(first):
            break
        first = start
        yield first


def _behind(words: _Words, end: int) -> int:
    """Where "'s fighters" ends that stands behind a name, or the name itself."""
    for _ in range(MOST_DOERS):
        if not words.joins(end):
            break
        if words.prose.words[end] == POSSESSIVE and words.prose.gaps[end - 1] in WITHIN:
            end += 1
            continue
        stop = words.starting(Cue.DOERS, end)
        if stop is None:
            break
        end = stop
    return end


def _acts(words: _Words, index: int) -> bool:
    return any(words.starting(cue, index) is not None for cue in (Cue.ATTACKS, Cue.ATTACKING, Cue.AGENCY_BEHIND))


def _told_before(words: _Words, left: int, right: int) -> Span | None:
    """ "At the hands of the RSF"; and "by the RSF" where an attack or a harm stands before it."""
    if not words.joins(left):
        return None
    start = words.ending(Cue.AGENCY, left)
    if start is None:
        start = _by_whom(words, left)
    if start is None or any(words.ending(cue, start) is not None for cue in (Cue.NOT, Cue.AGAINST)):
        return None
    return start, right


def _by_whom(words: _Words, left: int) -> int | None:
    """Where "killed by", "killed on Monday in El Fasher by" begins."""
    end = words.ending(Cue.BY, left)
    if end is None or words.ending(Cue.NOT, end) is not None:
        return None
    for _ in range(MOST_CIRCUMSTANCES):
        attacked = next((first for cue in _ATTACKED if (first := words.ending(cue, end)) is not None), None)
        if attacked is not None and words.joins(end):
            return attacked
        earlier = _circumstance(words, end)
        if earlier is None:
            return None
        end = earlier
    return None


def _circumstance(words: _Words, end: int) -> int | None:
    """Where "Monday", "on Monday" or "in El Fasher" begins that ends before a word."""
    day = words.ending(Cue.TIME, end) if words.joins(end) else None
    first = _start_of_name(words, end) if day is None else day
    starts = (words.ending(cue, first) for cue in (Cue.NO_OBJECT, Cue.DOERS) if first < end and words.joins(first))
    where = next((start for start in starts if start is not None), None)
    return day if where is None or words.prose.starts_upper(where) else where


def _start_of_name(words: _Words, end: int) -> int:
    first = end
    while first > end - MOST_IN_A_NAME and words.joins(first) and words.prose.starts_upper(first - 1):
        first -= 1
    return first


_ATTACKED = (Cue.HARM, Cue.ATTACKS, Cue.ATTACKING)


def _told_behind(words: _Words, left: int, right: int) -> Span | None:
    """ "RSF shelling"; not "on RSF artillery", nor "destroyed Hamas rockets"."""
    if not words.joins(right) or _is_object(words, left) or words.has(Cue.CLASHES):
        return None
    end = words.starting(Cue.AGENCY_BEHIND, right)
    if end is None and words.wording.stacked:
        end = words.starting(Cue.ATTACKS, right)
    return None if end is None else (left, end)


def _is_object(words: _Words, left: int) -> bool:
    if not words.joins(left):
        return False
    return any(words.ending(cue, left) is not None for cue in (Cue.AGAINST, Cue.ATTACKING, Cue.NOT))


def _subject(words: _Words, left: int, right: int) -> Span | None:
    """ "RSF fighters killed twelve villagers"; not "RSF fighters killed in an ambush", nor "and RSF fighters"."""
    verb = words.starting(Cue.ATTACKING, right)
    if verb is None or not words.joins(right) or not words.begins_clause(left) or words.has(Cue.CLASHES):
        return None
    has_object = words.joins(verb) and words.starting(Cue.NO_OBJECT, verb) is None
    return (left, verb) if has_object else None


def _subject_behind_verb(words: _Words, first: int, right: int) -> Span | None:
    """Where the verb comes first: "qasafat quwwat ..."; not "ghara qasafat quwwat ...", which names the target."""
    if not words.wording.verb_first or not words.joins(first) or words.has(Cue.CLASHES):
        return None
    verb = words.ending(Cue.ATTACKING, first)
    if verb is None or not words.begins_clause(verb):
        return None
    elided = not words.opens(verb) and words.starting(Cue.AGAINST, verb) is not None  # "raids, which hit the army"
    return None if elided else (verb, right)


def _accused(words: _Words, left: int, right: int) -> Span | None:
    """ "Accused the RSF of killing ..."."""
    start = words.ending(Cue.ACCUSING, left) if words.joins(left) else None
    if start is None:
        return None
    end = next(_of_what(words, right), None)
    return None if end is None else (start, end)


def _of_what(words: _Words, right: int) -> Iterator[int]:
    for index in range(right, min(right + REACH_ACCUSED, words.sentence.end)):
        if not words.joins(index):
            return
        for cue in _ATTACKED:
            if (end := words.starting(cue, index)) is not None:
                yield end

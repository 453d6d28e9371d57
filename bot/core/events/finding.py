"""From the sentences of a report to its events: statements of harm, put in context and gathered by class of victims.

A newcomer's mistake is to judge a sentence alone: "15 dead" in a title is about a strike only because the body says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.events.casualties import Statement, statements
from bot.core.events.context import Context, context_of, together
from bot.core.events.groups import tagged
from bot.core.events.lexicon import HARM, Role, Vocabulary
from bot.core.model import Count, Event, Victims, at_least
from bot.core.text import Prose, Sentence, sentences

CASUALTY_TYPES: Mapping[Victims, str] = {
    Victims.CIVILIAN: "civilian-casualties",
    Victims.COMBATANT: "combatant-casualties",
    Victims.UNKNOWN: "casualties",
}


SENTENCES_BACK = 2  # how far before an event its place may have been named


@dataclass(frozen=True, slots=True)
class Found:
    """An event and the words it was read from: `first` up to `end` in `prose`. `stated` and `part` as in Statement.

    `before` are the sentences before its own, the nearest first.
    """

    event: Event
    prose: Prose
    before: tuple[Sentence, ...]
    first: int
    end: int
    stated: bool
    part: bool


@dataclass(frozen=True, slots=True)
class _Told:
    """A sentence with what it states and in which context."""

    prose: Prose
    before: tuple[Sentence, ...]
    sentence: Sentence
    statements: tuple[Statement, ...]
    context: Context


def find_events(fields: Sequence[Prose], vocabulary: Vocabulary, published: datetime) -> list[Found]:
    """The events of a report, in order of telling. Linear in the length of the text."""
    told = [t for prose in fields for t in _tell(prose, vocabulary, published)]
    whole = together([t.context for t in told])
    return [found for t in told if t.statements and _of_conflict(t, whole) for found in _gather(t)]


def _tell(prose: Prose, vocabulary: Vocabulary, published: datetime) -> Iterator[_Told]:
    before: tuple[Sentence, ...] = ()
    for sentence in sentences(prose, vocabulary.abbreviations):
        text = tagged(prose, sentence, vocabulary.telling)
        said = statements(text) if any(tag.role in HARM for tag in text.tags) else []
        context = context_of(prose, sentence, vocabulary.context, published)
        yield _Told(prose, before, sentence, tuple(said), context)
        before = (sentence, *before[: SENTENCES_BACK - 1])


def _of_conflict(told: _Told, whole: Context) -> bool:
    """A sentence of disaster needs its own sign of conflict; any other may borrow the report's."""
    if told.context.conflict:
        return True
    return whole.conflict and not told.context.disaster


def _gather(told: _Told) -> Iterator[Found]:
    """The statements of one sentence as one event for each class of victims."""
    for victims in Victims:
        said = [s for s in told.statements if s.victims is victims and (s.bound or told.context.conflict)]
        if said:
            yield _event(told, victims, said)


def _event(told: _Told, victims: Victims, said: Sequence[Statement]) -> Found:
    prose, sentence = told.prose, told.sentence
    killed, injured, both = (_best(said, role) for role in (Role.KILLED, Role.INJURED, Role.CASUALTIES))
    if both is not None:
        killed, injured = killed or at_least(1), injured or at_least(1)
    event = Event(
        type=CASUALTY_TYPES[victims],
        field=prose.field,
        start=prose.starts[sentence.first],
        end=prose.ends[sentence.end - 1],
        quote=prose.slice(sentence.first, sentence.end - 1),
        killed=killed,
        injured=injured,
        casualties=both,
        victims=victims,
        current=not (told.context.background or Role.DENIAL in told.context.roles),
        why=tuple(f"{s.kind.value}: {s.word}" for s in said),
    )
    return Found(
        event=event,
        prose=prose,
        before=told.before,
        first=min(s.first for s in said),
        end=max(s.end for s in said),
        stated=any(s.stated for s in said),
        part=all(s.part for s in said),
    )


def _best(said: Iterable[Statement], role: Role) -> Count | None:
    """The fullest of what one sentence says of one kind of harm: a stated number before none, then the larger."""
    counts = [(s.stated, s.count.figure, s.count) for s in said if s.kind is role]
    return max(counts, key=lambda c: c[:2])[2] if counts else None

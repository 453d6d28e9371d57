"""From the sentences of a report to its events: statements of harm, put in context and gathered by class of victims.

A newcomer's mistake is to judge a sentence alone: "15 dead" in a title is about a strike only because the body says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from bot.core.events.casualties import Statement, statements
from bot.core.events.context import Context, context_of, day_of
from bot.core.events.kinds import NO_TYPES, Told
from bot.core.events.kinds import told as kinds_told
from bot.core.events.languages import Spoken
from bot.core.events.lexicon import Heard
from bot.core.events.tagged import tagged
from bot.core.events.vocabulary import Role
from bot.core.model import SOME, Count, Event, Victims
from bot.core.text import Prose, Sentence, sentences

CASUALTY_TYPES: Mapping[Victims, str] = {
    Victims.CIVILIAN: "civilian-casualties",
    Victims.COMBATANT: "combatant-casualties",
    Victims.UNKNOWN: "casualties",
}


CASUALTIES = frozenset(CASUALTY_TYPES.values())
_CLASSES = tuple(Victims)  # going through an enumeration costs more than what is done with each
DEAD_OF_A_WAR = 5_000
SENTENCES_BACK = 2  # how far before an event its place may have been named


class Found(NamedTuple):
    """An event and the words it was read from: `first` up to `end` in `prose`. `parts` as in Statement;
    `partial` are the kinds of harm whose count is only said to be a part; `apart` from where a report turns elsewhere;
    `totals` are the kinds told by a word such as "death toll"; `plain` when the part is only said to be civilian;
    `rest` are the kinds whose count is what is left of a whole, `mostly` those most of whom are said to be civilians;
    `beside` are the words next to the words of its kinds, such as "Israeli" in "Israeli air strike".

    `before` are the sentences before its own, the nearest first.
    """

    event: Event
    prose: Prose
    before: tuple[Sentence, ...]
    first: int
    end: int
    partial: frozenset[Role] = frozenset()
    parts: tuple[int, ...] = ()
    apart: bool = False
    totals: frozenset[Role] = frozenset()
    plain: bool = False
    rest: frozenset[Role] = frozenset()
    mostly: frozenset[Role] = frozenset()
    beside: frozenset[str] = frozenset()


class _Kind(NamedTuple):
    """What kind of events a sentence names: their types, those they never are, and the words next to theirs."""

    types: frozenset[str] = frozenset()
    apart_from: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()


NO_KIND = _Kind()


class _Sentence(NamedTuple):
    """A sentence that tells of something: what it states and which kinds of events it names.

    `apart` from where a report says "elsewhere" or "in a separate attack".
    """

    prose: Prose
    before: tuple[Sentence, ...]
    sentence: Sentence
    statements: tuple[Statement, ...]
    kinds: tuple[Told, ...]
    context: Context
    apart: bool
    day: date | None
    kind: _Kind


def find_events(fields: Sequence[Prose], spoken: Spoken, published: datetime) -> list[Found]:
    """The events of a report, in order of telling. Linear in the length of the text."""
    telling = [told for prose in fields for told in _tell(prose, spoken, published)]
    if not telling:
        return []
    if _only_fighters([s for t in telling for s in t.statements]):
        telling = [t._replace(statements=tuple(map(_of_fighters, t.statements))) for t in telling]
    conflict = any(t.context.conflict for t in telling) or _is_of_conflict(fields, spoken, published)
    return [found for t in telling for found in _happened(t, conflict=conflict)]


def _is_of_conflict(fields: Iterable[Prose], spoken: Spoken, published: datetime) -> bool:
    """Has any sentence a sign of conflict, those included that tell of nothing?"""
    return any(
        _context(prose, sentence, spoken.of(prose, sentence).lexicon.context(prose, sentence), published).conflict
        for prose in fields
        for sentence in sentences(prose, spoken.main.vocabulary.abbreviations)
    )


def _context(prose: Prose, sentence: Sentence, signs: frozenset[Role], published: datetime) -> Context:
    return context_of(signs, prose.words[sentence.first : sentence.end], published)


def _only_fighters(said: Sequence[Statement]) -> bool:
    """Does the report count fighters, and speak of no civilians?"""
    counted = any(s.victims is Victims.COMBATANT and s.stated for s in said)
    return counted and all(s.victims is not Victims.CIVILIAN or not s.bound for s in said)


def _of_fighters(statement: Statement) -> Statement:
    """ "Many more were wounded", in such a report, are fighters too; whoever is counted stays unidentified."""
    if statement.victims is Victims.UNKNOWN and statement.size.vague:
        return statement._replace(victims=Victims.COMBATANT)
    return statement


def _happened(told: _Sentence, *, conflict: bool) -> Iterator[Found]:
    """What one sentence tells of: casualties by class of victims, then everything that its words name."""
    casualties = list(_gather(told)) if told.statements and _of_conflict(told, conflict=conflict) else []
    yield from casualties
    yield from (_named(told, kind, casualties) for kind in told.kinds)


def _tell(prose: Prose, spoken: Spoken, published: datetime) -> Iterator[_Sentence]:
    """The sentences of one field that tell of something."""
    before: tuple[Sentence, ...] = ()
    apart = False
    for sentence in sentences(prose, spoken.main.vocabulary.abbreviations):
        lexicon = spoken.of(prose, sentence).lexicon
        heard = lexicon.heard(prose, sentence)
        if heard is not None:
            stated = tuple(statements(tagged(prose, sentence, lexicon, heard.tags))) if heard.tags else ()
            kinds = tuple(kinds_told(prose, heard.kinds, heard.beside, lexicon.needing)) if heard.kinds else ()
            if stated or kinds:
                signs = heard.context - {Role.DENIAL} if _is_said_before(prose, heard, stated, kinds) else heard.context
                context = _context(prose, sentence, signs, published)
                stated = _of_wounds(stated) if Role.LATE in context.roles else stated
                apart = apart or Role.ELSEWHERE in context.roles
                day = day_of(heard.days, published) if heard.days else None
                kind = _kind_of(prose, sentence, kinds, lexicon.apart) if kinds else NO_KIND
                yield _Sentence(prose, before, sentence, stated, kinds, context, apart, day, kind)
        before = (sentence, *before[: SENTENCES_BACK - 1])


def _is_said_before(prose: Prose, heard: Heard, stated: Sequence[Statement], kinds: Sequence[Told]) -> bool:
    """ "Dozens killed in the attack, the city says; the army denies it": told, whoever denies it in the next clause."""
    if heard.denied_at is None:
        return False
    ends = [end for end in (*(s.end for s in stated), *(k.end for k in kinds)) if end <= heard.denied_at]
    return bool(ends) and any(prose.pauses(i) for i in range(min(ends) - 1, heard.denied_at))


def _kind_of(prose: Prose, sentence: Sentence, kinds: Sequence[Told], apart: Mapping[str, frozenset[str]]) -> _Kind:
    edges = [edge for kind in kinds for edge in (kind.first - 1, kind.end) if sentence.first <= edge < sentence.end]
    types = [kind.type for kind in kinds]
    never = NO_TYPES.union(*[apart[type_] for type_ in types])
    return _Kind(frozenset(types), never, frozenset([prose.words[edge] for edge in edges]))


def _of_wounds(said: Sequence[Statement]) -> tuple[Statement, ...]:
    """ "A man wounded in the shelling died of his wounds": one dead, and none of the wounded is told of besides."""
    dead = [s for s in said if s.kind is Role.KILLED]
    if any(s.bound and not s.size.vague for s in dead):
        return tuple(s for s in said if s.kind is not Role.INJURED or s.stated)
    wounded = [s._replace(kind=Role.KILLED) for s in said if s.kind is Role.INJURED and s.bound]
    return tuple(wounded or said)


def _of_conflict(told: _Sentence, *, conflict: bool) -> bool:
    """A sentence of disaster needs its own sign of conflict; any other may borrow the report's (`conflict`)."""
    return told.context.conflict or (conflict and not told.context.disaster)


def _gather(told: _Sentence) -> Iterator[Found]:
    """The statements of one sentence as one event for each class of victims."""
    for victims in _CLASSES:
        said = [s for s in told.statements if s.victims is victims and (s.bound or told.context.conflict)]
        if said:
            yield _event(told, victims, said)


def _event(told: _Sentence, victims: Victims, said: Sequence[Statement]) -> Found:
    prose, sentence = told.prose, told.sentence
    first, end = min([s.first for s in said]), max([s.end for s in said])
    killed, injured, both = _best(said, Role.KILLED), _best(said, Role.INJURED), _best(said, Role.CASUALTIES)
    if both is not None:
        killed, injured = killed or SOME, injured or SOME
    event = Event(
        type=CASUALTY_TYPES[victims],
        field=prose.field,
        start=prose.starts[sentence.first],
        end=prose.ends[sentence.end - 1],
        quote=prose.slice(sentence.first, sentence.end - 1),
        killed=killed,
        injured=injured,
        casualties=both if both != SOME else None,
        victims=victims,
        current=_is_current(told.context) and not _is_total(killed),
        why=tuple([f"{s.kind}: {s.word}" for s in said]),
        corrects=Role.CORRECTION in told.context.roles,
        denies=_denies(told.context),
        late=Role.LATE in told.context.roles and killed is not None,
        day=told.day,
        kinds=told.kind.types,
        apart_from=told.kind.apart_from,
        told_at=prose.starts[first],
        told_until=prose.ends[end - 1],
    )
    return Found(
        event=event,
        prose=prose,
        before=told.before,
        first=first,
        end=end,
        partial=frozenset([s.kind for s in said if s.part]).difference([s.kind for s in said if not s.part]),
        parts=tuple([number for s in said for number in s.parts]),
        apart=told.apart,
        totals=frozenset([s.kind for s in said if s.toll]),
        plain=any(s.plain for s in said),
        rest=frozenset([s.kind for s in said if s.rest]),
        mostly=frozenset([s.kind for s in said if s.mostly]),
        beside=told.kind.beside,
    )


def _named(told: _Sentence, kind: Told, casualties: Sequence[Found]) -> Found:
    """An event known by its words, with the people whom the same sentence says were harmed in it."""
    prose, sentence = told.prose, told.sentence
    harmed = max([f.event for f in casualties], key=_weight) if casualties else None
    event = Event(
        type=kind.type,
        field=prose.field,
        start=prose.starts[sentence.first],
        end=prose.ends[sentence.end - 1],
        quote=prose.slice(sentence.first, sentence.end - 1),
        killed=harmed.killed if harmed else None,
        injured=harmed.injured if harmed else None,
        casualties=harmed.casualties if harmed else None,
        victims=harmed.victims if harmed else None,
        current=_is_current(told.context),
        why=kind.why,
        denies=_denies(told.context),
        day=told.day,
        kinds=told.kind.types,
        apart_from=told.kind.apart_from,
        told_at=prose.starts[kind.first],
        told_until=prose.ends[kind.end - 1],
    )
    return Found(event, prose, told.before, kind.first, kind.end, beside=told.kind.beside)


def _weight(event: Event) -> tuple[int, int]:
    return (event.killed.figure if event.killed else 0, event.injured.figure if event.injured else 0)


def _is_current(context: Context) -> bool:
    return not context.background and _UNTRUE.isdisjoint(context.roles)


_UNTRUE = frozenset({Role.DENIAL, Role.UNREAL})


def _denies(context: Context) -> bool:
    return Role.DENIAL in context.roles and not context.background and Role.UNREAL not in context.roles


def _is_total(killed: Count | None) -> bool:
    """More dead than one event of any recent war had: what a war has cost so far."""
    return killed is not None and killed.figure >= DEAD_OF_A_WAR


def _best(said: Iterable[Statement], role: Role) -> Count | None:
    """The fullest of what one sentence says of one kind of harm: a stated number before none, then the larger."""
    counts = [(s.stated, s.size.figure, s.size) for s in said if s.kind is role]
    return max(counts, key=lambda c: c[:2])[2] if counts else None

"""The toll of a report: of all its tellings the best single one for each class of victims.

The first number stands, because news begins with what is new; a later one replaces it only where it contains it. A
newcomer's mistake is to add: two sentences about the same dead are two tellings, not more dead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from bot.core.events import CASUALTIES, Found
from bot.core.events.vocabulary import Role
from bot.core.model import SOME, Count, Event, Figures, Toll, Victims

_COUNTS: Mapping[Role, Callable[[Event], Count | None]] = {
    Role.KILLED: lambda event: event.killed,
    Role.INJURED: lambda event: event.injured,
    Role.CASUALTIES: lambda event: event.casualties,
}


_CLASSES = tuple(Victims)
_KNOWN = frozenset({Victims.CIVILIAN, Victims.COMBATANT})


_Members = Sequence[tuple[int, Found]]  # the events of one class, with where in the report each stands


class _Telling(NamedTuple):
    """One count of one class, and where in the report it stands. `parts` are the numbers it is said to contain; `rest`
    when it is what is left of a whole; `mostly` when most of them are civilians.
    """

    size: Count
    position: int
    sentence: tuple[str, int]
    part: bool
    parts: tuple[int, ...]
    total: bool = False
    plain: bool = False
    rest: bool = False
    mostly: bool = False


def toll_of(found: Iterable[Found]) -> Toll:
    """The best statement for each class of victims, from current events alone; a class that is not told is absent.

    Where a report tells of fighters here and of civilians elsewhere, those elsewhere are an event, not of this toll.
    """
    told = [f for f in found if f.event.current and f.event.type in CASUALTIES]
    here = {f.event.victims for f in told if not f.apart}
    counted = [f for f in told if f.event.victims in here] if here & _KNOWN else told
    classes = {v: [(p, f) for p, f in enumerate(counted) if f.event.victims is v] for v in _CLASSES}
    killed, injured = _reconciled(classes, Role.KILLED), _reconciled(classes, Role.INJURED)
    both = {v: _best(_tellings(members, Role.CASUALTIES)) for v, members in classes.items()}
    toll = {v: Figures(_count(killed.get(v)), _count(injured.get(v)), _count(both[v])) for v in _CLASSES}
    return {victims: figures for victims, figures in toll.items() if figures != Figures()}


def _count(telling: _Telling | None) -> Count | None:
    return telling.size if telling else None


def _tellings(found: Iterable[tuple[int, Found]], kind: Role) -> list[_Telling]:
    count_of = _COUNTS[kind]
    return [_telling(f, count, at, kind) for at, f in found if (count := count_of(f.event)) is not None]


def _telling(found: Found, count: Count, position: int, kind: Role) -> _Telling:
    return _Telling(
        size=count,
        position=position,
        sentence=(found.event.field, found.event.start),
        part=kind in found.partial,
        parts=found.parts,
        total=kind in found.totals,
        plain=found.plain,
        rest=kind in found.rest,
        mostly=kind in found.mostly,
    )


# ---------------------------------------------------------------- one class
def _best(tellings: Sequence[_Telling]) -> _Telling | None:
    """The first with a number, before the first vague one, before what is only a part; or what contains it."""
    if len(tellings) < 2:
        return tellings[0] if tellings else None
    chosen = min(tellings, key=lambda t: (t.part, t.size.vague, t.size == SOME, t.position))
    better = [t for t in tellings if _is_better(t, chosen)]
    better = better or [t for t in tellings if _says_the_same(t, chosen) or _is_general(t, chosen)]
    exact = (t for t in better if t.size.high is not None)
    return next(exact, next(iter(better), chosen))._replace(position=chosen.position)


def _is_better(telling: _Telling, first: _Telling) -> bool:
    return (
        _holds(telling, first)
        or _says_what_was_added(telling, first)
        or _is_more_exact(telling, first)
        or _is_total(telling, first)
    )


def _holds(telling: _Telling, part: _Telling) -> bool:
    return part.size.figure in telling.parts and not telling.size.vague


def _says_what_was_added(telling: _Telling, first: _Telling) -> bool:
    """ "16 civilians and three children were killed", then "16 civilians, three of them children": never 19."""
    if telling.part or telling.size.vague or not telling.parts:
        return False
    addends = (telling.size.figure, *telling.parts)
    return sum(addends) == first.size.figure and set(addends) <= set(first.parts)


def _is_total(telling: _Telling, first: _Telling) -> bool:
    """ "Kills 12", then "the death toll rose to 19"; a toll far higher is that of the week or of the war."""
    if not telling.total or telling.part or telling.size.vague or first.size.vague:
        return False
    return first.size.figure < telling.size.figure <= first.size.figure * MOST_RISE


MOST_RISE = 2  # times the first number


def _is_more_exact(telling: _Telling, first: _Telling) -> bool:
    """ "More than 30 killed", then "32 were killed" or "at least 32"."""
    is_open = first.size.high is None and not first.size.vague
    if not is_open or telling.part or telling.size.vague or telling.size.low is None:
        return False
    rise = telling.size.figure - first.size.figure
    if telling.size.high is None:
        return MORE_THAN_WORDS <= rise <= max(MORE_THAN_WORDS, first.size.figure * NEARLY)
    return 0 <= rise <= max(MORE_THAN_WORDS, first.size.figure * EXACTLY)


def _says_the_same(telling: _Telling, first: _Telling) -> bool:
    """ "More than 80 killed", then "at least 80": what both say is 80."""
    if not first.size.above or telling.part or telling.size.vague:
        return False
    return telling.size.figure == first.size.figure - 1


def _is_general(telling: _Telling, first: _Telling) -> bool:
    """ "25 children were killed", then "82 people, among them 58 civilians": the children are some of those."""
    if not (telling.part and telling.plain) or telling.size.vague or first.plain or first.parts:
        return False
    return first.size.figure < telling.size.figure <= first.size.figure * MOST_CIVILIANS


MOST_CIVILIANS = 3  # times the children: more are another event's
MORE_THAN_WORDS = 2  # "at least 60" and "more than 60", read as 61, say the same
NEARLY = 0.1  # of a number: so near, two lower bounds speak of the same
EXACTLY = 0.5  # "over 1,000", then "a total of 1,500"


# ---------------------------------------------------------------- the classes together
def _reconciled(found: Mapping[Victims, _Members], kind: Role) -> Mapping[Victims, _Telling]:
    """The best telling of each class, where one report's "kills 15" and "civilians were killed" are the same people."""
    tellings = {victims: _tellings(members, kind) for victims, members in found.items()}
    best = {victims: telling for victims in _CLASSES if (telling := _best(tellings[victims])) is not None}
    best = _with_rest(_identified(best, tellings[Victims.CIVILIAN]))
    unknown = best.pop(Victims.UNKNOWN, None)
    if unknown is None:
        return best
    if Victims.COMBATANT in best:
        fighters = _within(unknown, best[Victims.COMBATANT], tellings[Victims.COMBATANT])
        best = {**best, Victims.COMBATANT: fighters}
    civilian, combatant = best.get(Victims.CIVILIAN), best.get(Victims.COMBATANT)
    if civilian is not None:
        return _with_civilians(best, unknown, civilian, combatant)
    if combatant is not None and unknown.size.figure == combatant.size.figure:
        return best
    return {**best, Victims.UNKNOWN: unknown}


def _identified(best: Mapping[Victims, _Telling], civilians: Sequence[_Telling]) -> Mapping[Victims, _Telling]:
    """ "47 killed, most of them civilians", then "31 civilians were identified": 31 of 47 unidentified."""
    whole = best.get(Victims.CIVILIAN)
    if whole is None or not whole.mostly:
        return best
    known = (t for t in civilians if t.part and t.plain and not t.size.vague and t.size.figure < whole.size.figure)
    part = next(known, None)
    return best if part is None else {**best, Victims.CIVILIAN: part, Victims.UNKNOWN: whole}


def _with_rest(best: Mapping[Victims, _Telling]) -> dict[Victims, _Telling]:
    """ "22 people died, six of them civilians; the rest were fighters": 16, the one figure that nobody wrote down."""
    whole = best.get(Victims.UNKNOWN)
    for victims, others in ((Victims.COMBATANT, Victims.CIVILIAN), (Victims.CIVILIAN, Victims.COMBATANT)):
        rest, part = best.get(victims), best.get(others)
        if whole and rest and rest.rest and part and not (whole.size.vague or part.size.vague):
            left = whole.size.figure - part.size.figure
            exact = whole.size.high is not None and part.size.high is not None
            if left > 0:
                return {**best, victims: rest._replace(size=Count(left, left if exact else None))}
    return dict(best)


def _within(whole: _Telling, best: _Telling, tellings: Sequence[_Telling]) -> _Telling:
    """ "20 killed", "14 of the dead were rebels", "an earlier blast killed 29 rebels": what fits into the whole.

    Who says later that all 20 were rebels does not undo the 14 either.
    """
    if best.position < whole.position or best.size.figure < whole.size.figure:
        return best
    parts = [t for t in tellings if t.part and not t.size.vague and t.size.figure <= whole.size.figure]
    if best.size.figure == whole.size.figure:
        parts = [t for t in parts if t.position < best.position]
    return next(iter(parts), best)


def _with_civilians(
    best: Mapping[Victims, _Telling], unknown: _Telling, civilian: _Telling, combatant: _Telling | None
) -> Mapping[Victims, _Telling]:
    """The unidentified beside civilians: another telling of them, the whole they are part of, or somebody else."""
    if _same_people(unknown, civilian) or (combatant and unknown.size.figure == combatant.size.figure):
        return best
    first = unknown.position < civilian.position
    exceeds = civilian.size.figure > unknown.size.figure
    if first and exceeds and (civilian.part or unknown.size.high is not None):  # another incident, further down
        return {Victims.UNKNOWN: unknown, **_without(best, Victims.CIVILIAN)}
    if first and exceeds and not civilian.size.vague:  # "over 80 killed", then "at least 84 civilians"
        return best
    if _is_whole(unknown, civilian, combatant, first=first, exceeds=exceeds):
        return {**best, Victims.CIVILIAN: unknown}
    return {**best, Victims.UNKNOWN: unknown}


def _is_whole(unknown: _Telling, civilian: _Telling, combatant: _Telling | None, *, first: bool, exceeds: bool) -> bool:
    """Are the unidentified the civilians of another sentence and those round them? `first` when told before those."""
    if (
        first and not civilian.part
    ):  # "kills 18", then "civilians were killed" or "9 civilians were killed in one street"
        return not _is_breakdown(unknown, civilian, combatant)
    if combatant is not None:
        return False
    if civilian.part and not civilian.plain:  # "18 people were killed", "three children were among the dead"
        return not exceeds
    return civilian.size.vague or (_is_total(unknown, civilian) and not _holds(unknown, civilian))


def _without(best: Mapping[Victims, _Telling], victims: Victims) -> dict[Victims, _Telling]:
    return {v: telling for v, telling in best.items() if v is not victims}


def _is_breakdown(whole: _Telling, civilian: _Telling, combatant: _Telling | None) -> bool:
    """Is the whole said to be so many civilians and so many fighters?"""
    if combatant is None or (combatant.size.vague and not combatant.part):
        return False
    told = civilian.size.figure + combatant.size.figure
    return told <= whole.size.figure and (combatant.part or told >= whole.size.figure * MOST)


MOST = 0.5  # of a whole: fewer civilians and fighters are some of the dead, not what they are made of


def _same_people(unknown: _Telling, known: _Telling) -> bool:
    if unknown.sentence == known.sentence and not unknown.size.vague:
        return False  # "a woman and a man": one sentence does not name the same people twice
    return unknown.size.vague or unknown.size.figure == known.size.figure

"""The toll of a report: of all its tellings the best single one for each class of victims.

The first number stands, because news begins with what is new; a later one replaces it only where it contains it. A
newcomer's mistake is to add: two sentences about the same dead are two tellings, not more dead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

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


@dataclass(frozen=True, slots=True)
class _Telling:
    """One count of one class, and where in the report it stands. `parts` are the numbers it is said to contain; `rest`
    when it is what is left of a whole; `mostly` when most of them are civilians.
    """

    count: Count
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
    return telling.count if telling else None


def _tellings(found: Iterable[tuple[int, Found]], kind: Role) -> list[_Telling]:
    count_of = _COUNTS[kind]
    return [_telling(f, count, at, kind) for at, f in found if (count := count_of(f.event)) is not None]


def _telling(found: Found, count: Count, position: int, kind: Role) -> _Telling:
    return _Telling(
        count=count,
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
    chosen = min(tellings, key=lambda t: (t.part, t.count.vague, t.count == SOME, t.position))
    better = [t for t in tellings if _is_better(t, chosen)]
    better = better or [t for t in tellings if _says_the_same(t, chosen) or _is_general(t, chosen)]
    exact = (t for t in better if t.count.high is not None)
    return replace(next(exact, next(iter(better), chosen)), position=chosen.position)


def _is_better(telling: _Telling, first: _Telling) -> bool:
    return (
        _holds(telling, first)
        or _says_what_was_added(telling, first)
        or _is_more_exact(telling, first)
        or _is_total(telling, first)
    )


def _holds(telling: _Telling, part: _Telling) -> bool:
    return part.count.figure in telling.parts and not telling.count.vague


def _says_what_was_added(telling: _Telling, first: _Telling) -> bool:
    """ "16 civilians and three children were killed", then "16 civilians, three of them children": never 19."""
    if telling.part or telling.count.vague or not telling.parts:
        return False
    addends = (telling.count.figure, *telling.parts)
    return sum(addends) == first.count.figure and set(addends) <= set(first.parts)


def _is_total(telling: _Telling, first: _Telling) -> bool:
    """ "Kills 12", then "the death toll rose to 19"; a toll far higher is that of the week or of the war."""
    if not telling.total or telling.part or telling.count.vague or first.count.vague:
        return False
    return first.count.figure < telling.count.figure <= first.count.figure * MOST_RISE


MOST_RISE = 2  # times the first number


def _is_more_exact(telling: _Telling, first: _Telling) -> bool:
    """ "More than 30 killed", then "32 were killed" or "at least 32"."""
    is_open = first.count.high is None and not first.count.vague
    if not is_open or telling.part or telling.count.vague or telling.count.low is None:
        return False
    rise = telling.count.figure - first.count.figure
    if telling.count.high is None:
        return MORE_THAN_WORDS <= rise <= max(MORE_THAN_WORDS, first.count.figure * NEARLY)
    return 0 <= rise <= max(MORE_THAN_WORDS, first.count.figure * EXACTLY)


def _says_the_same(telling: _Telling, first: _Telling) -> bool:
    """ "More than 80 killed", then "at least 80": what both say is 80."""
    if not first.count.above or telling.part or telling.count.vague:
        return False
    return telling.count.figure == first.count.figure - 1


def _is_general(telling: _Telling, first: _Telling) -> bool:
    """ "25 children were killed", then "82 people, among them 58 civilians": the children are some of those."""
    if not (telling.part and telling.plain) or telling.count.vague or first.plain or first.parts:
        return False
    return first.count.figure < telling.count.figure <= first.count.figure * MOST_CIVILIANS


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
    if combatant is not None and unknown.count.figure == combatant.count.figure:
        return best
    return {**best, Victims.UNKNOWN: unknown}


def _identified(best: Mapping[Victims, _Telling], civilians: Sequence[_Telling]) -> Mapping[Victims, _Telling]:
    """ "47 killed, most of them civilians", then "31 civilians were identified": 31 of 47 unidentified."""
    whole = best.get(Victims.CIVILIAN)
    if whole is None or not whole.mostly:
        return best
    known = (t for t in civilians if t.part and t.plain and not t.count.vague and t.count.figure < whole.count.figure)
    part = next(known, None)
    return best if part is None else {**best, Victims.CIVILIAN: part, Victims.UNKNOWN: whole}


def _with_rest(best: Mapping[Victims, _Telling]) -> dict[Victims, _Telling]:
    """ "22 people died, six of them civilians; the rest were fighters": 16, the one figure that nobody wrote down."""
    whole = best.get(Victims.UNKNOWN)
    for victims, others in ((Victims.COMBATANT, Victims.CIVILIAN), (Victims.CIVILIAN, Victims.COMBATANT)):
        rest, part = best.get(victims), best.get(others)
        if whole and rest and rest.rest and part and not (whole.count.vague or part.count.vague):
            left = whole.count.figure - part.count.figure
            exact = whole.count.high is not None and part.count.high is not None
            if left > 0:
                return {**best, victims: replace(rest, count=Count(left, left if exact else None))}
    return dict(best)


def _within(whole: _Telling, best: _Telling, tellings: Sequence[_Telling]) -> _Telling:
    """ "20 killed", "14 of the dead were rebels", "an earlier blast killed 29 rebels": what fits into the whole.

    Who says later that all 20 were rebels does not undo the 14 either.
    """
    if best.position < whole.position or best.count.figure < whole.count.figure:
        return best
    parts = [t for t in tellings if t.part and not t.count.vague and t.count.figure <= whole.count.figure]
    if best.count.figure == whole.count.figure:
        parts = [t for t in parts if t.position < best.position]
    return next(iter(parts), best)


def _with_civilians(
    best: Mapping[Victims, _Telling], unknown: _Telling, civilian: _Telling, combatant: _Telling | None
) -> Mapping[Victims, _Telling]:
    """The unidentified beside civilians: another telling of them, the whole they are part of, or somebody else."""
    if _same_people(unknown, civilian) or (combatant and unknown.count.figure == combatant.count.figure):
        return best
    first = unknown.position < civilian.position
    exceeds = civilian.count.figure > unknown.count.figure
    if first and exceeds and (civilian.part or unknown.count.high is not None):  # another incident, further down
        return {Victims.UNKNOWN: unknown, **_without(best, Victims.CIVILIAN)}
    if first and exceeds and not civilian.count.vague:  # "over 80 killed", then "at least 84 civilians"
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
    return civilian.count.vague or (_is_total(unknown, civilian) and not _holds(unknown, civilian))


def _without(best: Mapping[Victims, _Telling], victims: Victims) -> dict[Victims, _Telling]:
    return {v: telling for v, telling in best.items() if v is not victims}


def _is_breakdown(whole: _Telling, civilian: _Telling, combatant: _Telling | None) -> bool:
    """Is the whole said to be so many civilians and so many fighters?"""
    if combatant is None or (combatant.count.vague and not combatant.part):
        return False
    told = civilian.count.figure + combatant.count.figure
    return told <= whole.count.figure and (combatant.part or told >= whole.count.figure * MOST)


MOST = 0.5  # of a whole: fewer civilians and fighters are some of the dead, not what they are made of


def _same_people(unknown: _Telling, known: _Telling) -> bool:
    if unknown.sentence == known.sentence and not unknown.count.vague:
        return False  # "a woman and a man": one sentence does not name the same people twice
    return unknown.count.vague or unknown.count.figure == known.count.figure

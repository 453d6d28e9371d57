"""Why a rule holds for a reading or not, condition by condition, and what one line would change that.

A rule holds through one event, so the conditions are those of the event that comes nearest. A newcomer's mistake is to
list what each condition lacks anywhere in the report: that adds up to an event which nobody told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core.matching import (
    absent_events,
    concerns,
    covers,
    forbidden,
    holds,
    is_near,
    is_source,
    speaks,
    stated,
    told_once,
)
from bot.core.model import (
    Area,
    Either,
    Event,
    Kind,
    Listed,
    Place,
    Reading,
    Report,
    Rule,
    Said,
    Spoken,
    Threshold,
    bare,
    saying,
)
from bot.core.sayings import written
from bot.core.tongue import mark
from bot.core.wording import absent_words, first_pattern, first_word, window

NEWS, BACKGROUND = saying("news"), saying("background")
NO_PLACE, NOT_SAID, UNKNOWN = saying("no place was read"), saying("not said"), saying("unknown")
NONE, ALL_THERE, ALONE = saying("none of them"), saying("all there"), saying("one report alone")
QUANTITIES = {
    "killed": mark("killed {limit}"),
    "injured": mark("injured {limit}"),
    "casualties": mark("killed and injured {limit}"),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a rule: what it asks, what was found, and the line of YAML that would make it hold.

    `elsewhere` when it fails because the event lies in another place: then the report is not the rule's at all. `alone`
    when no report meets it by itself.
    """

    asks: Said
    found: Said
    holds: bool
    edit: str = ""
    elsewhere: bool = False
    alone: bool = False

    @property
    def line(self) -> str:
        """In English, as whoever writes rules reads it."""
        return f"{written(self.asks)}: {written(self.found)}"


@dataclass(frozen=True, slots=True)
class Explained:
    """A rule, the event that comes nearest to what it asks, and each of its conditions."""

    rule: Rule
    event: Event | None
    conditions: tuple[Condition, ...]

    @property
    def missing(self) -> tuple[Condition, ...]:
        return tuple(condition for condition in self.conditions if not condition.holds)

    @property
    def fires(self) -> bool:
        return not self.missing


def explain(reading: Reading, rules: Iterable[Rule]) -> list[Explained]:
    """Every rule with its conditions: those that fire first, then those that were nearest to it."""
    explained = [_explained(rule, reading) for rule in rules]
    return sorted(explained, key=lambda e: (len(e.missing), e.rule.id))


def _explained(rule: Rule, reading: Reading) -> Explained:
    if rule.silence is not None:
        return Explained(rule, None, (_silence(rule, reading), *_status(rule)))
    report = [*_origin(rule, reading), *_unless(rule, reading), *_before(rule), *_status(rule)]
    if not reading.events:
        nothing = Condition(_asked_events(rule), saying("no event was read"), holds=False)
        return Explained(rule, None, (nothing, *report))
    told = [(event, _of_event(rule, event, reading)) for event in (*_whole(rule, reading), *reading.events)]
    event, conditions = min(told, key=lambda pair: sum(not c.holds for c in pair[1]))
    return Explained(rule, event, (*conditions, *report))


def _whole(rule: Rule, reading: Reading) -> Iterator[Event]:
    """The events that a rule is about as it judges them: all tellings of one place as one."""
    wanted = [event for event in reading.events if event.current and concerns(rule, event)]
    return told_once(event for event in wanted if is_near(rule, event, reading))


# ---------------------------------------------------------------- conditions
def _of_event(rule: Rule, event: Event, reading: Reading) -> list[Condition]:
    types = ", ".join(sorted({*rule.events, event.type}))
    conditions = [
        Condition(_asked_events(rule), bare(Kind(event.type)), event.type in rule.events, f"event: [{types}]"),
        Condition(saying("news, not background"), NEWS if event.current else BACKGROUND, event.current),
    ]
    if rule.areas:
        conditions.append(_place(rule.areas, event.place))
    if rule.unless.areas:
        conditions.append(_outside(rule.unless.areas, event.place))
    if rule.victims:
        conditions.append(_victims(rule, event))
    conditions += [_threshold(threshold, event) for threshold in rule.thresholds]
    return [*conditions, *_near(rule, event, reading)]


def _asked_events(rule: Rule) -> Said:
    return saying("event: {kinds}", kinds=Either(tuple(map(Kind, sorted(rule.events)))))


def _place(areas: Sequence[Area], place: Place | None) -> Condition:
    asks = saying("place: {areas}", areas=_areas(areas))
    if place is None:
        return Condition(asks, NO_PLACE, holds=False, edit=_without("place"))
    ids = ", ".join([*map(_written, areas), place.id])
    names = ", ".join([*map(_named, areas), place.name])
    inside, found = covers(areas, place), Said("{place} ({id})", (("place", place), ("id", place.id)))
    return Condition(asks, found, inside, f"place: [{ids}]  # {names}", elsewhere=not inside)


def _areas(areas: Iterable[Area]) -> Either:
    return Either(tuple(area.place if area.within_km is None else _circle(area) for area in areas))


def _circle(area: Area) -> Said:
    return saying("within {km} km of {place}", km=f"{area.within_km:g}", place=area.place)


def _named(area: Area) -> str:
    return area.place.name if area.within_km is None else f"within {area.within_km:g} km of {area.place.name}"


def _written(area: Area) -> str:
    """An area as it would stand in a rule file."""
    return area.place.id if area.within_km is None else f"{{within_km: {area.within_km:g}, of: {area.place.id}}}"


def _threshold(threshold: Threshold, event: Event) -> Condition:
    figure = stated(threshold, event)
    edit = f'{threshold.quantity}: ">= {figure}"'
    asks = Said(QUANTITIES[threshold.quantity], (("limit", f"{threshold.comparison} {threshold.value}"),))
    return Condition(asks, bare(figure), holds(threshold, event), edit)


def _outside(areas: Sequence[Area], place: Place | None) -> Condition:
    asks = saying("unless place: {areas}", areas=_areas(areas))
    if place is None:
        return Condition(asks, NO_PLACE, holds=True)
    return Condition(asks, bare(place), not covers(areas, place), f"# unless: without the place {place.name}")


def _victims(rule: Rule, event: Event) -> Condition:
    found = bare(event.victims) if event.victims else NOT_SAID
    told = event.victims
    edit = _without("victims") if told is None else f"victims: [{', '.join(sorted({*rule.victims, told}))}]"
    asks = saying("victims: {victims}", victims=Either(tuple(sorted(rule.victims))))
    return Condition(asks, found, event.victims in rule.victims, edit)


def _near(rule: Rule, event: Event, reading: Reading) -> Iterator[Condition]:
    """What has to stand near the event; where it stands farther off, the line that would let it."""
    near, anywhere = _stands(rule, event, reading), _stands(replace(rule, near="report"), event, reading)
    for (asks, found, holds_, edit), (*_, holds_anywhere, _) in zip(near, anywhere, strict=True):
        yield Condition(asks, found, holds_, "near: report" if holds_anywhere and not holds_ else edit)


def _stands(rule: Rule, event: Event, reading: Reading) -> Iterator[tuple[Said, Said, bool, str]]:
    """What is asked for near an event, what was found, whether that is it, and the edit that would do without it."""
    text = window(reading.report, event, rule.near)
    if rule.all_events:
        absent = tuple(map(Kind, absent_events(rule, event, reading)))
        asks = saying("all_events: {kinds}", kinds=Listed(tuple(map(Kind, sorted(rule.all_events)))))
        yield _near_by(rule, asks), _absent(absent), not absent, _without("all_events")
    if rule.words:
        found = first_word(rule.words, text)
        asks = saying("one of the words {words}", words=Listed(rule.words))
        yield _near_by(rule, asks), bare(found) if found else NONE, bool(found), _without("words")
    if rule.all_words:
        missing = absent_words(rule.all_words, text)
        asks = saying("all of the words {words}", words=Listed(rule.all_words))
        left = ", ".join(word for word in rule.all_words if word not in missing)
        edit = f"all_words: [{left}]" if left else _without("all_words")
        yield _near_by(rule, asks), _absent(missing), not missing, edit
    if rule.patterns:
        found = first_pattern(rule.patterns, text)
        asks = saying("regex: {patterns}", patterns=Either(rule.patterns))
        yield _near_by(rule, asks), bare(found) if found else NONE, bool(found), _without("regex")


def _near_by(rule: Rule, asks: Said) -> Said:
    """What is asked, and how near the event it has to stand."""
    if rule.near == "sentence":
        return saying("{asked} in its sentence", asked=asks)
    return saying("{asked} in its clause", asked=asks) if rule.near == "clause" else asks


def _absent(things: Sequence[object]) -> Said:
    return saying("without {things}", things=Listed(tuple(things))) if things else ALL_THERE


# ---------------------------------------------------------------- conditions of the report
def _origin(rule: Rule, reading: Reading) -> Iterator[Condition]:
    report = reading.report
    if rule.languages:
        language = reading.language or "unknown"
        edit = (
            f"languages: [{', '.join(sorted({*rule.languages, language}))}]"
            if reading.language
            else _without("languages")
        )
        asks = saying("languages: {languages}", languages=Either(tuple(map(Spoken, sorted(rule.languages)))))
        found = bare(Spoken(reading.language)) if reading.language else UNKNOWN
        yield Condition(asks, found, language in rule.languages, edit)
    if rule.sources:
        edit = f"sources: [{', '.join((*rule.sources, report.source))}]" if report.source else _without("sources")
        holds_ = is_source(rule.sources, report)
        asks = saying("sources: {sources}", sources=Either(tuple(rule.sources)))
        yield Condition(asks, _source(report), holds_, edit)
    if rule.tags:
        tags = bare(Listed(tuple(sorted(report.tags)))) if report.tags else NONE
        edit = f"tags: [{', '.join(sorted({*rule.tags, *report.tags}))}]" if report.tags else _without("tags")
        asks = saying("tags: {tags}", tags=Either(tuple(sorted(rule.tags))))
        yield Condition(asks, tags, not rule.tags.isdisjoint(report.tags), edit)


def _source(report: Report) -> Said:
    return bare(report.source or report.url) if report.source or report.url else NOT_SAID


def _unless(rule: Rule, reading: Reading) -> Iterator[Condition]:
    unless = rule.unless
    if unless.words or unless.patterns or unless.events or unless.languages or unless.sources or unless.tags:
        found = forbidden(rule, reading)
        edit = f"# unless: without {written(found)}" if found else ""
        yield Condition(saying("nothing of unless"), found or NONE, not found, edit)


def _before(rule: Rule) -> Iterator[Condition]:
    """What a single report can never meet, because it asks for what others told before."""
    if rule.min_sources > 1:
        asks = saying("min_sources: {number}", number=rule.min_sources)
        yield Condition(asks, ALONE, holds=False, edit="min_sources: 1", alone=True)
    if rule.frequency is not None:
        asks = saying("for: {reports} reports in {time}", reports=rule.frequency.reports, time=rule.frequency.within)
        yield Condition(asks, ALONE, holds=False, edit=_without("for"), alone=True)


def _silence(rule: Rule, reading: Reading) -> Condition:
    found = saying("this report ends it") if speaks(rule, reading) else saying("this report says nothing of it")
    return Condition(saying("silence of {time}", time=rule.silence or timedelta(0)), found, holds=False)


def _without(key: str) -> str:
    """The edit that remains where nothing a rule could ask for would be found."""
    return f"# without {key}"


def _status(rule: Rule) -> list[Condition]:
    if rule.live:
        return []
    return [Condition(saying("status: live"), saying("draft"), holds=False, edit="status: live")]

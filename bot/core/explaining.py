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
from bot.core.messages import spell
from bot.core.model import Area, Event, Place, Reading, Report, Rule, Threshold
from bot.core.wording import absent_words, first_pattern, first_word, window


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a rule: what it asks, what was found, and the line of YAML that would make it hold.

    `elsewhere` when it fails because the event lies in another place: then the report is not the rule's at all. `alone`
    when no report meets it by itself.
    """

    asks: str
    found: str
    holds: bool
    edit: str = ""
    elsewhere: bool = False
    alone: bool = False


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
        return Explained(rule, None, (Condition(_asked_events(rule), "no event was read", holds=False), *report))
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
        Condition(_asked_events(rule), event.type, event.type in rule.events, f"event: [{types}]"),
        Condition("news, not background", "news" if event.current else "background", event.current),
    ]
    if rule.areas:
        conditions.append(_place(rule.areas, event.place))
    if rule.unless.areas:
        conditions.append(_outside(rule.unless.areas, event.place))
    if rule.victims:
        conditions.append(_victims(rule, event))
    conditions += [_threshold(threshold, event) for threshold in rule.thresholds]
    return [*conditions, *_near(rule, event, reading)]


def _asked_events(rule: Rule) -> str:
    return f"event: {' or '.join(sorted(rule.events))}"


def _place(areas: Sequence[Area], place: Place | None) -> Condition:
    asks = f"place: {' or '.join(map(_area, areas))}"
    if place is None:
        return Condition(asks, "no place was read", holds=False, edit=_without("place"))
    ids = ", ".join([*map(_written, areas), place.id])
    names = ", ".join([*map(_area, areas), place.name])
    inside = covers(areas, place)
    return Condition(asks, f"{place.name} ({place.id})", inside, f"place: [{ids}]  # {names}", elsewhere=not inside)


def _area(area: Area) -> str:
    return area.place.name if area.within_km is None else f"within {area.within_km:g} km of {area.place.name}"


def _written(area: Area) -> str:
    """An area as it would stand in a rule file."""
    return area.place.id if area.within_km is None else f"{{within_km: {area.within_km:g}, of: {area.place.id}}}"


def _threshold(threshold: Threshold, event: Event) -> Condition:
    figure = stated(threshold, event)
    edit = f'{threshold.quantity}: ">= {figure}"'
    asks = f"{threshold.quantity} {threshold.comparison} {threshold.value}"
    return Condition(asks, str(figure), holds(threshold, event), edit)


def _outside(areas: Sequence[Area], place: Place | None) -> Condition:
    asks, found = f"unless place: {' or '.join(map(_area, areas))}", place.name if place else "no place was read"
    return Condition(asks, found, not covers(areas, place), f"# unless: without the place {found}")


def _victims(rule: Rule, event: Event) -> Condition:
    found = event.victims or "not said"
    told = event.victims
    edit = _without("victims") if told is None else f"victims: [{', '.join(sorted({*rule.victims, told}))}]"
    return Condition(f"victims: {' or '.join(sorted(rule.victims))}", found, event.victims in rule.victims, edit)


def _near(rule: Rule, event: Event, reading: Reading) -> Iterator[Condition]:
    """What has to stand near the event; where it stands farther off, the line that would let it."""
    near, anywhere = _stands(rule, event, reading), _stands(replace(rule, near="report"), event, reading)
    for (asks, found, holds_, edit), (*_, holds_anywhere, _) in zip(near, anywhere, strict=True):
        yield Condition(asks, found, holds_, "near: report" if holds_anywhere and not holds_ else edit)


def _stands(rule: Rule, event: Event, reading: Reading) -> Iterator[tuple[str, str, bool, str]]:
    """What is asked for near an event, what was found, whether that is it, and the edit that would do without it."""
    text = window(reading.report, event, rule.near)
    where = "" if rule.near == "report" else f" in its {rule.near}"
    if rule.all_events:
        absent = absent_events(rule, event, reading)
        asks = f"all_events: {', '.join(sorted(rule.all_events))}{where}"
        yield asks, f"without {', '.join(absent)}" if absent else "all told", not absent, _without("all_events")
    if rule.words:
        found = first_word(rule.words, text)
        yield f"one of the words {', '.join(rule.words)}{where}", found or "none", bool(found), _without("words")
    if rule.all_words:
        missing = absent_words(rule.all_words, text)
        asks = f"all of the words {', '.join(rule.all_words)}{where}"
        left = ", ".join(word for word in rule.all_words if word not in missing)
        edit = f"all_words: [{left}]" if left else _without("all_words")
        yield asks, f"without {', '.join(missing)}" if missing else "all there", not missing, edit
    if rule.patterns:
        found = first_pattern(rule.patterns, text)
        yield f"regex: {' or '.join(rule.patterns)}{where}", found or "no match", bool(found), _without("regex")


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
        yield Condition(f"languages: {_either(rule.languages)}", language, language in rule.languages, edit)
    if rule.sources:
        edit = f"sources: [{', '.join((*rule.sources, report.source))}]" if report.source else _without("sources")
        holds_ = is_source(rule.sources, report)
        yield Condition(f"sources: {' or '.join(rule.sources)}", _source(report), holds_, edit)
    if rule.tags:
        tags = ", ".join(sorted(report.tags)) or "none"
        edit = f"tags: [{', '.join(sorted({*rule.tags, *report.tags}))}]" if report.tags else _without("tags")
        yield Condition(f"tags: {_either(rule.tags)}", tags, not rule.tags.isdisjoint(report.tags), edit)


def _either(names: Iterable[str]) -> str:
    return " or ".join(sorted(names))


def _source(report: Report) -> str:
    return report.source or report.url or "not said"


def _unless(rule: Rule, reading: Reading) -> Iterator[Condition]:
    unless = rule.unless
    if unless.words or unless.patterns or unless.events or unless.languages or unless.sources or unless.tags:
        found = forbidden(rule, reading)
        yield Condition("nothing of unless", found or "none of it", not found, f"# unless: without {found}")


def _before(rule: Rule) -> Iterator[Condition]:
    """What a single report can never meet, because it asks for what others told before."""
    if rule.min_sources > 1:
        yield Condition(
            f"min_sources: {rule.min_sources}", "one report alone", holds=False, edit="min_sources: 1", alone=True
        )
    if rule.frequency is not None:
        reports, within = rule.frequency.reports, spell(rule.frequency.within)
        yield Condition(
            f"for: {reports} reports in {within}", "one report alone", holds=False, edit=_without("for"), alone=True
        )


def _silence(rule: Rule, reading: Reading) -> Condition:
    found = "this report ends it" if speaks(rule, reading) else "this report says nothing of it"
    return Condition(f"silence of {spell(rule.silence or timedelta(0))}", found, holds=False)


def _without(key: str) -> str:
    """The edit that remains where nothing a rule could ask for would be found."""
    return f"# without {key}"


def _status(rule: Rule) -> list[Condition]:
    return [] if rule.live else [Condition("status: live", "draft", holds=False, edit="status: live")]

"""Why a rule holds for a reading or not, condition by condition, and what one line would change that.

A rule holds through one event, so the conditions are those of the event that comes nearest. A newcomer's mistake is to
list what each condition lacks anywhere in the report: that adds up to an event which nobody told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.core.matching import covers, forbidden_word, holds, stated, wanted_word
from bot.core.model import Area, Event, Place, Reading, Rule, Threshold
from bot.core.text import fold


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a rule: what it asks, what was found, and the line of YAML that would make it hold."""

    asks: str
    found: str
    holds: bool
    edit: str = ""


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
    words = f" {fold(reading.report.title)} {fold(reading.report.text)} "
    explained = [_explained(rule, reading.events, words) for rule in rules]
    return sorted(explained, key=lambda e: (len(e.missing), e.rule.id))


def _explained(rule: Rule, events: Sequence[Event], words: str) -> Explained:
    report = [*_status(rule), *_words(rule, words)]
    if not events:
        return Explained(rule, None, (Condition(_asked_events(rule), "no event was read", holds=False), *report))
    told = [(event, _of_event(rule, event)) for event in events]
    event, conditions = min(told, key=lambda pair: sum(not c.holds for c in pair[1]))
    return Explained(rule, event, (*conditions, *report))


# ---------------------------------------------------------------- conditions
def _of_event(rule: Rule, event: Event) -> list[Condition]:
    types = ", ".join(sorted({*rule.events, event.type}))
    conditions = [
        Condition(_asked_events(rule), event.type, event.type in rule.events, f"event: [{types}]"),
        Condition("news, not background", "news" if event.current else "background", event.current),
    ]
    if rule.areas:
        conditions.append(_place(rule.areas, event.place))
    return conditions + [_threshold(threshold, event) for threshold in rule.thresholds]


def _asked_events(rule: Rule) -> str:
    return f"event: {' or '.join(sorted(rule.events))}"


def _place(areas: Sequence[Area], place: Place | None) -> Condition:
    asks = f"place: {' or '.join(map(_area, areas))}"
    if place is None:
        return Condition(asks, "no place was read", holds=False)
    ids = ", ".join([*map(_written, areas), place.id])
    names = ", ".join([*map(_area, areas), place.name])
    return Condition(asks, f"{place.name} ({place.id})", covers(areas, place), f"place: [{ids}]  # {names}")


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


def _words(rule: Rule, words: str) -> list[Condition]:
    conditions = []
    if rule.words:
        found = wanted_word(rule, words)
        conditions.append(Condition(f"one of the words {', '.join(rule.words)}", found or "none", bool(found)))
    if rule.unless_words:
        found = forbidden_word(rule, words)
        edit = f"unless: {{words: [...]}}  # without {found}"
        conditions.append(
            Condition(f"none of the words {', '.join(rule.unless_words)}", found or "none", not found, edit)
        )
    return conditions


def _status(rule: Rule) -> list[Condition]:
    return [] if rule.live else [Condition("status: live", "draft", holds=False, edit="status: live")]

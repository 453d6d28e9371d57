"""One report without touching the world: examine (what does it say, who wants it), decide (is it news).

`run`, `demo`, `read`, `replay` and the tests inside rule files are loops round these two functions; there is no second
path. A newcomer's mistake is to call `decide` outside the write transaction that read `recent`: two workers then send
two first alerts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.core.copies import copy_of, told_of
from bot.core.events.files import EventType
from bot.core.incidents import Assigned, assign, copied, refresh
from bot.core.matching import heard, match, severity_of
from bot.core.model import (
    POLICY,
    Alert,
    Examined,
    Incident,
    Match,
    Outcome,
    Policy,
    Problem,
    Reading,
    Reason,
    Recent,
    Report,
    Rule,
    Sighting,
)
from bot.core.reading import Knowledge, read, skim
from bot.core.ruleindex import RuleIndex
from bot.core.waiting import reports_of, waits


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All that people wrote in `rules/`, ready for use, with the problems found in it. Swapped whole on reload.

    `warnings` are what the authors should know of, though it works; `lists` the names of lists that rules may call.
    `index` are the rules as `examine` meets them fastest.
    """

    knowledge: Knowledge
    rules: tuple[Rule, ...]
    types: tuple[EventType, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    lists: tuple[str, ...] = ()
    index: RuleIndex = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", RuleIndex(self.rules))

    @property
    def event_types(self) -> frozenset[str]:
        return frozenset(event_type.id for event_type in self.types)


def examine(report: Report, knowledge: Knowledge, rules: Sequence[Rule]) -> Examined:
    """What a report says, and which rules want it. Depends on nothing else; may run anywhere.

    Of many rules, hand over the RuleIndex: only those are asked that the report may concern. The places of a report
    that tells of no event are left out unless a rule asks for them; `read` has them always.
    """
    index = _indexed(rules)
    reading = read_for([index], report, knowledge)
    return rematched(Examined(reading, told_of(reading)), index)


def read_for(judging: Iterable[RuleIndex], report: Report, knowledge: Knowledge) -> Reading:
    """What a report says, as far as any of these rules, `decide` and the messages can ask for it."""
    needs_places = any(index.needs_places for index in judging)
    return read(report, knowledge) if needs_places else skim(report, knowledge)


def rematched(examined: Examined, rules: Sequence[Rule]) -> Examined:
    """The same report for other rules, which it was read for as well: reading costs most."""
    index, reading = _indexed(rules), examined.reading
    matches = tuple(match(reading, index.concerned(reading)))
    return replace(examined, matches=matches, heard=tuple(heard(reading, index.silent)))


def _indexed(rules: Sequence[Rule]) -> RuleIndex:
    return rules if isinstance(rules, RuleIndex) else RuleIndex(rules)


def decide(examined: Examined, recent: Recent, policy: Policy = POLICY) -> Outcome:
    """Is it news? Depends on what was told before, so it is asked one report at a time, under the write lock."""
    reading = examined.reading
    report = reading.report
    told = examined.told
    ended = tuple(Sighting(rule.id, report.id, report.published) for rule in examined.heard)
    if (earlier := copy_of(told, recent.told)) is not None:
        told = replace(told, incidents=earlier.incidents)
        again = tuple(copied(i) for i in recent.incidents if i.id in earlier.incidents)
        return Outcome(report, reading, Reason.COPY, told, again, duplicate_of=earlier.report_id, sightings=ended)
    if not examined.matches:
        return Outcome(report, reading, Reason.NO_MATCH, told, sightings=ended)
    outcome = _decided(examined, recent, policy)
    return replace(outcome, sightings=(*ended, *outcome.sightings))


def remember(recent: Recent, outcome: Outcome) -> Recent:
    """What is recent after a report, with nothing forgotten."""
    after = refresh(recent, outcome.incidents)
    return replace(after, told=(outcome.told, *recent.told), sightings=(*recent.sightings, *outcome.sightings))


def _decided(examined: Examined, recent: Recent, policy: Policy) -> Outcome:
    report = examined.reading.report
    changed: dict[str, Incident] = {}
    assigned: list[tuple[Match, Assigned]] = []
    for found in examined.matches:
        result = assign(found, report, recent.incidents, changed, policy)
        if result is None:
            continue
        told = _told_rules(result.incident.id, recent, changed)
        if found.rule.id not in told and waits(found.rule, result.incident, report, recent.sightings):
            changed[result.incident.id] = replace(result.incident, rules=told)
        else:
            changed[result.incident.id] = result.incident
            assigned.append((found, result))
    if not changed:
        return Outcome(report, examined.reading, Reason.NO_MATCH, examined.told)
    alerts = tuple(_alert(found, result, changed[result.incident.id], report, recent) for found, result in assigned)
    told_of_it = replace(examined.told, incidents=tuple(changed))
    reason = alerts[0].reason if alerts else Reason.WAITING
    counted = tuple(_sightings(examined.matches, alerts, report))
    return Outcome(report, examined.reading, reason, told_of_it, tuple(changed.values()), alerts, sightings=counted)


def _told_rules(incident_id: str, recent: Recent, changed: Mapping[str, Incident]) -> frozenset[str]:
    """The rules that have told of an incident so far."""
    known = [changed.get(incident_id), *(i for i in recent.incidents if i.id == incident_id)]
    return next((incident.rules for incident in known if incident), frozenset())


def _sightings(matches: Iterable[Match], alerts: Iterable[Alert], report: Report) -> Iterator[Sighting]:
    counting = {found.rule.id for found in matches if found.rule.frequency is not None}
    told = {alert.rule.id for alert in alerts if alert.reason is Reason.FREQUENT}
    for rule_id in sorted(counting):
        yield Sighting(rule_id, report.id, report.published, rule_id in told)


def _alert(found: Match, assigned: Assigned, incident: Incident, report: Report, recent: Recent) -> Alert:
    """An alert with the incident as the whole report left it, at the severity of its toll."""
    whole = replace(found.event, killed=incident.killed, injured=incident.injured, casualties=incident.casualties)
    is_first = assigned.reason is Reason.FIRST_REPORT
    return Alert(
        rule=found.rule,
        incident=incident,
        event=found.event,
        report=report,
        reason=Reason.FREQUENT if is_first and found.rule.frequency else assigned.reason,
        severity=severity_of(found.rule, whole),
        loud=assigned.loud,
        said_killed=assigned.said_killed,
        said_place=assigned.said_place,
        reports=reports_of(found.rule, report, recent.sightings),
    )

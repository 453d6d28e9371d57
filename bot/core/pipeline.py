"""One report without touching the world: examine (what does it say, who wants it), decide (is it news).

`run`, `demo`, `read`, `replay` and the tests inside rule files are loops round these two functions; there is no second
path. A newcomer's mistake is to call `decide` outside the write transaction that read `recent`: two workers then send
two first alerts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.core.copies import copy_of, told_of
from bot.core.events.files import EventType
from bot.core.incidents import Assigned, assign, copied
from bot.core.matching import match, severity_of
from bot.core.model import (
    POLICY,
    Alert,
    Examined,
    Incident,
    Match,
    Outcome,
    Policy,
    Problem,
    Reason,
    Recent,
    Report,
    Rule,
)
from bot.core.reading import Knowledge, read


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All that people wrote in `rules/`, ready for use, with the problems found in it. Swapped whole on reload.

    `warnings` are what the authors should know of, though it works.
    """

    knowledge: Knowledge
    rules: tuple[Rule, ...]
    types: tuple[EventType, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def event_types(self) -> frozenset[str]:
        return frozenset(event_type.id for event_type in self.types)


def examine(report: Report, knowledge: Knowledge, rules: Sequence[Rule]) -> Examined:
    """What a report says, and which rules want it. Depends on nothing else; may run anywhere."""
    reading = read(report, knowledge)
    return Examined(reading, told_of(reading), tuple(match(reading, rules)))


def rematched(examined: Examined, rules: Sequence[Rule]) -> Examined:
    """The same report for other rules: what it says does not depend on them, and reading costs most."""
    return replace(examined, matches=tuple(match(examined.reading, rules)))


def decide(examined: Examined, recent: Recent, policy: Policy = POLICY) -> Outcome:
    """Is it news? Depends on what was told before, so it is asked one report at a time, under the write lock."""
    reading = examined.reading
    report = reading.report
    told = examined.told
    if (earlier := copy_of(told, recent.told)) is not None:
        told = replace(told, incidents=earlier.incidents)
        again = tuple(copied(i) for i in recent.incidents if i.id in earlier.incidents)
        return Outcome(report, reading, Reason.COPY, told, again, duplicate_of=earlier.report_id)
    if not examined.matches:
        return Outcome(report, reading, Reason.NO_MATCH, told)
    return _decided(examined, recent, policy)


def _decided(examined: Examined, recent: Recent, policy: Policy) -> Outcome:
    report = examined.reading.report
    changed: dict[str, Incident] = {}
    assigned: list[tuple[Match, Assigned]] = []
    for found in examined.matches:
        result = assign(found, report, recent.incidents, changed, policy)
        if result is not None:
            changed[result.incident.id] = result.incident
            assigned.append((found, result))
    if not assigned:
        return Outcome(report, examined.reading, Reason.NO_MATCH, examined.told)
    alerts = tuple(_alert(found, result, changed[result.incident.id], report) for found, result in assigned)
    told = replace(examined.told, incidents=tuple(changed))
    return Outcome(report, examined.reading, alerts[0].reason, told, tuple(changed.values()), alerts)


def _alert(found: Match, assigned: Assigned, incident: Incident, report: Report) -> Alert:
    """An alert with the incident as the whole report left it, at the severity of its toll."""
    whole = replace(found.event, killed=incident.killed, injured=incident.injured, casualties=incident.casualties)
    return Alert(
        rule=found.rule,
        incident=incident,
        event=found.event,
        report=report,
        reason=assigned.reason,
        severity=severity_of(found.rule, whole),
        loud=assigned.loud,
        said_killed=assigned.said_killed,
        said_place=assigned.said_place,
    )

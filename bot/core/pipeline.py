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
from bot.core.incidents import Assigned, assign, copied, heard_by, is_known, refresh, retold, whole
from bot.core.ledger import figure
from bot.core.matching import follow_ups, heard, match, news, severity_of
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
    Told,
    ToldRule,
)
from bot.core.reading import Knowledge, read, skim
from bot.core.ruleindex import RuleIndex
from bot.core.waiting import counted_as, is_spike, lacks_sources, reports_of, story_of


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
    concerned = index.concerned(reading)
    return replace(
        examined,
        matches=tuple(match(reading, concerned)),
        heard=tuple(heard(reading, index.silent)),
        follow_ups=(*follow_ups(reading, concerned), *news(reading, index.bystanding(reading))),
    )


def _indexed(rules: Sequence[Rule]) -> RuleIndex:
    return rules if isinstance(rules, RuleIndex) else RuleIndex(rules)


def decide(examined: Examined, recent: Recent, policy: Policy = POLICY) -> Outcome:
    """Is it news? Depends on what was told before, so it is asked one report at a time, under the write lock."""
    report = examined.reading.report
    earlier = copy_of(examined.told, recent.told)
    if earlier is not None and (earlier.incidents or not examined.matches):
        outcome = _copied(examined, recent, earlier, policy)
    else:
        outcome = _decided(examined, recent, policy)
        if earlier is not None:  # of a text that nobody was told of: another source, or another feed
            outcome = replace(outcome, duplicate_of=earlier.report_id)
    ended = (Sighting(counted_as(rule), story_of(report), report.published) for rule in examined.heard)
    return replace(outcome, sightings=(*ended, *outcome.sightings))


def remember(recent: Recent, outcome: Outcome) -> Recent:
    """What is recent after a report, with nothing forgotten."""
    after = refresh(recent, outcome.incidents)
    return replace(after, told=(outcome.told, *recent.told), sightings=(*recent.sightings, *outcome.sightings))


# ---------------------------------------------------------------- copies
def _copied(examined: Examined, recent: Recent, earlier: Told, policy: Policy) -> Outcome:
    """One copy more; news only to a rule that did not want the text where it stood first, by another source or feed."""
    reading = examined.reading
    again = {i.id: copied(i) for i in recent.incidents if i.id in earlier.incidents}
    alerts = []
    for found in examined.matches:
        incident = retold(found.event, again.values())
        if (
            incident is None
            or found.event.denies
            or found.rule.id in incident.rules
            or _waits(found.rule, incident, spike=False)
        ):
            continue
        first = Assigned(heard_by(incident, found), Reason.FIRST_REPORT, loud=True)
        again[incident.id] = first.incident
        alerts.append(_alert(found, first, first.incident, reading.report))
    incidents = tuple(_as_read(incident, alerts) for incident in again.values())
    now = {incident.id: incident for incident in incidents}
    whole_alerts = tuple(replace(each, incident=now[each.incident.id]) for each in alerts)
    told = replace(examined.told, incidents=earlier.incidents)
    outcome = Outcome(reading.report, reading, Reason.COPY, told, incidents, whole_alerts, earlier.report_id)
    return _with_rest(outcome, examined, recent, earlier, policy)


def _with_rest(copy: Outcome, examined: Examined, recent: Recent, earlier: Told, policy: Policy) -> Outcome:
    """A copy with what nobody was told of where the text stood first, if that was not too long ago to be news."""
    if abs(copy.report.published - earlier.published) > policy.window:
        return copy
    rest = [
        found
        for found in examined.matches
        if retold(found.event, copy.incidents) is None and not found.event.denies and found.rule.frequency is None
    ]
    others = tuple(i for i in recent.incidents if i.id not in earlier.incidents)
    more = _decided(replace(examined, matches=tuple(rest), follow_ups=()), replace(recent, incidents=others), policy)
    return replace(
        copy,
        told=replace(copy.told, incidents=(*copy.told.incidents, *more.incident_ids)),
        incidents=(*copy.incidents, *more.incidents),
        alerts=(*copy.alerts, *more.alerts),
    )


# ---------------------------------------------------------------- news
def _decided(examined: Examined, recent: Recent, policy: Policy) -> Outcome:
    report, told = examined.reading.report, examined.told
    changed, assigned = _assigned(examined, recent, policy)
    if not changed:
        return Outcome(report, examined.reading, Reason.NO_MATCH, told)
    plain = [_alert(found, result, changed[result.incident.id], report) for found, result in assigned]
    counted = {found.rule.id: reports_of(found.rule, report, recent.sightings) for found, _ in assigned}
    alerts = [replace(a, reports=counted[a.rule.id]) if a.reason is Reason.FREQUENT else a for a in plain]
    incidents = {incident.id: _as_read(incident, alerts) for incident in changed.values()}
    return Outcome(
        report,
        examined.reading,
        reason=alerts[0].reason if alerts else Reason.WAITING,
        told=replace(told, incidents=tuple(incidents)),
        incidents=tuple(incidents.values()),
        alerts=tuple(replace(alert, incident=incidents[alert.incident.id]) for alert in alerts),
        sightings=tuple(_sightings(examined.matches, alerts, report)),
    )


def _assigned(
    examined: Examined, recent: Recent, policy: Policy
) -> tuple[dict[str, Incident], list[tuple[Match, Assigned]]]:
    """The incidents as the report leaves them, and what each rule hears of them; what waits is joined and not heard."""
    report = examined.reading.report
    changed: dict[str, Incident] = {}
    assigned: list[tuple[Match, Assigned]] = []
    told_at: dict[str | None, set[str]] = {}  # ids of the incidents, by the place of what was put into them
    spikes: set[str] = set()  # one report may name several places: that is one spike
    for found in _in_order(examined.matches, report, recent, policy):
        here = told_at.setdefault(_place_of(found), set())
        result = assign(found, report, recent.incidents, changed, policy, here=here)
        if result is None:
            continue
        here.add(result.incident.id)
        told = _told_rules(result.incident.id, recent, changed)
        spike = (
            found.rule.id not in spikes and not found.event.denies and is_spike(found.rule, report, recent.sightings)
        )
        if spike:
            spikes.add(found.rule.id)
            result = replace(result, reason=Reason.FREQUENT, loud=True)
        if found.rule.id not in told and _waits(found.rule, result.incident, spike=spike):
            changed[result.incident.id] = replace(result.incident, rules=told)
            continue
        changed[result.incident.id] = result.incident
        assigned.append((found, result))
    tellers = frozenset().union(*(incident.rules for incident in recent.incidents))
    for found in (each for each in examined.follow_ups if each.rule.id in tellers):  # most told nothing lately
        here = told_at.get(_place_of(found), set())
        result = assign(found, report, recent.incidents, changed, policy, here=here)
        if result is not None and found.rule.id in _told_rules(result.incident.id, recent, {}):
            changed[result.incident.id] = result.incident
            assigned.append((found, result))
    return _settled(changed, _once(assigned, examined), recent, policy)


def _in_order(matches: Sequence[Match], report: Report, recent: Recent, policy: Policy) -> Sequence[Match]:
    """First what is known, then the fullest, denials last: no order of the rules makes two incidents of one."""
    if len(matches) < 2:
        return matches

    known = {event: is_known(event, report, recent.incidents, policy) for event in {m.event for m in matches}}

    def rank(found: Match) -> tuple[bool, bool, int, int, str, str]:
        event = found.event
        return event.denies, not known[event], -figure(event.killed), event.start, event.type, found.rule.id

    return sorted(matches, key=rank)


def _place_of(found: Match) -> str | None:
    return found.event.place.id if found.event.place else None


def _once(assigned: Sequence[tuple[Match, Assigned]], examined: Examined) -> list[tuple[Match, Assigned]]:
    """What each rule hears of each incident, once, in the order of the rules: a village and its province are one."""
    first: dict[tuple[str, str], tuple[Match, Assigned]] = {}
    for found, result in assigned:
        first.setdefault((found.rule.id, result.incident.id), (found, result))
    place = {id(found): number for number, found in enumerate((*examined.matches, *examined.follow_ups))}
    return sorted(first.values(), key=lambda each: place[id(each[0])])


def _settled(
    changed: Mapping[str, Incident], assigned: Sequence[tuple[Match, Assigned]], recent: Recent, policy: Policy
) -> tuple[dict[str, Incident], list[tuple[Match, Assigned]]]:
    """The same, with what changed measured over the whole report: all rules that know an incident hear one reason.

    The incident of the first alert stands first.
    """
    before = {incident.id: incident for incident in recent.incidents}
    knowing = {
        (found.rule.id, result.incident.id)
        for found, result in assigned
        if not found.event.denies and found.rule.id in _told_rules(result.incident.id, recent, {})
    }
    heard = {incident_id for _, incident_id in knowing}
    named = dict.fromkeys([*(result.incident.id for _, result in assigned), *changed])
    after = {name: whole(before.get(name), changed[name], policy, is_heard=name in heard) for name in named}
    told = []
    for found, result in assigned:
        incident, reason, loud = after[result.incident.id]
        knows = (found.rule.id, incident.id) in knowing and result.reason is not Reason.FREQUENT
        told.append((found, replace(result, reason=reason, loud=loud) if knows else result))
    return {name: incident for name, (incident, _, _) in after.items()}, told


def _waits(rule: Rule, incident: Incident, *, spike: bool) -> bool:
    """Does a rule that has not told of an incident wait for a spike, or for another source?"""
    return (rule.frequency is not None and not spike) or lacks_sources(rule, incident)


def _told_rules(incident_id: str, recent: Recent, changed: Mapping[str, Incident]) -> frozenset[str]:
    """The rules that have told of an incident so far."""
    known = [changed.get(incident_id), *(i for i in recent.incidents if i.id == incident_id)]
    return next((incident.rules for incident in known if incident), frozenset())


def _sightings(matches: Iterable[Match], alerts: Iterable[Alert], report: Report) -> Iterator[Sighting]:
    counting = {found.rule.id: found.rule for found in matches if found.rule.frequency and not found.event.denies}
    told = {alert.rule.id for alert in alerts if alert.reason is Reason.FREQUENT}
    for rule in counting.values():
        yield Sighting(counted_as(rule), story_of(report), report.published, rule.id in told)


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


def _as_read(incident: Incident, alerts: Iterable[Alert]) -> Incident:
    """An incident that knows how each of its rules was read last: a report of one rule must not unsay the others."""
    told = {rule.id: rule for rule in incident.told}
    for alert in (alert for alert in alerts if alert.incident.id == incident.id):
        told[alert.rule.id] = ToldRule(alert.rule.id, alert.rule.title, alert.severity, alert.rule.titles)
    return replace(incident, told=tuple(told.values()))

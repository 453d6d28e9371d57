"""Several rules meet one report: nobody is left out, nothing is told twice, and the order of the rules decides nothing.

A newcomer's mistake is to try one rule at a time: what one rule finds changes the incident that the next one joins.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.copies import told_of
from bot.core.ledger import figure
from bot.core.model import (
    Area,
    Event,
    Examined,
    Outcome,
    Place,
    Reading,
    Reason,
    Recent,
    Rule,
    Threshold,
    Victims,
    exactly,
)
from bot.core.pipeline import decide, rematched, remember
from tests.core.reports import NOON, report

COUNTRY = Place("1", "Syria", "country", "SY")
PROVINCE = Place("2", "Idlib", "admin1", "SY", parents=("1",))
VILLAGE = Place("3", "Binnish", "settlement", "SY", parents=("2", "1"))
NEIGHBOUR = Place("4", "Sarmin", "settlement", "SY", parents=("2", "1"))
VILLAGES = (VILLAGE, NEIGHBOUR)
PLACES = (VILLAGE, VILLAGE, NEIGHBOUR, PROVINCE, COUNTRY, None)
TYPES = ("civilian-casualties", "casualties", "attack-on-school", "shelling", "landmine-explosion")
EXPLOSIVES = frozenset({"shelling", "airstrike"})


@dataclass(frozen=True)
class Happening:
    """An event as a test asks for it."""

    place: Place | None
    type: str
    killed: int | None
    said: str = ""  # "", "corrects" or "denies"


@dataclass(frozen=True)
class Asked:
    """A rule as a test asks for it."""

    types: frozenset[str]
    place: Place | None
    least: int


def happenings(
    places: Sequence[Place | None] = PLACES, said: Sequence[str] = ("", "", "", "corrects", "denies")
) -> Any:
    tolls = st.none() | st.sampled_from([1, 2, 3, 4, 5, 9, 10, 15, 40])
    return st.builds(Happening, st.sampled_from(places), st.sampled_from(TYPES), tolls, st.sampled_from(said))


def tellings(each: Any) -> Any:
    return st.lists(each, min_size=1, max_size=4)


ASKED = st.lists(
    st.builds(
        Asked,
        st.frozensets(st.sampled_from(TYPES), min_size=1, max_size=3),
        st.sampled_from(PLACES),
        st.sampled_from([0, 0, 1, 3, 10]),
    ),
    min_size=1,
    max_size=4,
)
HOURS = st.sampled_from([0, 1, 6, 20, 30])


def rules_of(asked: Iterable[Asked]) -> list[Rule]:
    return [
        Rule(
            f"rule-{number}",
            f"Rule {number}",
            each.types,
            (Area(each.place),) if each.place else (),
            thresholds=(Threshold("killed", ">=", each.least),) if each.least else (),
        )
        for number, each in enumerate(asked)
    ]


def told(number: int, hours: float, telling: Sequence[Happening], rules: Sequence[Rule]) -> Examined:
    """A report of an outlet of its own, with words that no other has."""
    text = " ".join(f"{'abcdef'[number] * 5}{position}" for position in range(30))
    events = tuple(_event(position, each) for position, each in enumerate(telling))
    one = report(text, id=f"r{number}", source=f"outlet {number}", published=NOON + timedelta(hours=hours))
    reading = Reading(one, "en", events=events)
    return rematched(Examined(reading, told_of(reading)), rules)


def _event(position: int, each: Happening) -> Event:
    is_mine = each.type == "landmine-explosion"
    return Event(
        type=each.type,
        field="text",
        start=position * 10,
        end=position * 10 + 9,
        quote=f"{each.type} {position}",
        killed=None if each.killed is None or each.said == "denies" else exactly(each.killed),
        victims=Victims.UNKNOWN if each.type == "casualties" else Victims.CIVILIAN,
        place=each.place,
        current=each.said != "denies",
        corrects=each.said == "corrects",
        denies=each.said == "denies",
        kinds=frozenset({each.type}) - {"casualties", "civilian-casualties"},
        apart_from=EXPLOSIVES if is_mine else frozenset(),
    )


def decided(reports: Iterable[Examined]) -> list[Outcome]:
    recent, outcomes = Recent(), []
    for one in reports:
        outcome = decide(one, recent)
        known = {incident.id for incident in recent.incidents}
        recent = remember(recent, outcome)
        assert known <= {incident.id for incident in recent.incidents}
        outcomes.append(outcome)
    return outcomes


def met(one: Examined) -> set[str]:
    """The rules whose conditions a report meets."""
    return {match.rule.id for match in one.matches if not match.event.denies}


def first_told(outcomes: Iterable[Outcome]) -> set[str]:
    return {a.rule.id for o in outcomes for a in o.alerts if a.reason is Reason.FIRST_REPORT and a.loud}


@settings(max_examples=150)
@given(stories=st.lists(st.tuples(HOURS, tellings(happenings())), min_size=1, max_size=5), asked=ASKED)
def test_every_rule_that_a_report_meets_alerts_once_for_each_of_its_incidents(stories, asked):
    rules = rules_of(asked)
    reports = [told(n, hours, telling, rules) for n, (hours, telling) in enumerate(stories)]

    outcomes = decided(reports)

    for one, outcome in zip(reports, outcomes, strict=True):
        incidents = {incident.id: incident for incident in outcome.incidents}
        assert len(incidents) == len(outcome.incidents)
        assert met(one) <= {alert.rule.id for alert in outcome.alerts}
        assert max(Counter((a.rule.id, a.incident.id) for a in outcome.alerts).values(), default=1) == 1
        assert all(alert.incident == incidents[alert.incident.id] for alert in outcome.alerts)
        assert all(a.rule.id in a.incident.rules for a in outcome.alerts if not a.event.denies)
        assert outcome.told.incidents == tuple(incidents)
    assert first_told(outcomes) == set().union(*map(met, reports))


@settings(max_examples=100)
@given(stories=st.lists(st.tuples(HOURS, tellings(happenings())), min_size=2, max_size=5), asked=ASKED, data=st.data())
def test_in_whatever_order_reports_are_polled_the_same_rules_alert(stories, asked, data):
    rules = rules_of(asked)
    reports = [told(n, hours, telling, rules) for n, (hours, telling) in enumerate(stories)]

    shuffled = data.draw(st.permutations(reports))

    assert first_told(decided(shuffled)) == first_told(decided(reports))


def seen(outcome: Outcome) -> tuple[Any, ...]:
    """An outcome without the order of its parts."""
    incidents = {i.id: replace(i, told=tuple(sorted(i.told, key=lambda t: t.id))) for i in outcome.incidents}
    alerts = {(a.rule.id, a.incident.id, a.reason, a.loud, a.severity) for a in outcome.alerts}
    return incidents, alerts


@settings(max_examples=150)
@given(stories=st.lists(st.tuples(HOURS, tellings(happenings())), min_size=1, max_size=4), asked=ASKED, data=st.data())
def test_the_order_of_the_rules_changes_neither_the_incidents_nor_what_is_heard_of_them(stories, asked, data):
    rules = rules_of(asked)
    shuffled = data.draw(st.permutations(rules))

    orders = [
        decided(told(n, hours, telling, order) for n, (hours, telling) in enumerate(stories))
        for order in (rules, shuffled)
    ]

    assert [seen(outcome) for outcome in orders[0]] == [seen(outcome) for outcome in orders[1]]


@settings(max_examples=150)
@given(telling=tellings(happenings(VILLAGES, [""])), asked=ASKED)
def test_what_another_outlet_tells_again_is_quiet_for_every_rule(telling, asked):
    rules = rules_of(asked)

    first, again = decided(told(number, number, telling, rules) for number in range(2))

    assert not [alert for alert in again.alerts if alert.loud]
    assert {i.id: i.killed for i in again.incidents} == {i.id: i.killed for i in first.incidents}
    assert all(figure(incident.killed) == incident.said_killed for incident in first.incidents)


@settings(max_examples=150)
@given(telling=tellings(happenings(said=[""])), asked=ASKED, late=st.lists(st.booleans(), min_size=4, max_size=4))
def test_who_wants_only_the_outlet_that_copies_hears_of_all_that_it_tells(telling, asked, late):
    rules = rules_of(asked)
    rules = [replace(rule, sources=("outlet 1",) if only else ()) for rule, only in zip(rules, late, strict=False)]
    first, copy = (told(0, 0, telling, rules), told(0, 1, telling, rules))
    report = replace(copy.reading.report, id="r1", source="outlet 1")
    copy = rematched(
        replace(copy, reading=replace(copy.reading, report=report), told=replace(copy.told, report_id="r1")), rules
    )

    outcomes = decided([first, copy])

    assert outcomes[1].reason is Reason.COPY or not met(first)
    assert first_told(outcomes) == met(first) | met(copy)
    assert len(set(outcomes[1].told.incidents)) == len(outcomes[1].told.incidents)
    assert set(outcomes[1].incident_ids) == set(outcomes[1].told.incidents)

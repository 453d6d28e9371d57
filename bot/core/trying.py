"""The tests that people write into rules, and the examples in event types, tried against what they stand in.

A newcomer's mistake is to let a rule's test meet the other rules: it is tried alone, on an empty memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.core.events.files import EventType
from bot.core.explaining import explain
from bot.core.model import Alert, Count, Examined, Expected, Place, Problem, Recent, Report, Rule, RuleTest
from bot.core.pipeline import decide, examine, remember
from bot.core.reading import Knowledge, read

APART = timedelta(hours=1)  # of the texts of one test
THEN = datetime(2020, 1, 1, tzinfo=UTC)  # when the texts of tests are taken to have been published


def failures_of_rules(rules: Iterable[Rule], knowledge: Knowledge) -> Iterator[Problem]:
    """What the tests inside rules expect and do not get. Drafts are tried as if they were live."""
    for rule in rules:
        for test in rule.tests:
            if (said := _difference(_live(rule), test, knowledge)) is not None:
                yield _problem(test.where, f"the test of {rule.id!r} {said}")


def failures_of_events(types: Iterable[EventType], knowledge: Knowledge) -> Iterator[Problem]:
    """The examples inside event types that are read otherwise than they say."""
    for event_type in types:
        for example in event_type.examples:
            events = read(_report(example.text), knowledge).events
            if (event_type.id in {e.type for e in events if e.current}) is not example.counts:
                said = "counts and is not read" if example.counts else "does not count and is read"
                yield _problem(example.where, f"the example of {event_type.id!r} {said}: {_cut(example.text)}")


def _difference(rule: Rule, test: RuleTest, knowledge: Knowledge) -> str | None:
    examined, alerts = told_by(rule, test, knowledge)
    if test.expected is None:
        return f"expected no alert, got {'; '.join(map(_said, alerts))}" if alerts else None
    if not alerts:
        return f"expected an alert, got none: {_why_not(rule, examined)}"
    wrong = list(_wrong(test.expected, alerts[0], knowledge))
    return "; ".join(wrong) if wrong else None


def example(rule: Rule, knowledge: Knowledge) -> Alert | None:
    """The alert of the first of a rule's own tests that expects one, as if the rule were live."""
    told = (told_by(_live(rule), test, knowledge)[1] for test in rule.tests if test.expected is not None)
    return next((alert for alerts in told for alert in alerts), None)


def told_by(rule: Rule, test: RuleTest, knowledge: Knowledge) -> tuple[Examined, tuple[Alert, ...]]:
    """The texts told one after another, and what follows from the last; of a test for silence, from any of them."""
    recent = Recent()
    examined = [examine(report, knowledge, [rule]) for report in _reports(test)]
    outcomes = []
    for each in examined:
        outcome = decide(each, recent)
        outcomes.append(outcome)
        recent = remember(recent, outcome)
    heard = outcomes if test.expected is None else outcomes[-1:]
    return examined[-1], tuple(alert for outcome in heard for alert in outcome.alerts)


def _reports(test: RuleTest) -> list[Report]:
    """Each text an hour after the one before, by a source of its own unless the test names one."""
    return [
        Report(
            id=f"test-{number}",
            title="",
            text=text,
            published=THEN + APART * number,
            source=test.source or f"source {number + 1}",
            language=test.language,
            tags=tuple(sorted(test.tags)),
        )
        for number, text in enumerate(test.texts)
    ]


def _wrong(expected: Expected, alert: Alert, knowledge: Knowledge) -> Iterator[str]:
    incident = alert.incident
    if expected.place is not None and (wrong := _wrong_place(expected.place, incident.place, knowledge)):
        yield wrong
    for asked, got_count, what in (
        (expected.killed, incident.killed, "killed"),
        (expected.injured, incident.injured, "injured"),
    ):
        if asked is not None and asked != _figure(got_count):
            yield f"expected {asked} {what}, got {_figure(got_count)}"
    if expected.severity is not None and alert.severity is not expected.severity:
        yield f"expected severity {expected.severity}, got {alert.severity}"


def _wrong_place(name: str, got: Place | None, knowledge: Knowledge) -> str | None:
    try:
        place = knowledge.gazetteer.find(name)
    except LookupError as error:
        return str(error.args[0])
    same = got is not None and got.id == place.id
    return None if same else f"expected the place {place.name}, got {got.name if got else 'none'}"


def _why_not(rule: Rule, examined: Examined) -> str:
    (explained,) = explain(examined.reading, [rule])
    return "; ".join(c.line for c in explained.missing) or "no event meets all conditions"


def _said(alert: Alert) -> str:
    place = alert.incident.place.name if alert.incident.place else "no place"
    return f"{_figure(alert.incident.killed)} killed, {_figure(alert.incident.injured)} injured in {place}"


def _figure(count: Count | None) -> int:
    return count.figure if count else 0


def _live(rule: Rule) -> Rule:
    return rule if rule.live else replace(rule, live=True)


def _report(text: str) -> Report:
    return Report(id="test", title="", text=text, published=THEN)


def _problem(where: str, message: str) -> Problem:
    file, _, line = where.rpartition(":")
    return Problem(file, int(line), 1, message)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


LONGEST_SHOWN = 80  # characters

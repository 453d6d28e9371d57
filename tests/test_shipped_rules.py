"""The shipped rules and event types keep what is written beside them."""

import pytest

from bot.core.events.files import parse_event_type
from bot.core.model import Count, Recent, Rule, RuleTest
from bot.core.pipeline import decide, examine
from bot.core.reading import read
from bot.rulebook import load, shipped_rules
from tests.core.reports import report

RULES = load(shipped_rules()).rules
FILES = [
    parse_event_type(path.read_text(encoding="utf-8"), str(path))
    for path in sorted((shipped_rules() / "events").glob("*.yaml"))
]
TYPES = [file.event_type for file in FILES if file.event_type is not None]


def figure(count: Count | None) -> int:
    return count.figure if count else 0


@pytest.mark.parametrize(
    ("rule", "case"), [pytest.param(r, t, id=f"{r.id}-{i}") for r in RULES for i, t in enumerate(r.tests)]
)
def test_a_rule_alerts_as_its_own_test_says(rule: Rule, case: RuleTest, rulebook):
    alerts = decide(examine(report(case.text), rulebook.knowledge, [rule]), Recent()).alerts

    if case.expected is None:
        assert alerts == ()
        return
    (alert,) = alerts
    expected, incident = case.expected, alert.incident
    if expected.place is not None:
        assert incident.place == rulebook.knowledge.gazetteer.find(expected.place)
    if expected.killed is not None:
        assert figure(incident.killed) == expected.killed
    if expected.injured is not None:
        assert figure(incident.injured) == expected.injured
    if expected.severity is not None:
        assert alert.severity == expected.severity


@pytest.mark.parametrize(
    ("event_type", "example"), [pytest.param(t, e, id=f"{t.id}-{i}") for t in TYPES for i, e in enumerate(t.examples)]
)
def test_an_event_type_holds_for_its_examples_alone(event_type, example, rulebook):
    found = {event.type for event in read(report(example.text), rulebook.knowledge).events if event.current}

    assert (event_type.id in found) == example.counts

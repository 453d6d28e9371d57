"""The shipped rules and event types keep what is written beside them."""

import pytest

from bot.core.events.files import parse_event_type
from bot.core.model import Rule
from bot.core.reading import read
from bot.core.trying import failures_of_rules
from bot.rulebook import load, shipped_rules
from tests.core.reports import report

RULES = load(shipped_rules()).rules
FILES = [
    parse_event_type(path.read_text(encoding="utf-8"), str(path))
    for path in sorted((shipped_rules() / "events").glob("*.yaml"))
]
TYPES = [file.event_type for file in FILES if file.event_type is not None]


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in RULES])
def test_a_rule_alerts_as_its_own_tests_say(rule: Rule, rulebook):
    assert rule.tests
    assert list(failures_of_rules([rule], rulebook.knowledge)) == []


@pytest.mark.parametrize(
    ("event_type", "example"), [pytest.param(t, e, id=f"{t.id}-{i}") for t in TYPES for i, e in enumerate(t.examples)]
)
def test_an_event_type_holds_for_its_examples_alone(event_type, example, rulebook):
    found = {event.type for event in read(report(example.text), rulebook.knowledge).events if event.current}

    assert (event_type.id in found) == example.counts

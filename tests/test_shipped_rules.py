"""The shipped rules and event types keep what is written beside them."""

import pytest

from bot.core.events.files import parse_event_type
from bot.core.model import Rule
from bot.core.reading import read
from bot.core.trying import failures_of_rules
from bot.rulebook import load, shipped_rules
from bot.telegram.alert_texts import LONGEST_LABEL
from bot.tongues import languages, tongue
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


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in RULES])
def test_a_rule_has_a_title_in_every_language_that_fits_on_a_button(rule: Rule):
    titles = dict(rule.titles)

    assert {"en", *titles} == set(languages())
    assert len({rule.title, *titles.values()}) == len(titles) + 1
    assert [title for title in titles.values() if len(title) > LONGEST_LABEL] == []


@pytest.mark.parametrize("language", languages()[1:])
def test_no_two_rules_are_called_the_same(language: str):
    titles = [tongue(language).title(rule) for rule in RULES]

    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(
    ("event_type", "example"), [pytest.param(t, e, id=f"{t.id}-{i}") for t in TYPES for i, e in enumerate(t.examples)]
)
def test_an_event_type_holds_for_its_examples_alone(event_type, example, rulebook):
    found = {event.type for event in read(report(example.text), rulebook.knowledge).events if event.current}

    assert (event_type.id in found) == example.counts

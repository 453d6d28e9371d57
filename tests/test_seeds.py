"""The sample story: what the shipped rules make of it is what a monitor would want to hear."""

import pytest

from bot.core.model import Alert
from bot.seeds import ExpectedAlert, figure, load_story, seeds_folder
from tests.transcript import told

STORIES = sorted(seeds_folder().glob("*.yaml"))


def plainly(alert: Alert) -> ExpectedAlert:
    incident = alert.incident
    return ExpectedAlert(
        rule=alert.rule.id,
        reason=alert.reason.value,
        severity=alert.severity.value,
        place=incident.place.name if incident.place else "",
        killed=figure(incident.killed),
        injured=figure(incident.injured),
        loud=alert.loud,
    )


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_every_report_of_a_story_gives_the_alerts_written_beside_it(path, rulebook):
    story = load_story(path)

    outcomes = told(story.reports, rulebook)

    found = [(o.report.id, tuple(map(plainly, o.alerts)), o.duplicate_of) for o in outcomes]
    assert found == [(seed.id, seed.expected, seed.duplicate_of) for seed in story.reports]


def test_the_shipped_rules_have_no_problems(rulebook):
    assert rulebook.problems == ()

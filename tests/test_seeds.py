"""The sample story: what the shipped rules make of it is what a monitor would want to hear."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.cli.machine import report_of
from bot.core.incidents import refresh
from bot.core.model import Alert, Outcome, Recent
from bot.core.pipeline import Rulebook, decide, examine
from bot.seeds import ExpectedAlert, SeedReport, figure, load_story, seeds_folder

MORNING = datetime(2020, 3, 5, 6, tzinfo=UTC)
STORIES = sorted(seeds_folder().glob("*.yaml"))


def told(reports: tuple[SeedReport, ...], rulebook: Rulebook) -> list[Outcome]:
    """What follows from each report, one every ten minutes."""
    recent, outcomes = Recent(), []
    for number, seed in enumerate(reports):
        given = {"id": seed.id, "title": seed.title, "text": seed.text, "source": seed.outlet, "home": "SY"}
        report = replace(report_of(given, MORNING), published=MORNING + timedelta(minutes=10 * number))
        outcome = decide(examine(report, rulebook.knowledge, rulebook.rules), recent)
        recent = refresh(recent, outcome.incidents)
        recent = replace(recent, told=(outcome.told, *recent.told))
        outcomes.append(outcome)
    return outcomes


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

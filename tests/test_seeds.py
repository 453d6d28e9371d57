"""The sample story: what the shipped rules make of it is what a monitor would want to hear."""

import xml.etree.ElementTree as ET

import pytest

from bot.config.opml import outlines_of, parse_opml
from bot.core.model import Alert
from bot.feeds.entries import canonical_link
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


# ---------------------------------------------------------------- the starter set of feeds
STARTERS = seeds_folder() / "feeds.opml"


def test_the_starter_feeds_are_read_without_a_problem_and_none_stands_twice():
    outlines, problems = outlines_of(STARTERS.read_bytes(), "feeds.opml")

    assert problems == ()
    assert len({outline.feed.url for outline in outlines}) == len(outlines) >= 60
    assert len({outline.feed.title for outline in outlines}) == len(outlines)


def test_the_starter_feeds_are_written_in_languages_that_are_read_and_cover_many_areas(rulebook):
    feeds, _ = parse_opml(STARTERS.read_bytes(), "feeds.opml")
    areas = ET.parse(STARTERS).findall("body/outline")

    assert {feed.language for feed in feeds} == set(rulebook.knowledge.languages)
    assert len({area.get("text") for area in areas}) == len(areas) >= 10
    assert all(len(area.findall("outline[@xmlUrl]")) >= 2 for area in areas)
    assert sum(len(area) for area in areas) == len(feeds)


def test_the_starter_feeds_are_asked_over_https_and_hold_no_parameters_of_trackers():
    feeds, _ = parse_opml(STARTERS.read_bytes(), "feeds.opml")

    assert [feed.url for feed in feeds if not feed.url.startswith("https://")] == []
    assert [feed.url for feed in feeds if canonical_link(feed.url) != feed.url] == []

"""Stories of several reports, as a monitor would write them down: what is heard of each, and how many incidents."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.core.incidents import refresh
from bot.core.model import Area, Outcome, Recent, Rule
from bot.core.pipeline import Rulebook, decide, examine
from tests.core.reports import NOON, report

STORIES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("stories.yaml").read_text(encoding="utf-8"))


def asked(rulebook: Rulebook) -> Rule:
    syria = rulebook.knowledge.gazetteer.find("Syria")
    return Rule("r", "R", frozenset({"civilian-casualties", "casualties", "massacre"}), (Area(syria),))


def told(story: dict[str, Any], rulebook: Rulebook) -> list[Outcome]:
    recent, outcomes, at = Recent(), [], NOON
    for number, line in enumerate(story["reports"]):
        at += timedelta(hours=line.get("after", 1))
        one = report(line["text"], id=f"r{number}", source=f"outlet {number}", published=at)
        outcome = decide(examine(one, rulebook.knowledge, [asked(rulebook)]), recent)
        recent = refresh(recent, outcome.incidents)
        recent = replace(recent, told=(outcome.told, *recent.told))
        outcomes.append(outcome)
    return outcomes


def heard(outcome: Outcome) -> str:
    said = [f"{alert.reason.value}{'!' if alert.loud else ''}" for alert in outcome.alerts]
    return " ".join(said) or outcome.reason.value


@pytest.mark.parametrize("story", STORIES, ids=[story["title"] for story in STORIES])
def test_people_hear_of_a_story_what_they_must(story, rulebook):
    outcomes = told(story, rulebook)

    assert [heard(outcome) for outcome in outcomes] == story["hears"]
    assert len({i.id for outcome in outcomes for i in outcome.incidents}) == story["incidents"]


def test_fifty_outlets_that_tell_one_story_are_heard_once_and_another_incident_still_alerts(rulebook):
    verbs = ["killed", "left dead", "claimed the lives of", "took the lives of", "has killed"]
    lines = [
        {"text": f"Outlet {n}: shelling {verbs[n % 5]} five civilians in Binnish.", "after": 0.2} for n in range(50)
    ]
    lines.append({"text": "An air strike killed four civilians in Sarmin.", "after": 0.1})

    outcomes = told({"reports": lines}, rulebook)

    loud = [number for number, outcome in enumerate(outcomes) if any(alert.loud for alert in outcome.alerts)]
    assert loud == [0, 50]

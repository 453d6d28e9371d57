"""Stories of several reports, as a monitor would write them down: what is heard of each, and how many incidents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.incidents import countries, lies_in, refresh
from bot.core.ledger import figure
from bot.core.model import Area, Outcome, Reason, Recent, Report, Rule
from bot.core.pipeline import Rulebook, decide, examine
from tests.core.reports import NOON, report

STORIES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("stories.yaml").read_text(encoding="utf-8"))


def asked(rulebook: Rulebook) -> Rule:
    syria = rulebook.knowledge.gazetteer.find("Syria")
    return Rule("r", "R", frozenset({"civilian-casualties", "casualties", "massacre"}), (Area(syria),))


def reports_of(story: dict[str, Any]) -> list[Report]:
    hours = accumulate(line.get("after", 1) for line in story["reports"])
    return [
        report(line["text"], id=f"r{number}", source=f"outlet {number}", published=NOON + timedelta(hours=after))
        for number, (line, after) in enumerate(zip(story["reports"], hours, strict=True))
    ]


def told(reports: Iterable[Report], rulebook: Rulebook) -> list[Outcome]:
    recent, outcomes = Recent(), []
    for one in reports:
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
    outcomes = told(reports_of(story), rulebook)

    assert [heard(outcome) for outcome in outcomes] == story["hears"]
    last = {i.id: i for outcome in outcomes for i in outcome.incidents}
    assert len(last) == story["incidents"]
    if "killed" in story:
        assert [figure(i.killed) for i in last.values()] == [story["killed"]]
    if "copies" in story:
        assert [i.copies for i in last.values()] == [story["copies"]]
    if "possibly" in story:
        places = [i.resembles.place if i.resembles else None for i in last.values()]
        assert [place.name if place else None for place in places] == story["possibly"]


@settings(max_examples=120, deadline=None)
@given(story=st.sampled_from([s for s in STORIES if "ordered" not in s]), data=st.data())
def test_the_order_of_polls_changes_neither_the_incidents_nor_how_many_are_first_heard_of(story, data, rulebook):
    shuffled = data.draw(st.permutations(reports_of(story)))

    outcomes = told(shuffled, rulebook)

    firsts = [a for outcome in outcomes for a in outcome.alerts if a.reason is Reason.FIRST_REPORT]
    assert len({i.id for outcome in outcomes for i in outcome.incidents}) == story["incidents"]
    assert len(firsts) == story["incidents"]
    assert all(alert.loud for alert in firsts)


def test_fifty_outlets_that_tell_one_story_are_heard_once_and_another_incident_still_alerts(rulebook):
    verbs = ["killed", "left dead", "claimed the lives of", "took the lives of", "has killed"]
    lines = [
        {"text": f"Outlet {n}: shelling {verbs[n % 5]} five civilians in Binnish.", "after": 0.2} for n in range(50)
    ]
    lines.append({"text": "An air strike killed four civilians in Sarmin.", "after": 0.1})

    outcomes = told(reports_of({"reports": lines}), rulebook)

    loud = [number for number, outcome in enumerate(outcomes) if any(alert.loud for alert in outcome.alerts)]
    assert loud == [0, 50]


ELSEWHERE = ("Shelling killed five civilians in Kharkiv.", "An air strike killed 11 civilians in El Fasher.")


@settings(max_examples=60, deadline=None)
@given(story=st.sampled_from(STORIES))
def test_incidents_of_countries_that_a_report_does_not_tell_of_change_nothing(story, rulebook):
    """So workers may decide side by side, each knowing the incidents of its countries alone."""
    anywhere = replace(asked(rulebook), areas=())
    elsewhere = [report(text, id=f"e{number}", published=NOON) for number, text in enumerate(ELSEWHERE)]
    recent, near = Recent(), Recent()
    for one in (*elsewhere, *reports_of(story)):
        examined = examine(one, rulebook.knowledge, [anywhere])
        scope = countries(examined)
        near = replace(near, incidents=tuple(i for i in recent.incidents if i.place is None or lies_in(i, scope)))
        outcome = decide(examined, replace(near, told=recent.told))
        assert outcome == decide(examined, recent)
        assert {i.id for i in recent.incidents if i.id in outcome.incident_ids} <= {i.id for i in near.incidents}
        recent = replace(refresh(recent, outcome.incidents), told=(outcome.told, *recent.told))

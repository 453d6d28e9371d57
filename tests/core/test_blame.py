"""Who is said to have done it: the golden sentences of blame.yaml, which a monitor can read and add to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.core.actors import NOBODY
from bot.core.caution import veiled
from bot.core.eventwords import what_and_by_whom
from bot.core.model import Delivery, Incident, exactly
from bot.core.reading import read
from bot.core.tongue import ENGLISH
from bot.tongues import Tongues
from tests.core.reports import NOON, report
from tests.core.test_alert_texts import ISOLATES
from tests.core.test_messages import INCIDENT
from tests.core.test_stories import told as told_of

SENTENCES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("blame.yaml").read_text(encoding="utf-8"))


def ids(blames: str | list[str]) -> set[str]:
    return {blames} if isinstance(blames, str) else set(blames)


@pytest.mark.parametrize("told", SENTENCES, ids=[told["text"][:60] for told in SENTENCES])
def test_a_sentence_blames_whom_it_names_as_the_doer_and_nobody_else(told, rulebook):
    events = read(report(told["text"]), rulebook.knowledge).events

    assert events
    assert set().union(*(event.blamed for event in events)) == ids(told["blames"])


# ---------------------------------------------------------------- what never blames
WORDS = (
    "killed",
    "attacked",
    "by",
    "the",
    "shelling",
    "of",
    "fighters",
    "said",
    "twelve",
    "villagers",
    "in",
    "Nyala",
    ",",
)


@settings(max_examples=40)
@given(st.lists(st.sampled_from(WORDS), min_size=3, max_size=20))
def test_a_text_without_the_name_of_an_actor_blames_nobody(rulebook, words):
    told = read(report(" ".join(words)), rulebook.knowledge)

    assert all(not event.blamed for event in told.events)


@settings(max_examples=40)
@given(st.lists(st.sampled_from((*WORDS, "RSF", "Hamas", "army", "and", "not")), min_size=3, max_size=20))
def test_who_is_blamed_changes_nothing_else_of_a_reading(rulebook, words):
    text = report(" ".join(words))
    knowledge = rulebook.knowledge
    without = read(text, replace(knowledge, blaming=NOBODY))
    told = read(text, knowledge)

    assert replace(told, events=tuple(replace(event, blamed=frozenset()) for event in told.events)) == without


DENIALS = {
    "en": ", which it denied",
    "ar": " ونفى ذلك",
    "fr": ", ce qu'ils ont démenti",
    "es": ", lo que desmintieron",
    "ru": ", но они это опровергли",
    "uk": ", але вони це спростували",
    "tr": ", ancak bunu yalanladı",
}


@pytest.mark.parametrize("told", [told for told in SENTENCES if told["blames"]], ids=lambda told: told["text"][:60])
def test_a_denial_in_the_same_sentence_blames_nobody(told, rulebook):
    denied = DENIALS[read(report(told["text"]), rulebook.knowledge).language or ""]
    events = read(report(told["text"].rstrip(".") + denied), rulebook.knowledge).events

    assert all(not event.blamed for event in events)


# ---------------------------------------------------------------- the incident
def decided(rulebook, *texts: str) -> Incident:
    reports = [
        report(text, id=f"r{number}", source=f"outlet {number}", published=NOON + timedelta(hours=number))
        for number, text in enumerate(texts)
    ]
    incidents = {each.id: each for outcome in told_of(reports, rulebook) for each in outcome.incidents}
    (incident,) = incidents.values()
    return incident


def test_who_is_blamed_is_gathered_as_sources_come_in(rulebook):
    both = decided(
        rulebook,
        "Shelling killed five civilians in Binnish.",
        "Regime forces shelled Binnish, killing five civilians.",
        "Five civilians were killed in Binnish by Russian forces, a witness said.",
    )

    assert both.blamed == {"syrian-government-forces", "russian-forces"}


def test_two_that_blame_others_tell_one_incident_all_the_same(rulebook):
    texts = [
        "Shelling by the Syrian army killed five civilians in Binnish.",
        "Shelling by the YPG killed six civilians in Binnish.",
    ]

    assert decided(rulebook, *texts).killed == exactly(6)


def test_another_figure_of_the_same_report_blames_nobody_for_this_one(rulebook):
    incident = decided(
        rulebook, "Shelling killed nine civilians in Binnish. Earlier, regime forces killed one civilian in Binnish."
    )

    assert (incident.killed, incident.blamed) == (exactly(9), frozenset())


def test_an_incident_that_was_stored_before_anybody_could_be_blamed_is_read():
    stored = TypeAdapter(Incident).dump_python(INCIDENT, mode="json")
    del stored["blamed"]

    assert TypeAdapter(Incident).validate_python(stored) == INCIDENT


# ---------------------------------------------------------------- as people read it
@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Shelling, attributed to Rapid Support Forces"),
        ("ar", "قصف، الجهة المنسوب إليها: قوات الدعم السريع"),
        ("fr", "Bombardement ; attribution : Forces de soutien rapide"),
    ],
)
def test_an_actor_is_called_as_its_readers_call_it(language, line, rulebook):
    shelled = replace(INCIDENT, kinds=frozenset({"shelling"}), blamed=frozenset({"rapid-support-forces"}))
    said = what_and_by_whom(shelled, Tongues(lambda: rulebook.knowledge).of(language))

    assert " ".join(said.translate(ISOLATES).split()) == line  # French has blanks of its own before a colon


def test_a_country_and_its_own_forces_are_told_once(rulebook):
    english = Tongues(lambda: rulebook.knowledge).of("en")
    struck = replace(INCIDENT, actors=frozenset({"RU", "TR"}), blamed=frozenset({"russian-forces"}))

    assert what_and_by_whom(struck, english) == "Attributed to Russian forces, Türkiye"


def test_an_actor_whose_file_is_gone_is_told_by_its_id():
    assert (
        what_and_by_whom(replace(INCIDENT, blamed=frozenset({"hill-brigade"})), ENGLISH) == "Attributed to hill brigade"
    )


def test_who_is_blamed_is_left_out_where_a_rule_asks_for_care():
    blamed = replace(INCIDENT, blamed=frozenset({"hamas"}))

    assert veiled(blamed, Delivery(place="admin1")).blamed == frozenset()
    assert veiled(blamed, Delivery(hide_names=True)).blamed == frozenset()

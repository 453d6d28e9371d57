"""Why a rule fires or not, as an author is told it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.explaining import explain
from bot.core.matching import match
from bot.core.model import Area, Frequency, Rule, Threshold, Unless, Victims
from bot.core.reading import read, rejected
from bot.core.sayings import written
from bot.core.trying import failures_of_events, failures_of_rules
from bot.rulebook import load, shipped_rules
from tests.core.reports import report

SENTENCES = (
    "Shelling killed two farmers in Binnish.",
    "Four civilians were wounded in Binnish.",
    "Rockets wounded three women in Sarmin.",
    "A civilian was killed in Homs.",
    "Ministers met in Moscow.",
    "On the anniversary people remembered the shelling of Binnish, which killed nine farmers.",
)
FARMERS = report("Shelling killed two farmers in Binnish on Monday.")


@pytest.fixture(scope="module")
def idlib(rulebook):
    """Three civilians killed in Idlib."""
    return Rule(
        "idlib",
        "Harm in Idlib",
        frozenset({"civilian-casualties"}),
        areas=(Area(rulebook.knowledge.gazetteer.find("Idlib")),),
        thresholds=(Threshold("killed", ">=", 3),),
    )


def missing(rule, text, rulebook):
    """What a rule lacks for a text, and the lines that would mend it."""
    (explained,) = explain(read(report(text), rulebook.knowledge), [rule])
    return {written(condition.asks): condition.edit for condition in explained.missing}


def test_a_rule_that_fires_lacks_nothing(idlib, rulebook):
    assert missing(idlib, "Shelling killed three farmers in Binnish.", rulebook) == {}


def test_each_condition_says_what_was_found_and_which_line_would_make_it_hold(idlib, rulebook):
    assert missing(idlib, "Shelling killed two farmers in Binnish.", rulebook) == {"killed >= 3": 'killed: ">= 2"'}
    assert missing(idlib, "Shelling killed three soldiers in Binnish.", rulebook) == {
        "event: civilian-casualties": "event: [civilian-casualties, combatant-casualties]"
    }
    (edit,) = missing(idlib, "Shelling killed three farmers in Homs.", rulebook).values()
    assert edit == "place: [gn:169387, gn:169575]  # Idlib, Homs"
    assert missing(idlib, "Olive growers expect a good harvest.", rulebook) == {"event: civilian-casualties": ""}


def test_background_words_and_drafts_are_said(idlib, rulebook):
    past = "On the anniversary people remembered the shelling of Binnish, which killed three farmers."
    assert list(missing(idlib, past, rulebook)) == ["news, not background"]
    draft = replace(idlib, live=False, words=("drone",), unless=Unless(words=("farmers",)))
    lacks = missing(draft, "Shelling killed three farmers in Binnish.", rulebook)
    assert list(lacks) == ["one of the words drone", "nothing of unless", "status: live"]


def test_the_nearest_rules_come_first(idlib, rulebook):
    far = replace(idlib, id="a-far-one", events=frozenset({"ceasefire"}))

    found = explain(read(FARMERS, rulebook.knowledge), [far, idlib])

    assert [(e.rule.id, len(e.missing)) for e in found] == [("idlib", 1), ("a-far-one", 2)]


@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4), st.sampled_from((0, 2, 4, 9)))
def test_a_rule_fires_where_it_is_explained_to_and_nowhere_else(idlib, rulebook, sentences, killed):
    rule = replace(idlib, thresholds=(Threshold("casualties", ">=", killed),))
    reading = read(report(" ".join(sentences)), rulebook.knowledge)

    (explained,) = explain(reading, [rule])

    assert explained.fires is any(match(reading, [rule]))


def test_the_names_that_are_no_places_are_told_with_the_reason(rulebook):
    spoken = report("Ahmed Saraqeb said that shelling killed two farmers in Binnish.")

    assert ("Saraqeb", "a person: the given name 'ahmed' stands before") in [
        (r.surface, r.why) for r in rejected(spoken, rulebook.knowledge)
    ]


def test_failed_tests_inside_rules_are_told_one_by_one(tmp_path):
    (tmp_path / "alerts").mkdir()
    (tmp_path / "alerts" / "a.yaml").write_text(
        """\
- id: binnish
  title: Harm in Binnish
  status: draft
  when: {event: civilian-casualties, place: Binnish, killed: ">= 2"}
  tests:
    - {text: Shelling killed two farmers in Binnish., alert: {killed: 2}}
    - {text: Shelling killed two farmers in Binnish., alert: {killed: 3, severity: critical, place: Homs}}
    - {text: Shelling killed a farmer in Binnish., alert: {killed: 1}}
    - {text: Shelling killed two farmers in Binnish., alert: none}
""",
        encoding="utf-8",
    )
    rulebook = load(tmp_path)

    found = [str(p).rpartition("a.yaml:")[2] for p in failures_of_rules(rulebook.rules, rulebook.knowledge)]

    assert found == [
        (
            "7:1: the test of 'binnish' expected the place Homs, got Binnish; expected 3 killed, got 2; "
            "expected severity critical, got normal"
        ),
        "8:1: the test of 'binnish' expected an alert, got none: killed >= 2: 1",
        "9:1: the test of 'binnish' expected no alert, got 2 killed, 0 injured in Binnish",
    ]


def test_examples_of_event_types_that_are_read_otherwise_are_told(rulebook):
    (shelling,) = (t for t in load(shipped_rules()).types if t.id == "shelling")
    wrong = replace(shelling, examples=tuple(replace(e, counts=not e.counts) for e in shelling.examples))

    assert list(failures_of_events([shelling], rulebook.knowledge)) == []
    assert len(list(failures_of_events([wrong], rulebook.knowledge))) == len(shelling.examples)


@pytest.mark.parametrize(
    ("more", "lacked", "edit"),
    [
        ({"victims": frozenset({Victims.COMBATANT})}, "victims: combatant", "victims: [civilian, combatant]"),
        ({"words": ("drone",)}, "one of the words drone", "# without words"),
        ({"words": ("medics",), "near": "clause"}, "one of the words medics in its clause", "near: report"),
        ({"words": ("phosphorus",), "near": "clause"}, "one of the words phosphorus in its clause", "# without words"),
        ({"all_words": ("drone", "killed")}, "all of the words drone, killed", "all_words: [killed]"),
        ({"patterns": ("dron.",)}, "regex: dron.", "# without regex"),
        ({"all_events": frozenset({"airstrike"})}, "all_events: airstrike", "# without all_events"),
        ({"languages": frozenset({"ar"})}, "languages: ar", "languages: [ar, en]"),
        ({"sources": ("Mill Radio",)}, "sources: Mill Radio", "sources: [Mill Radio, The Paper]"),
        ({"tags": frozenset({"local"})}, "tags: local", "tags: [far, local]"),
        ({"min_sources": 2}, "min_sources: 2", "min_sources: 1"),
        ({"frequency": Frequency(5, timedelta(hours=24))}, "for: 5 reports in 24 h", "# without for"),
        ({"unless": Unless(tags=frozenset({"far"}))}, "nothing of unless", "# unless: without the tag far"),
    ],
)
def test_every_condition_says_what_edit_would_make_it_hold(more, lacked, edit, idlib, rulebook):
    told = report("Shelling killed three farmers in Binnish, medics said.", source="The Paper", tags=("far",))
    (explained,) = explain(read(told, rulebook.knowledge), [replace(idlib, **more)])

    assert [(written(c.asks), c.edit) for c in explained.missing] == [(lacked, edit)]

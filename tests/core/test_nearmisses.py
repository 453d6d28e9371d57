"""What administrators hear of reports that nearly alerted, and of rules that say the same twice."""

from dataclasses import replace

import pytest

from bot.core.model import Area, Rule, Threshold, Unless
from bot.core.nearmisses import grouped, near_misses
from bot.core.reading import read
from bot.core.rules import shadows
from tests.core.reports import report

TWO = "Shelling killed two farmers in Binnish."
ONE = "Shelling killed a teacher in Sarmin."


@pytest.fixture(scope="module")
def idlib(rulebook):
    """Three civilians killed in Idlib."""
    areas = (Area(rulebook.knowledge.gazetteer.find("Idlib")),)
    events = frozenset({"civilian-casualties"})
    return Rule("idlib", "Harm in Idlib", events, areas, (Threshold("killed", ">=", 3),), where="a.yaml:1")


def missed(rulebook, rules, *texts: str):
    readings = (read(report(text), rulebook.knowledge) for text in texts)
    return [(m.rule_id, m.lacked, m.count) for m in grouped(n for r in readings for n in near_misses(r, rules))]


def test_reports_that_lack_the_same_are_told_together_the_most_frequent_first(idlib, rulebook):
    assert missed(rulebook, [idlib], TWO, ONE, f"{TWO} That was at dawn.") == [
        ("idlib", "killed >= 3: 2", 2),
        ("idlib", "killed >= 3: 1", 1),
    ]


def test_a_report_of_another_place_is_no_near_miss(idlib, rulebook):
    assert missed(rulebook, [idlib], "Shelling killed nine farmers in Homs.") == []


def test_a_report_that_alerts_or_lacks_two_things_or_tells_nothing_is_no_near_miss(idlib, rulebook):
    nine = "Shelling killed nine farmers in Binnish."

    assert missed(rulebook, [idlib], nine) == []
    assert missed(rulebook, [replace(idlib, words=("drone",))], TWO) == []
    assert missed(rulebook, [idlib], "Olive growers of Binnish expect a good harvest.") == []
    assert missed(rulebook, [replace(idlib, live=False)], nine) == []


def test_a_rule_that_waits_for_other_reports_is_not_missed_by_each_of_them(idlib, rulebook):
    nine = "Shelling killed nine farmers in Binnish."

    assert missed(rulebook, [replace(idlib, min_sources=2)], nine) == []
    assert missed(rulebook, [replace(idlib, min_sources=2)], TWO) == [("idlib", "killed >= 3: 2", 1)]


def test_what_kept_a_report_out_is_told_with_the_line_that_would_let_it_in(idlib, rulebook):
    rule = replace(idlib, unless=Unless(words=("market",)))

    (miss,) = near_misses(
        read(report("Shells killed nine farmers at a market in Binnish."), rulebook.knowledge), [rule]
    )

    assert miss.lacked == "nothing of unless: market"
    assert miss.edit == "# unless: without market"
    assert miss.quote == "Shells killed nine farmers at a market in Binnish"


def test_of_two_rules_that_ask_for_the_same_the_second_is_told(idlib):
    twin = replace(idlib, id="twin", title="The same", titles=(("fr", "Pareil"),), where="b.yaml:7")
    narrower = replace(idlib, id="narrower", thresholds=(Threshold("killed", ">=", 9),), where="b.yaml:20")
    draft = replace(idlib, id="draft", live=False, where="b.yaml:30")

    assert [str(problem) for problem in shadows([idlib, twin, narrower, draft])] == [
        "b.yaml:7:1: 'twin' asks for the same as 'idlib' (a.yaml:1): whoever hears both hears it once; leave one out"
    ]

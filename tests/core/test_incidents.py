"""One incident, however often it is told; another one when place, day or kind is another."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.incidents import refresh
from bot.core.ledger import figure, rises_aloud
from bot.core.model import Alert, Outcome, Policy, Reason, Recent, Report, Rule, exactly
from bot.core.pipeline import decide, examine
from tests.core.reports import NOON, report

IDLIB = Rule("idlib", "Idlib", frozenset({"civilian-casualties", "casualties"}))
SCHOOLS = Rule("schools", "Schools", frozenset({"attack-on-school"}))
MINES = Rule("mines", "Mines", frozenset({"landmine-explosion"}))
REPORTERS = Rule("reporters", "Reporters", frozenset({"attack-on-journalists"}))


def tell(rulebook, *reports: Report, rules: Sequence[Rule] = (IDLIB,)) -> list[Outcome]:
    """What follows from each report when those before it are known."""
    recent, outcomes = Recent(), []
    for told in reports:
        outcome = decide(examine(told, rulebook.knowledge, rules), recent)
        recent = refresh(recent, outcome.incidents)
        recent = replace(recent, told=(outcome.told, *recent.told))
        outcomes.append(outcome)
    return outcomes


def story(*texts: str, hours: float = 1) -> list[Report]:
    """Reports of different outlets, some hours apart."""
    return [
        report(text, id=f"r{n}", source=f"outlet {n}", published=NOON + timedelta(hours=hours * n))
        for n, text in enumerate(texts)
    ]


def killed_in(alert: Alert) -> int:
    return figure(alert.incident.killed)


def reasons(outcomes: list[Outcome]) -> list[str]:
    return [" ".join(f"{a.reason.value}{'!' if a.loud else ''}" for a in o.alerts) or o.reason.value for o in outcomes]


def test_a_second_outlet_with_the_same_toll_is_quiet(rulebook):
    told = tell(rulebook, *story(
        "Shelling killed 15 civilians in Binnish.", "In Binnish 15 civilians died under artillery fire at dawn.",
    ))  # fmt: skip

    assert reasons(told) == ["first-report!", "more-sources"]
    assert told[0].told.incidents == told[1].told.incidents


def test_a_toll_that_rises_a_little_is_quiet_and_one_that_rises_much_is_loud(rulebook):
    told = tell(rulebook, *story(
        "Shelling killed 15 civilians in Binnish.",
        "The shelling of Binnish killed 16 civilians, doctors said.",
        "Rescuers in Binnish now speak of 21 civilians killed by the shelling.",
    ))  # fmt: skip

    assert reasons(told) == ["first-report!", "toll-changed", "toll-changed!"]
    assert told[2].alerts[0].said_killed == 15


def test_the_first_death_after_injuries_is_loud(rulebook):
    told = tell(rulebook, *story(
        "Shelling wounded nine civilians in Binnish.", "One child was killed by the shelling of Binnish.",
    ))  # fmt: skip

    assert reasons(told) == ["first-report!", "toll-changed!"]


def test_unknown_victims_who_turn_out_to_be_civilians_are_confirmed_aloud(rulebook):
    told = tell(rulebook, *story(
        "An air strike killed six people in Sarmin.", "The raid on Sarmin killed six civilians, a doctor said.",
    ))  # fmt: skip

    assert reasons(told) == ["first-report!", "confirmed!"]


@pytest.mark.parametrize("order", [*permutations(range(3))], ids=str)
def test_what_rules_of_several_kinds_of_events_find_in_one_report_is_one_incident_that_all_of_them_tell(
    rulebook, order
):
    rules = [(IDLIB, SCHOOLS, replace(IDLIB, id="syria"))[number] for number in order]
    told = report("A rocket hit a school in Binnish; four pupils were killed and nine wounded.")

    outcome = decide(examine(told, rulebook.knowledge, rules), Recent())

    (incident,) = outcome.incidents
    assert incident.rules == {"idlib", "schools", "syria"}
    assert {alert.rule.id: alert.incident for alert in outcome.alerts} == dict.fromkeys(incident.rules, incident)
    assert incident.types == {"civilian-casualties", "attack-on-school"}
    assert (incident.killed, len(incident.sources)) == (exactly(4), 1)


@pytest.mark.parametrize("rules", [(IDLIB, SCHOOLS), (SCHOOLS, IDLIB)], ids=["place first", "school first"])
def test_a_school_known_to_be_hit_and_the_dead_told_of_later_are_one_incident(rulebook, rules):
    first, second = story(
        "A rocket destroyed a school in Binnish.", "A rocket hit a school in Binnish; four pupils were killed."
    )
    known = decide(examine(first, rulebook.knowledge, rules), Recent())

    outcome = decide(examine(second, rulebook.knowledge, rules), refresh(Recent(), known.incidents))

    assert [incident.id for incident in outcome.incidents] == [known.incidents[0].id]
    assert {(a.rule.id, a.reason.value, a.loud) for a in outcome.alerts} == {
        ("idlib", "first-report", True),
        ("schools", "toll-changed", True),
    }


def test_a_village_and_its_province_told_in_one_report_are_heard_once_by_a_rule(rulebook):
    text = "Shelling killed seven civilians in Idlib province. Seven civilians were killed by shelling in Binnish."

    outcome = decide(examine(report(text), rulebook.knowledge, [IDLIB]), Recent())

    assert [incident.place and incident.place.name for incident in outcome.incidents] == ["Binnish"]
    assert len(outcome.alerts) == 1


def test_a_landmine_and_the_shelling_of_one_village_are_two_incidents_however_many_rules_meet_them(rulebook):
    text = "A landmine killed two farmers in Binnish. In the evening shelling of Binnish killed three civilians."
    again = "Shelling killed three civilians in Binnish at dusk; a landmine had killed two farmers there."

    first, second = tell(rulebook, *story(text, again), rules=[IDLIB, MINES])

    tolls = {(killed_in(a), a.rule.id) for a in first.alerts}
    assert tolls == {(2, "idlib"), (3, "idlib"), (2, "mines")}
    assert len(first.incidents) == 2
    assert set(second.incident_ids) <= set(first.incident_ids)


def test_who_heard_of_the_school_hears_the_new_toll_also_when_nobody_speaks_of_the_school(rulebook):
    first, second, elsewhere = story(
        "A rocket hit a school in Binnish; four pupils were killed.",
        "The rocket on Binnish killed nine civilians, doctors said.",
        "Shelling killed nine civilians in Sarmin.",
    )

    told = tell(rulebook, first, second, elsewhere, rules=[SCHOOLS, IDLIB])

    assert reasons(told) == ["first-report! first-report!", "toll-changed! toll-changed!", "first-report!"]
    assert [alert.rule.id for alert in told[2].alerts] == ["idlib"]


def test_who_wants_one_outlet_alone_hears_no_new_toll_from_another(rulebook):
    texts = (
        "A rocket hit a school in Binnish; four pupils were killed.",
        "The rocket on Binnish killed nine civilians.",
    )

    told = tell(rulebook, *story(*texts), rules=[IDLIB, replace(SCHOOLS, sources=("outlet 0",))])

    assert [[alert.rule.id for alert in outcome.alerts] for outcome in told] == [["idlib", "schools"], ["idlib"]]


def test_two_things_that_one_report_tells_of_no_place_are_two_incidents(rulebook):
    text = "Gunmen killed a journalist on his way home. A bomb destroyed a school and wounded thirty pupils."

    outcome = decide(examine(report(text), rulebook.knowledge, [REPORTERS, SCHOOLS]), Recent())

    assert {frozenset(incident.rules) for incident in outcome.incidents} == {
        frozenset({"reporters"}),
        frozenset({"schools"}),
    }
    assert {alert.rule.id: alert.incident.rules for alert in outcome.alerts} == {
        "reporters": {"reporters"},
        "schools": {"schools"},
    }


def test_a_province_and_its_village_meet(rulebook):
    told = tell(rulebook, *story(
        "Shelling killed seven civilians in Idlib.", "Shelling killed seven civilians in Binnish, Idlib.",
    ))  # fmt: skip

    assert told[0].told.incidents == told[1].told.incidents
    assert [i.place and i.place.name for i in told[1].incidents] == ["Binnish"]


@pytest.mark.parametrize(
    ("one", "other", "hours"),
    [
        pytest.param(
            "Shelling killed 3 civilians in Binnish.", "Shelling killed 3 civilians in Sarmin.", 1, id="towns"
        ),
        pytest.param(
            "Shelling killed 3 civilians in Binnish.", "Mortars killed 3 civilians in Binnish.", 48, id="days"
        ),
    ],
)
def test_another_place_or_another_day_is_another_incident(rulebook, one, other, hours):
    told = tell(rulebook, *story(one, other, hours=hours))

    assert reasons(told) == ["first-report!", "first-report!"]
    assert told[0].told.incidents != told[1].told.incidents


def test_a_copy_of_a_text_is_no_news_under_another_title_or_cut_short(rulebook):
    text = (
        "Shelling killed 15 civilians in Binnish on Thursday. "
        + "The market had just opened and was full of people. " * 6
    )
    first = report(text, title="Market shelled", id="a")
    copy = report(text[:-60], title="Market shelled - The Paper", id="b")

    told = tell(rulebook, first, copy)

    assert reasons(told) == ["first-report!", "copy"]
    assert told[1].duplicate_of == "a"
    assert told[1].told.incidents == told[0].told.incidents


def test_what_a_text_told_nobody_where_it_stood_first_is_told_where_its_copy_is_wanted(rulebook):
    text = "A landmine killed two farmers in Binnish. In the evening shelling of Binnish killed three civilians. "
    text += "Shelling killed four civilians in Sarmin. " + "The market had just opened and was full of people. " * 6
    wire = [report(text, id=each, source=each) for each in ("wire", "paper", "radio")]
    mines, paper = MINES, replace(IDLIB, id="paper", sources=("paper",))

    first, copy, another = tell(rulebook, *wire, rules=[mines, paper])

    assert [(killed_in(a), a.rule.id) for a in first.alerts] == [(2, "mines")]
    assert sorted((killed_in(a), a.rule.id) for a in copy.alerts) == [(2, "paper"), (3, "paper"), (4, "paper")]
    assert (copy.reason, len(set(copy.incident_ids))) == (Reason.COPY, 3)
    assert (reasons([another]), len(set(another.incident_ids))) == (["copy"], 3)


def test_a_copy_is_told_to_who_wants_it_also_when_the_village_is_known_by_now(rulebook):
    text = "Shelling killed seven civilians in Idlib province. " + "The market was full of people. " * 12
    village = report("Shelling killed seven civilians in Binnish.", id="v", source="village")
    reports = [report(text, id="wire", source="wire"), village, report(text, id="paper", source="paper")]

    copy = tell(rulebook, *reports, rules=[IDLIB, replace(IDLIB, id="paper", sources=("paper",))])[-1]

    assert [(a.rule.id, a.incident.place and a.incident.place.name) for a in copy.alerts] == [("paper", "Binnish")]


def test_a_copy_of_last_week_is_news_to_nobody(rulebook):
    text = "Shelling killed four civilians in Sarmin. A rocket hit a school in Binnish. " + "The market was full. " * 12
    old = report(text, id="wire", source="wire")
    late = report(text, id="paper", source="paper", published=NOON + timedelta(days=7))

    copy = tell(rulebook, old, late, rules=[IDLIB, replace(SCHOOLS, sources=("paper",))])[-1]

    assert reasons([copy]) == ["copy"]


def test_the_same_formula_with_another_number_is_no_copy(rulebook):
    told = tell(
        rulebook, *story("Shelling killed 15 civilians in Binnish.", "Shelling killed 35 civilians in Binnish.")
    )

    assert reasons(told) == ["first-report!", "toll-changed!"]


def test_a_second_rule_hears_of_a_known_incident_for_the_first_time(rulebook):
    first, second = story("Shelling killed 4 civilians in Binnish.", "Shelling in Binnish left 5 civilians dead.")
    other = replace(IDLIB, id="other")
    known = decide(examine(first, rulebook.knowledge, [IDLIB]), Recent())

    outcome = decide(examine(second, rulebook.knowledge, [IDLIB, other]), refresh(Recent(), known.incidents))

    assert [(a.rule.id, a.reason.value) for a in outcome.alerts] == [
        ("idlib", "toll-changed"),
        ("other", "first-report"),
    ]


@given(st.permutations(range(4)))
@settings(max_examples=24)
def test_the_order_of_telling_does_not_change_the_incidents(rulebook, order):
    reports = story(
        "Shelling killed 15 civilians in Binnish.",
        "In Binnish 16 civilians died under artillery fire.",
        "Shelling killed 4 civilians in Sarmin.",
        "Four civilians lost their lives when Sarmin was shelled.",
    )

    told = tell(rulebook, *[reports[i] for i in order])

    assert len({o.told.incidents for o in told}) == 2


@pytest.mark.parametrize(
    ("said", "now", "loud"),
    [(0, 1, True), (0, 0, False), (15, 16, False), (15, 18, True), (3, 4, True), (15, 15, False)],
)
def test_a_rise_is_loud_by_three_or_by_a_third_and_always_for_the_first_death(said, now, loud):
    assert rises_aloud(said, now, Policy()) is loud

"""The conditions of a rule beside event, place and figures, as an author writes them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.matching import heard, match
from bot.core.model import Reading, Recent, Report, Rule
from bot.core.pipeline import decide, examine, remember
from bot.core.reading import read
from bot.core.rules import Names, parse_list, parse_rules
from tests.core.reports import NOON, report

TEXT = "Drones struck a market in Binnish, killing three civilians. Ministers met in Ankara over sarin."


@pytest.fixture(scope="module")
def names(rulebook):
    gazetteer = rulebook.knowledge.gazetteer
    lists = {
        "poisons": ("sarin", "chlorine"),
        "harm": ("civilian-casualties", "casualties"),
        "areas": ("Idlib", "Homs"),
    }
    return Names(rulebook.event_types, gazetteer.find, lists=lists, languages=rulebook.knowledge.languages.keys())


def rule_of(names: Names, when: str, unless: str = "", **keys: str) -> Rule:
    lines = {"id": "r", "title": "R", "when": f"{{{when}}}"} | ({"unless": f"{{{unless}}}"} if unless else {}) | keys
    read_file = parse_rules("- " + "\n  ".join(f"{key}: {value}" for key, value in lines.items()), "a.yaml", names)
    assert read_file.problems == ()
    return read_file.rules[0]


def fires(rule: Rule, reading: Reading) -> bool:
    return any(match(reading, [rule]))


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("event: civilian-casualties, words: [sarin]", True),
        ("event: civilian-casualties, words: [chlorine]", False),
        ("event: civilian-casualties, words: $poisons", True),
        ("event: $harm, place: $areas", True),
        ("event: civilian-casualties, words: [sarin], near: sentence", False),
        ("event: civilian-casualties, words: [market], near: sentence", True),
        ("event: civilian-casualties, words: [market], near: clause", False),
        ("event: civilian-casualties, words: [civilians], near: clause", True),
        ("event: civilian-casualties, words: [drone]", False),
        ("event: civilian-casualties, words: ['drone*']", True),
        ("event: civilian-casualties, all_words: [drones, sarin]", True),
        ("event: civilian-casualties, all_words: [drones, chlorine]", False),
        ("event: civilian-casualties, regex: 'kill(ed|ing) \\w+ civilians'", True),
        ("event: civilian-casualties, regex: 'KILLING'", True),
        ("event: civilian-casualties, regex: 'killed \\w+ civilians'", False),
        ("event: civilian-casualties, all_events: drone-strike", True),
        ("event: civilian-casualties, all_events: drone-strike, near: sentence", True),
        ("event: civilian-casualties, all_events: drone-strike, near: clause", False),
        ("event: civilian-casualties, all_events: [drone-strike, shelling]", False),
        ("event: drone-strike, victims: civilian", True),
        ("event: drone-strike, victims: [combatant, unknown]", False),
        ("event: civilian-casualties, languages: en", True),
        ("event: civilian-casualties, languages: [ar, fr]", False),
        ("event: civilian-casualties, sources: [the paper]", True),
        ("event: civilian-casualties, sources: [example.org]", True),
        ("event: civilian-casualties, sources: [ample.org, Another Paper]", False),
        ("event: civilian-casualties, tags: [syria]", True),
        ("event: civilian-casualties, tags: [sudan]", False),
    ],
)
def test_a_condition_holds_or_not(when, holds, names, rulebook):
    told = report(TEXT, source="The Paper", url="https://news.example.org/1", tags=("syria", "local"))

    assert fires(rule_of(names, when), read(told, rulebook.knowledge)) is holds


@pytest.mark.parametrize(
    ("unless", "silenced"),
    [
        ("words: [sarin]", True),
        ("words: [chlorine]", False),
        ("regex: 'met in \\w+'", True),
        ("event: drone-strike", True),
        ("event: shelling", False),
        ("place: Binnish", True),
        ("place: Sarmin", False),
        ("languages: en", True),
        ("sources: [The Paper]", True),
        ("tags: [local]", True),
        ("tags: [sudan]", False),
    ],
)
def test_any_one_thing_of_unless_silences_a_rule(unless, silenced, names, rulebook):
    told = report(TEXT, source="The Paper", tags=("local",))

    rule = rule_of(names, "event: civilian-casualties, place: Idlib", unless)

    assert fires(rule, read(told, rulebook.knowledge)) is not silenced


def test_a_place_of_unless_leaves_other_places_of_the_same_report(names, rulebook):
    told = report("Shelling killed three civilians in Binnish. An air strike killed two civilians in Sarmin.")
    rule = rule_of(names, "event: civilian-casualties, place: Idlib", "place: Binnish")

    found = list(match(read(told, rulebook.knowledge), [rule]))

    assert [m.event.place.name for m in found if m.event.place] == ["Sarmin"]


# ---------------------------------------------------------------- what waits for more
def reasons(rule: Rule, rulebook, *told: tuple[str, int, str]) -> list[str]:
    """What follows from texts told so many minutes after the first, by a source each."""
    recent, found = Recent(), []
    for number, (text, minutes, source) in enumerate(told):
        each = report(text, id=f"r{number}", source=source)
        moved = each.published + timedelta(minutes=minutes)
        examined = examine(report(text, id=f"r{number}", source=source, published=moved), rulebook.knowledge, [rule])
        outcome = decide(examined, recent)
        recent = remember(recent, outcome)
        found.append(" ".join([str(outcome.reason), *(f"{a.reports}" for a in outcome.alerts if a.reports)]))
    return found


BINNISH = "Shelling killed three civilians in Binnish on the road to the mill."


def test_an_alert_waits_for_a_second_source_and_a_copy_is_none(names, rulebook):
    rule = rule_of(names, "event: civilian-casualties, place: Idlib, min_sources: 2")

    assert reasons(
        rule,
        rulebook,
        (BINNISH, 0, "one"),
        (BINNISH, 5, "two"),
        ("Three civilians were killed by shells that fell on Binnish, medics said.", 9, "three"),
        ("The mayor of Binnish says that shelling killed three civilians there.", 20, "four"),
    ) == ["waiting", "copy", "first-report", "more-sources"]


def test_one_source_that_tells_twice_is_one(names, rulebook):
    rule = rule_of(names, "event: civilian-casualties, place: Idlib, min_sources: 2")

    again = "Three civilians were killed by shells that fell on Binnish, medics said."
    assert reasons(rule, rulebook, (BINNISH, 0, "one"), (again, 9, "one")) == ["waiting", "waiting"]


SHELLED = (
    "Shells fell on Binnish at dawn and hit a mill.",
    "Artillery shelled the fields of Sarmin this morning.",
    "The army shelled the market of Saraqib, residents say.",
    "Rockets and shells struck Kafr Nabl near the school.",
    "Shelling of Jisr al-Shughur went on into the night.",
)


def test_a_spike_is_one_alert_and_the_next_one_waits_until_its_time_is_over(names, rulebook):
    rule = rule_of(names, "event: shelling, place: Idlib, for: 3 reports in 2h")
    told = [(text, minutes, "one") for text, minutes in zip(SHELLED, (0, 30, 60, 90, 175), strict=True)]

    assert reasons(rule, rulebook, *told) == ["waiting", "waiting", "frequent 3", "waiting", "waiting"]


def test_reports_that_are_too_far_apart_are_no_spike(names, rulebook):
    rule = rule_of(names, "event: shelling, place: Idlib, for: 3 reports in 2h")

    assert (
        reasons(rule, rulebook, *[(text, at, "one") for text, at in zip(SHELLED, (0, 100, 200, 300, 400), strict=True)])
        == ["waiting"] * 5
    )


def told_by(rule: Rule, rulebook, *reports: Report) -> list[list[tuple[str, bool]]]:
    """What a rule tells of each report, and whether aloud."""
    recent, found = Recent(), []
    for each in reports:
        outcome = decide(examine(each, rulebook.knowledge, [rule]), recent)
        recent = remember(recent, outcome)
        found.append([(str(alert.reason), alert.loud) for alert in outcome.alerts])
    return found


def at(minutes: float, text: str, **more) -> Report:
    """A report so many minutes after noon, by a source of its own unless one is named."""
    more = {"id": f"r{minutes}", "source": f"source {minutes}"} | more
    return report(text, published=NOON + timedelta(minutes=minutes), **more)


FREQUENT, FIRST = ("frequent", True), ("first-report", True)


def test_a_second_spike_in_the_same_village_is_heard(names, rulebook):
    rule = rule_of(names, "event: shelling, place: Idlib, for: 2 reports in 2h")
    texts = (
        "Shells fell on Binnish.",
        "Artillery shelled Binnish.",
        "The army shelled Binnish.",
        "Binnish was shelled.",
    )
    reports = [at(minutes, text) for minutes, text in zip((0, 30, 1500, 1530), texts, strict=True)]

    assert told_by(rule, rulebook, *reports) == [[], [FREQUENT], [("more-sources", False)], [FREQUENT]]


def test_one_report_that_names_three_places_is_one_spike(names, rulebook):
    rule = rule_of(names, "event: shelling, place: Idlib, for: 2 reports in 2h")
    three = "Artillery shelled Binnish. Shells fell on Sarmin. Shelling hit Saraqib."

    assert told_by(rule, rulebook, at(0, "Shells fell on Kafr Nabl."), at(9, three)) == [[], [FREQUENT]]


def test_edits_and_denials_are_no_further_reports(names, rulebook):
    rule = rule_of(names, "event: shelling, place: Idlib, for: 2 reports in 2h")
    edited = [at(n, f"Shells fell on Binnish, update {n}.", keys=("link:live",)) for n in range(3)]
    denied = [at(n, "The army denied that it shelled Binnish.", source="Army") for n in (10, 20)]

    assert told_by(rule, rulebook, *edited) == [[], [], []]
    assert told_by(rule, rulebook, *denied) == [[], []]


def test_a_spike_is_one_also_when_its_reports_come_late_and_out_of_order(names, rulebook):
    rule = rule_of(names, "event: shelling, place: Idlib, for: 3 reports in 2h")
    texts = ("Shells fell on Binnish.", "Artillery shelled Sarmin.", "The army shelled Saraqib.")

    assert told_by(rule, rulebook, *[at(m, text) for m, text in zip((0, 90, 30), texts, strict=True)])[-1] == [FREQUENT]
    assert told_by(rule, rulebook, *[at(m, text) for m, text in zip((0, 2400, 30), texts, strict=True)])[-1] == []


def test_a_toll_is_measured_against_what_somebody_was_told(names, rulebook):
    rule = rule_of(names, "event: civilian-casualties, place: Idlib, min_sources: 2")
    reports = (
        at(0, "Shelling killed three civilians in Binnish."),
        at(10, "Medics say that ten civilians were killed by the shells on Binnish."),
        at(20, "The mayor of Binnish counts ten civilians killed by shelling."),
    )

    assert told_by(rule, rulebook, *reports) == [[], [FIRST], [("more-sources", False)]]


def test_who_denies_it_is_no_second_source(names, rulebook):
    rule = rule_of(names, "event: civilian-casualties, place: Idlib, min_sources: 2")
    reports = (
        at(0, "Shelling killed three civilians in Binnish.", source="Orchard Post"),
        at(10, "The army denied that shelling killed three civilians in Binnish.", source="Army"),
        at(20, "Medics say that three civilians were killed by the shells on Binnish.", source="Orchard Post"),
    )

    assert told_by(rule, rulebook, *reports)[-1] == []


# ---------------------------------------------------------------- copies, and what follows
def test_a_copy_from_the_source_that_is_asked_for_is_news(names, rulebook):
    rule = rule_of(names, "event: civilian-casualties, place: Idlib, tags: [local]")
    first, local = at(0, BINNISH), at(9, BINNISH, tags=("local",))

    assert told_by(rule, rulebook, first, local, at(20, BINNISH, tags=("local",))) == [[], [FIRST], []]


def test_a_copy_of_what_another_rule_told_is_news_to_the_rule_that_asks_for_its_source(names, rulebook):
    plain = rule_of(names, "event: civilian-casualties, place: Idlib")
    picky = replace(rule_of(names, "event: civilian-casualties, place: Idlib, sources: [Mill Radio]"), id="picky")
    recent, told = Recent(), []
    for each in (at(0, BINNISH), at(9, BINNISH, source="Mill Radio"), at(20, BINNISH, source="Mill Radio")):
        outcome = decide(examine(each, rulebook.knowledge, [plain, picky]), recent)
        recent = remember(recent, outcome)
        told.append([alert.rule.id for alert in outcome.alerts])

    assert told == [["r"], ["picky"], []]
    assert len(recent.incidents[0].sources) == 1


def test_who_was_told_hears_what_becomes_of_it_without_the_words_and_figures_of_the_rule(names, rulebook):
    rule = rule_of(names, "event: civilian-casualties, place: Idlib, words: [market], killed: 5")
    reports = (
        at(0, "Shelling killed six civilians at the market in Binnish."),
        at(30, "Correction: shelling killed four civilians in Binnish, not six."),
        at(60, "The army denied that shelling killed civilians in Binnish."),
    )

    assert told_by(rule, rulebook, *reports) == [[FIRST], [("corrected", True)], [("denied", True)]]
    assert told_by(rule, rulebook, reports[1]) == [[]]


# ---------------------------------------------------------------- silence
@pytest.mark.parametrize(
    ("when", "text", "ends"),
    [
        ("place: Idlib, silence: 12h", "Olive growers of Binnish expect a good harvest.", True),
        ("place: Homs, silence: 12h", "Olive growers of Binnish expect a good harvest.", False),
        ("tags: [local], silence: 12h", "Olive growers expect a good harvest.", True),
        ("tags: [foreign], silence: 12h", "Olive growers expect a good harvest.", False),
        ("event: shelling, place: Idlib, silence: 12h", "Olive growers of Binnish expect a good harvest.", False),
        ("event: shelling, place: Idlib, silence: 12h", "Shells fell on Binnish at dawn.", True),
        ("place: Idlib, words: [olive*], silence: 12h", "Olives of Binnish are good.", True),
        ("place: Idlib, words: [figs], silence: 12h", "Olives of Binnish are good.", False),
    ],
)
def test_a_report_ends_the_silence_of_a_rule_that_waits_for_it(when, text, ends, names, rulebook):
    rule = rule_of(names, when)
    reading = read(report(text, tags=("local",)), rulebook.knowledge)

    assert [r.id for r in heard(reading, [rule])] == (["r"] if ends else [])
    assert not fires(rule, reading)


# ---------------------------------------------------------------- lists
def test_a_list_is_a_file_of_texts():
    assert parse_list("# poisons\n- sarin\n- chlorine\n- sarin\n", "poisons.yaml").texts == ("sarin", "chlorine")


def test_what_is_wrong_in_a_list_is_told():
    found = parse_list("- 7\n- $other\n- fine\n", "poisons.yaml")

    assert [str(p) for p in found.problems] == [
        "poisons.yaml:1:3: expected a text, found the number 7: put it in quotes",
        "poisons.yaml:2:3: a list cannot name another list: write its texts out",
    ]
    assert found.texts == ("fine",)


def test_an_empty_list_is_a_problem_or_its_rules_would_ask_for_less():
    (problem,) = parse_list("[]\n", "poisons.yaml").problems

    assert problem.message.startswith("an empty list would leave its rules without the condition")

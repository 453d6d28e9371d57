"""Alert rule files: what they may say, and one bad file for each mistake (the file's name is the mistake).

A bad file begins with what must be said of it, one `#! line:column: message` each, and with the ids that are kept.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.model import (
    Area,
    Expected,
    Place,
    Problem,
    Rule,
    RuleTest,
    Severity,
    SeverityStep,
    Threshold,
    Unless,
)
from bot.core.rules import Names, RuleFile, check_together, parse_rules
from bot.core.wording import first_pattern
from bot.core.yamlfile import decode

BAD_RULES = sorted(Path(__file__).with_name("bad_rules").glob("*.yaml"))
EVENTS = ("civilian-casualties", "combatant-casualties", "casualties")
IDLIB = Place("gn:173579", "Idlib", "admin1", "SY", lat=35.9, lon=36.6)
HOMS = Place("gn:169575", "Homs", "admin1", "SY")
PLACES = {"Idlib": IDLIB, "إدلب": IDLIB, "Homs": HOMS}


def find_place(name: str) -> Place:
    if name not in PLACES:
        raise LookupError(f"unknown place {name!r}, did you mean 'Idlib'?")
    return PLACES[name]


def parse(text: str, file: str = "a.yaml") -> RuleFile:
    lists = {"armed-groups": ("first brigade", "second brigade")}
    return parse_rules(
        text,
        file,
        Names(EVENTS, find_place, lists=lists, languages=("ar", "en"), idle_words={"the", "of"}, tongues=("ar", "en")),
    )


def rule(**lines: str) -> Rule:
    """The one rule of a file with these keys beside the three that every rule has."""
    keys = {"id": "r", "title": "R", "when": "{event: casualties}"} | lines
    read = parse("- " + "\n  ".join(f"{key}: {value}" for key, value in keys.items()) + "\n")
    assert read.problems == ()
    return read.rules[0]


FULL = """\
# Harm to people in Idlib.
- id: idlib-civilian-casualties
  title: Civilian casualties in Idlib
  description: Written by the desk.
  status: draft
  when:
    event: [civilian-casualties, casualties]
    place: [Idlib, Homs, إدلب]
    killed: ">= 1"
    injured: 5
    casualties: "< 100"
    words: [airstrike, air strike]
  unless:
    words: anniversary
  severity: {normal: otherwise, critical: killed >= 10, high: "injured>20"}
  tests:
    - text: Shelling killed 11 villagers and wounded six in Binnish.
      alert: {place: Binnish, killed: 11, injured: 6, severity: critical}
    - text: Three people were wounded.
      alert: {}
    - text: |
        Two gunmen died
        in clashes.
      alert: none
- id: short
  title: Short
  when: {event: casualties}
"""


def test_a_rule_may_say_all_of_this():
    read = parse(FULL)
    assert read.problems == ()
    assert read.rules == (
        Rule(
            id="idlib-civilian-casualties",
            title="Civilian casualties in Idlib",
            events=frozenset({"civilian-casualties", "casualties"}),
            areas=(Area(IDLIB), Area(HOMS)),
            thresholds=(
                Threshold("killed", ">=", 1),
                Threshold("injured", ">=", 5),
                Threshold("casualties", "<", 100),
            ),
            words=("airstrike", "air strike"),
            unless=Unless(words=("anniversary",)),
            severity=(
                SeverityStep(Severity.CRITICAL, Threshold("killed", ">=", 10)),
                SeverityStep(Severity.HIGH, Threshold("injured", ">", 20)),
                SeverityStep(Severity.NORMAL, None),
            ),
            live=False,
            tests=(
                RuleTest(
                    ("Shelling killed 11 villagers and wounded six in Binnish.",),
                    Expected(place="Binnish", killed=11, injured=6, severity=Severity.CRITICAL),
                    "a.yaml:17",
                ),
                RuleTest(("Three people were wounded.",), Expected(), "a.yaml:19"),
                RuleTest(("Two gunmen died\nin clashes.",), None, "a.yaml:21"),
            ),
            where="a.yaml:2",
        ),
        Rule(id="short", title="Short", events=frozenset({"casualties"}), where="a.yaml:25"),
    )
    assert [scalar.text for scalar in read.ids] == ["idlib-civilian-casualties", "short"]


@pytest.mark.parametrize(
    ("written", "threshold"),
    [
        ("3", Threshold("killed", ">=", 3)),
        ("0", Threshold("killed", ">=", 0)),
        ('">= 3"', Threshold("killed", ">=", 3)),
        ('">3"', Threshold("killed", ">", 3)),
        ("== 3", Threshold("killed", "==", 3)),
        ("< 3", Threshold("killed", "<", 3)),
        ("<=  3", Threshold("killed", "<=", 3)),
    ],
)
def test_a_number_alone_means_at_least(written, threshold):
    assert rule(when=f"{{event: casualties, killed: {written}}}").thresholds == (threshold,)


@pytest.mark.parametrize(
    ("written", "steps"),
    [
        ("high", [SeverityStep(Severity.HIGH, None)]),
        ("{}", [SeverityStep(Severity.NORMAL, None)]),
        ("{critical: otherwise}", [SeverityStep(Severity.CRITICAL, None)]),
        (
            "{high: killed >= 3}",
            [SeverityStep(Severity.HIGH, Threshold("killed", ">=", 3)), SeverityStep(Severity.NORMAL, None)],
        ),
    ],
)
def test_the_last_step_of_a_severity_always_holds(written, steps):
    assert list(rule(severity=written).severity) == steps


def test_a_list_that_is_empty_on_purpose_holds_no_rules():
    assert parse("[]") == RuleFile("a.yaml", (), ())


# ---------------------------------------------------------------- mistakes
UNMARKED = {
    "emptied": "1:1: the file holds nothing; if that is meant, delete it",
    "not-utf-8": "2:15: not UTF-8 (byte 0xe9); save the file as UTF-8",
}
MARKED = [path for path in BAD_RULES if path.stem not in UNMARKED]


@pytest.mark.parametrize("path", MARKED, ids=lambda path: path.stem)
def test_a_bad_file_says_all_that_is_wrong_and_keeps_the_rules_beside_it(path):
    text = path.read_text(encoding="utf-8")
    marks = [line.removeprefix("#! ") for line in text.splitlines() if line.startswith("#! ")]
    read = parse(text)
    said = [f"{p.line}:{p.column}: {p.message}" for p in read.problems]
    kept = ", ".join(rule.id for rule in read.rules) or "nothing"
    assert [*said, f"kept: {kept}"] == marks
    assert len(said) > 0


@pytest.mark.parametrize("name", UNMARKED)
def test_a_file_without_a_readable_text_is_one_problem(name):
    (path,) = (path for path in BAD_RULES if path.stem == name)
    text = decode(path.read_bytes(), "a.yaml")
    (only,) = [text] if isinstance(text, Problem) else parse(text).problems
    assert str(only) == f"a.yaml:{UNMARKED[name]}"


def test_a_place_that_is_looked_up_in_a_dictionary_is_explained_without_quotes_round_the_message():
    def no_such_place(name: str) -> Place:
        raise KeyError("two places are called so: say which")

    text = "- {id: a, title: A, when: {event: casualties, place: Tripoli}}"
    (only,) = parse_rules(text, "a.yaml", Names(EVENTS, no_such_place)).problems
    assert str(only) == "a.yaml:1:54: two places are called so: say which"


def test_rules_on_one_line_do_not_answer_for_each_others_aliases():
    first, *others = (f"{{id: r{i}, title: *t, when: {{event: casualties}}}}" for i in range(3))
    read = parse(f"[{first}, {{id: good, title: T, when: {{event: casualties}}}}, {', '.join(others)}]")
    assert [rule.id for rule in read.rules] == ["good"]
    assert len(read.problems) == 3


def test_every_id_is_known_even_that_of_a_rule_with_problems():
    read = parse("- {id: a}\n- {id: 5}\n- {id: ''}\n- {id: b, title: B, when: {event: casualties}}\n- b\n")
    assert [(scalar.text, scalar.line) for scalar in read.ids if scalar.text] == [("a", 1), ("b", 4)]


def test_two_files_may_not_share_an_id():
    short = "- {id: %s, title: T, when: {event: casualties}}\n"
    files = [parse(short % "a", "1.yaml"), parse(short % "b" + short % "a", "2.yaml"), parse(short % "a", "3.yaml")]
    assert [str(p) for p in check_together(files)] == [
        "2.yaml:2:8: the id 'a' is also that of 1.yaml:1: each rule needs its own",
        "3.yaml:1:8: the id 'a' is also that of 1.yaml:1: each rule needs its own",
    ]


def test_an_id_that_stands_twice_in_one_file_is_said_by_that_file_alone():
    twice = parse("- {id: a, title: T, when: {event: casualties}}\n" * 2)
    assert len(twice.problems) == 1
    assert len(twice.rules) == 1
    assert check_together([twice]) == ()


# ---------------------------------------------------------------- whatever comes
SCALARS = ["casualties", "Idlib", "live", "none", "high", '">= 3"', "otherwise", "3", "-1", "true", "~", "*a"]
VALUES = st.recursive(
    st.sampled_from(SCALARS),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(
            st.sampled_from(["event", "place", "killed", "words", "critical", "normal", "text", "alert", "x"]), inner
        ).map(lambda entries: "{" + ", ".join(f"{key}: {value}" for key, value in entries.items()) + "}")
    ),
    max_leaves=6,
)
KEYS = ("id", "title", "description", "status", "when", "unless", "severity", "tests", "titel")


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.dictionaries(st.sampled_from(KEYS), VALUES, min_size=1), min_size=1, max_size=4))
def test_whatever_stands_in_a_file_the_good_rule_beside_it_lives(rules):
    text = "".join(f"- {{{', '.join(f'{key}: {value}' for key, value in keys.items())}}}\n" for keys in rules)
    read = parse(text + "- {id: good, title: Good, when: {event: casualties}}\n")
    assert "good" in {rule.id for rule in read.rules}
    assert len(read.rules) == len(rules) + 1 or read.problems


@settings(deadline=None)  # the machine may be busy
@given(st.text())
def test_any_text_whatever_gives_rules_or_problems(text):
    read = parse(text)
    assert list(read.problems) == sorted(read.problems)


@pytest.mark.parametrize(
    ("when", "severity", "said"),
    [
        ("killed: 1", "{critical: killed >= 10, high: killed >= 1, normal: otherwise}", ""),
        (
            "injured: 1",
            "{high: killed >= 10, critical: killed >= 5}",
            "never reached: wherever it holds, 'critical: killed >= 5' holds too, and is more severe",
        ),
        ('killed: "< 5"', "{critical: killed >= 5}", "never reached: the rule itself asks for killed < 5"),
        (
            "killed: 9",
            "{critical: killed >= 5, high: injured >= 2}",
            "never reached: wherever it holds, 'critical: killed >= 5' holds too, and is more severe",
        ),
    ],
)
def test_a_step_of_severity_that_never_comes_is_a_warning_and_spoils_no_rule(when, severity, said):
    read = parse(f"- id: r\n  title: R\n  when: {{event: casualties, {when}}}\n  severity: {severity}\n")

    assert read.problems == ()
    assert len(read.rules) == 1
    assert [warning.message for warning in read.warnings] == ([said] if said else [])


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("when: {event: casualties, place: [Idlib, Idlib], near: clause}", "'near' says nothing without words"),
        ('when: {event: casualties, killed: ">= 0"}', "always holds: leave it out"),
        ("when: {event: casualties}, tests: [{text: T, alert: {place: Paris}}]", "unknown place 'Paris'"),
        ("when: {event: casualties, place: Idlib}, tests: [{text: T, alert: {place: Homs}}]", "can never come: 'Homs'"),
        (
            "when: {event: casualties, killed: 3}, tests: [{text: T, alert: {killed: 2}}]",
            "can never come: the rule asks",
        ),
        (
            "when: {event: casualties}, tests: [{text: T, alert: {severity: high}}]",
            "can never come: the rule has no step",
        ),
        (
            "when: {event: casualties, min_sources: 2}, tests: [{text: T, alert: {}}]",
            "can never come: the rule needs 2",
        ),
    ],
)
def test_what_says_nothing_and_tests_that_can_never_hold_are_warned_of(rule, said):
    read = parse(f"- {{id: r, title: R, {rule}}}\n")

    assert read.problems == ()
    assert [rule.id for rule in read.rules] == ["r"]
    (warning,) = read.warnings
    assert warning.message.startswith(said)


def test_a_pattern_that_would_take_for_ever_elsewhere_is_done_at_once():
    nasty = rule(when="{event: casualties, regex: '(a+)+b'}").patterns

    assert first_pattern(nasty, "a" * 100_000) == ""


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("regex: '\\bقصف\\b'", "\\b, \\w and the like know Latin letters alone: write \\pL for a letter of any script"),
        ("words: ['drone* strike']", "in 'drone* strike' the * stands for nothing: it counts at the end alone"),
    ],
)
def test_words_and_patterns_that_would_never_be_found_are_told(when, said):
    (problem,) = parse(f"- id: r\n  title: R\n  when: {{event: casualties, {when}}}\n").problems

    assert problem.message == said

"""Typed values out of YAML: what is wrong is noted where it stands, and nothing is guessed."""

from __future__ import annotations

import json
from datetime import timedelta
from enum import StrEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.model import Problem
from bot.core.yamlfile import Mapping, Node, Reader, Refused, parse

FILE = "rules.yaml"


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


def value_of(text: str) -> Node:
    root = parse(f"v: {text}\n", FILE).root
    assert isinstance(root, Mapping)
    return root.entries[0][1]


def noted(reader: Reader) -> list[str]:
    return [p.message for p in reader.problems]


def test_a_key_that_is_absent_gives_the_default_and_no_problem():
    reader = Reader(FILE)
    assert reader.string(None, "x") == "x"
    assert reader.integer(None, 3) == 3
    assert reader.number(None, 0.5) == 0.5
    assert reader.duration(None, timedelta(hours=1)) == timedelta(hours=1)
    assert reader.choice(None, "colour", tuple(Colour), Colour.GREEN) is Colour.GREEN
    assert reader.strings(None) == ()
    assert reader.each(None) == reader.items(None) == ()
    assert reader.entries(None) == ()
    assert reader.fields(None, required=("a",)) == {}
    assert reader.problems == ()


def test_the_problems_of_a_reader_are_sorted_by_position():
    reader = Reader(FILE)
    for node in reversed(reader.items(parse("[1, 2, 3]", FILE).root)):
        reader.string(node)
    assert [p.column for p in reader.problems] == [2, 5, 8]


def test_an_alias_is_a_problem_for_whoever_reads_it():
    reader = Reader(FILE)
    assert reader.string(Refused(3, 5)) == ""
    assert [str(p) for p in reader.problems] == [
        "rules.yaml:3:5: anchors (&) and aliases (*) are not allowed: write the value out"
    ]


def test_fields_name_unknown_and_missing_keys():
    reader = Reader(FILE)
    fields = reader.fields(value_of("{titel: a, colour: b}"), required=("title",), optional=("id",))
    assert fields == {}
    assert noted(reader) == [
        "the key 'title' is missing",
        "unknown key 'titel', did you mean 'title'?",
        "unknown key 'colour'; known: id, title",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("7", "expected a text, found the number 7: put it in quotes"),
        ("1.10", "expected a text, found the number 1.10: put it in quotes"),
        ("true", "expected a text, found true: put it in quotes"),
        ("", "expected a text, found nothing"),
        ("'  '", "expected a text, found an empty text"),
        ("[a]", "expected a text, found a list"),
        ("[]", "expected a text, found an empty list"),
        ("{a: b}", "expected a text, found keys and values"),
    ],
)
def test_what_is_no_text_is_not_made_one(text, said):
    reader = Reader(FILE)
    assert reader.string(value_of(text)) == ""
    assert noted(reader) == [said]


def test_a_text_loses_the_blanks_around_it():
    assert Reader(FILE).string(value_of("' Idlib '")) == "Idlib"


def test_texts_may_be_one_or_a_list_but_not_an_empty_list():
    reader = Reader(FILE)
    assert reader.strings(value_of("a")) == ("a",)
    assert reader.strings(value_of("[a, b]")) == ("a", "b")
    assert reader.strings(value_of("[]")) == ()
    assert noted(reader) == ["expected at least one item, found an empty list"]


@pytest.mark.parametrize("text", ["true", "1.0", "-1", "10", "'5'", ".nan"])
def test_a_whole_number_is_whole_and_within_its_limits(text):
    reader = Reader(FILE)
    assert reader.integer(value_of(text), 4, low=0, high=9) == 4
    assert noted(reader)[0].startswith("expected a whole number from 0 to 9, found ")


def test_a_number_may_be_whole_and_is_never_nan():
    reader = Reader(FILE)
    assert reader.number(value_of("35")) == 35.0
    assert reader.number(value_of("-36.5"), low=-90, high=90) == -36.5
    assert reader.number(value_of(".nan")) == 0.0
    assert noted(reader) == ["expected a number, found the number .nan"]


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("30s", timedelta(seconds=30)),
        ("5m", timedelta(minutes=5)),
        ("24 h", timedelta(hours=24)),
        ("7d", timedelta(days=7)),
    ],
)
def test_durations_have_a_unit(text, duration):
    assert Reader(FILE).duration(value_of(text)) == duration


@pytest.mark.parametrize("text", ["5", "5 minutes", "1h30m", "-5m", "1.5h", "9999999d", "٥m", "[5m]", "''"])
def test_what_is_no_duration_is_answered_with_examples(text):
    reader = Reader(FILE)
    assert reader.duration(value_of(text), timedelta(hours=1)) == timedelta(hours=1)
    assert noted(reader)[0].startswith("expected a duration such as 30s, 5m, 24h or 7d, found ")


def test_a_duration_may_have_a_least():
    reader = Reader(FILE)
    reader.duration(value_of("10s"), low=timedelta(minutes=1))
    assert noted(reader) == ["expected at least 60s"]


def test_a_choice_is_one_of_its_options_with_a_hint_for_the_others():
    reader = Reader(FILE)
    assert reader.choice(value_of("green"), "colour", tuple(Colour), Colour.RED) is Colour.GREEN
    assert reader.choice(value_of("gren"), "colour", tuple(Colour), Colour.RED) is Colour.RED
    assert reader.choice(value_of("7"), "colour", tuple(Colour), Colour.RED) is Colour.RED
    assert noted(reader) == [
        "expected a colour (red, green), found the number 7",
        "unknown colour 'gren', did you mean 'green'?",
    ]


@pytest.mark.parametrize("text", ["Idlib", "a b", "-a", "a_b", "إدلب", "a" * 49])
def test_ids_are_plain_and_short_enough_for_a_button(text):
    reader = Reader(FILE)
    reader.identifier(value_of(text))
    assert len(reader.problems) == 1


def test_a_message_is_one_line_with_nothing_invisible_in_it():
    reader = Reader(FILE)
    reader.fields(value_of('{"a\\nb\\u202e' + "c" * 100 + '": 1}'), optional=("title",))
    assert noted(reader) == [f"unknown key 'a\\nb\\u202e{'c' * 35}…'; known: title"]


# ---------------------------------------------------------------- whatever comes
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner),
    max_leaves=6,
)
READERS = {
    "fields": lambda reader, node: reader.fields(node, required=("a",), optional=("b",)),
    "entries": Reader.entries,
    "items": Reader.items,
    "each": Reader.each,
    "string": Reader.string,
    "strings": Reader.strings,
    "identifier": Reader.identifier,
    "integer": lambda reader, node: reader.integer(node, low=0, high=9),
    "number": lambda reader, node: reader.number(node, low=-90, high=90),
    "choice": lambda reader, node: reader.choice(node, "colour", tuple(Colour), Colour.RED),
    "duration": Reader.duration,
}


@pytest.mark.parametrize("name", READERS)
@settings(deadline=None)  # the machine may be busy
@given(ANYTHING.map(json.dumps))
def test_no_reader_raises_whatever_it_reads(name, text):
    reader = Reader(FILE)
    READERS[name](reader, parse(text, FILE).root)
    assert all(isinstance(problem, Problem) for problem in reader.problems)

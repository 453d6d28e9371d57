"""The strict YAML reader: what it means, what it refuses, where it points, and that nothing makes it raise."""

from __future__ import annotations

import doctest
import json
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core import yamlfile
from bot.core.model import Problem
from bot.core.yamlfile import LARGEST, Document, Listing, Mapping, Node, Refused, Scalar, decode, parse

FILE = "rules.yaml"
HOSTILE_SECONDS = 5.0  # measured 0.01-1.5 s on a quiet core; naive loaders take minutes or all memory


def plain(node: Node) -> object:
    """The tree without positions, as json.loads would give it."""
    match node:
        case Scalar(value=value):
            return value
        case Listing(items=items):
            return [plain(item) for item in items]
        case Mapping(entries=entries):
            return {key.text: plain(value) for key, value in entries}
        case Refused():
            return "refused"


def read(text: str) -> object:
    document = parse(text, FILE)
    assert document.problems == ()
    assert document.root is not None
    return plain(document.root)


def problems(text: str) -> list[str]:
    return [f"{p.line}:{p.column}: {p.message}" for p in parse(text, FILE).problems]


def test_the_example_in_the_docstring_is_true():
    assert doctest.testmod(yamlfile).failed == 0


# ---------------------------------------------------------------- meaning
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("on", "on"),
        ("yes", "yes"),
        ("true", True),
        ("False", False),
        ("tRue", "tRue"),
        ("~", None),
        ("null", None),
        ("12:30:45", "12:30:45"),
        ("2020-03-05", "2020-03-05"),
        ("010", 10),
        ("0o10", 8),
        ("0x10", 16),
        ("1_000", "1_000"),
        ("-3", -3),
        ("1.10", 1.1),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-.inf", float("-inf")),
        (".", "."),
        ("=", "="),
        ("'5'", "5"),
        ('"true"', "true"),
        ("٣", "٣"),
        ("9" * 5000, float("inf")),
    ],
)
def test_unquoted_texts_mean_what_yaml_1_2_says(text, value):
    assert read(f"- {text}\n") == [value]


def test_not_a_number_is_a_number():
    assert str(read("- .NaN")) == "[nan]"


def test_keys_are_texts_even_where_they_look_like_something_else():
    assert read("{no: a, on: b, 010: c, 1.10: d, null: e, true: f}") == dict(
        zip(["no", "on", "010", "1.10", "null", "true"], "abcdef", strict=True)
    )


JSON_TEXT = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=20)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | JSON_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(JSON_TEXT.filter(lambda key: key != "<<"), inner),
    max_leaves=12,
)


@settings(deadline=None)  # the machine may be busy
@given(JSON.filter(lambda value: value is not None))
def test_json_is_read_as_json(value):
    assert read(json.dumps(value, ensure_ascii=False)) == value


# ---------------------------------------------------------------- positions
def scalars(node: Node) -> list[Scalar]:
    match node:
        case Scalar():
            return [node]
        case Listing(items=items):
            return [scalar for item in items for scalar in scalars(item)]
        case Mapping(entries=entries):
            return [scalar for key, value in entries for scalar in (key, *scalars(value))]
        case Refused():
            return []


@settings(deadline=None)  # the machine may be busy
@given(JSON.filter(lambda value: value is not None))
def test_every_value_is_where_its_position_points(value):
    text = json.dumps(value, ensure_ascii=False, indent=1)
    root = parse(text, FILE).root
    assert root is not None
    for scalar in scalars(root):
        written = json.dumps(scalar.text if isinstance(scalar.value, str) else scalar.value, ensure_ascii=False)
        line = text.split("\n")[scalar.line - 1]
        assert line[scalar.column - 1 :].startswith((written, json.dumps(scalar.text, ensure_ascii=False)))


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_columns_count_letters_in_every_script_and_lines_end_as_editors_end_them(line_end, start):
    root = parse(start + line_end.join(["إدلب: x", "😀: Київ", "c: [حلب, y]"]), FILE).root
    assert root is not None
    assert [(s.text, s.line, s.column) for s in scalars(root)] == [
        ("إدلب", 1, 1),
        ("x", 1, 7),
        ("😀", 2, 1),
        ("Київ", 2, 4),
        ("c", 3, 1),
        ("حلب", 3, 5),
        ("y", 3, 10),
    ]


def test_lists_and_mappings_begin_at_their_first_sign():
    root = parse("a:\n  - b: 1\n  - [c]\n", FILE).root
    assert isinstance(root, Mapping)
    listing = root.entries[0][1]
    assert isinstance(listing, Listing)
    assert [(node.line, node.column) for node in (root, listing, *listing.items)] == [(1, 1), (2, 3), (2, 5), (3, 5)]


# ---------------------------------------------------------------- refusals
def test_all_that_is_refused_is_said_at_once_and_in_order():
    text = "a: &x 1\nb: *x\na: 2\n<<: {c: 3}\nd: !!str 4\n[e]: 5\n"
    assert problems(text) == [
        "1:4: anchors (&) and aliases (*) are not allowed: write the value out",
        "2:4: anchors (&) and aliases (*) are not allowed: write the value out",
        "3:1: the key 'a' stands already at line 1",
        "4:1: merges (<<) are not allowed: write the keys out",
        "5:4: tags ('tag:yaml.org,2002:str') are not allowed: to make a text of it, put it in quotes",
        "6:1: a key must be a text, found a list",
    ]


def test_what_is_not_refused_in_a_file_can_still_be_read():
    root = parse("a: 1\na: 2\nb: [*x, 3]\n", FILE).root
    assert root is not None
    assert plain(root) == {"a": 1, "b": ["refused", 3]}


def test_the_first_of_equal_keys_is_kept_and_quotes_do_not_make_another_key():
    document = parse("a: 1\n'a': 2\n", FILE)
    assert [p.line for p in document.problems] == [2]
    assert document.root is not None
    assert plain(document.root) == {"a": 1}


def test_aliases_in_a_row_are_one_problem():
    assert len(problems("- [*a, *a, *a]\n- [*b, *c]\n")) == 2


def test_an_alias_that_is_a_key_takes_its_value_with_it():
    document = parse("a: 1\n*b : 2\n", FILE)
    assert [p.line for p in document.problems] == [2]
    assert document.root is not None
    assert plain(document.root) == {"a": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1: the file holds nothing"),
        ("# nothing\n", "1:1: the file holds nothing"),
        ("---\n", "1:1: the file holds nothing"),
        ("a:\n\tb: 1\n", "2:1: a tab in the indentation: use spaces"),
        ("a:\n  \t- b\n", "2:3: a tab in the indentation: use spaces"),
        ("\t\t", "1:1: a tab in the indentation: use spaces"),
        ("a: 1\n---\nb: 2\n", "2:1: a second document begins"),
        ("%YAML 1.1\n---\na: no\n", "1:1: a line beginning with % is a directive"),
        ("a: 1\x00", "1:5: the invisible character U+0000: delete it"),
        ("a: b\nc: d\u2028e", "2:5: the invisible character U+2028"),
        ("a: \udc80", "1:4: the invisible character U+DC80"),
        ("a: Idlib: c\n", "1:9: a colon where none can stand: put a text that holds ': ' in quotes"),
        ("a: >= 1\n", "1:5: an unquoted > or | begins a block of text"),
        ('a: "The" bell\n', "1:10: this fits nowhere"),
        ("a:\n  - b\n c: 1\n", "3:2: "),
        ("- a\nb: 1\n", "2:1: not part of the list above: check the indentation, or begin with '- ' (what it belongs"),
        ("a: [b\n", "2:1: expected a comma or the closing ] (what it belongs to begins at line 1)"),
        ("a: {b: 1\n", "2:1: expected a comma or the closing }"),
        ("a: 1\n\nb: 'c\nd\n", "3:4: a quotation mark that is never closed"),
        ("a: @b\n", "1:4: an unquoted text cannot begin with this character: use quotes"),
        ('a: "\\q"\n', "1:5: unknown escape: in single quotes a backslash is just a backslash"),
        ("a: - b\n", "1:4: a list begins on a line of its own"),
        ("a: !x!y 1\n", "1:4: tags (!) are not allowed"),
        ("a: 1\n...\nb", "3:1: the file goes on after its end"),
        ("a: b\nccc\nd: e\n", "3:1: expected a colon and a value after this key"),
    ],
)
def test_a_mistake_is_said_in_plain_words_at_its_place(text, said):
    (only,) = problems(text)
    assert only.startswith(said)


def test_fifty_levels_are_read_and_fifty_one_are_not():
    assert parse("[" * 50 + "]" * 50, FILE).problems == ()
    assert problems("[" * 51 + "]" * 51) == ["1:51: nested more than 50 levels deep"]


def test_a_file_with_more_than_a_hundred_problems_is_not_read_to_its_end():
    text = "".join(f"- !tag{i} x\n" for i in range(150))
    document = parse(text, FILE)
    assert document.root is None
    assert len(document.problems) == 101
    assert "more than 100 problems: the rest of the file was not read" in {p.message for p in document.problems}


def test_a_text_over_a_megabyte_is_not_even_looked_at():
    assert problems("[" * (LARGEST + 1)) == ["1:1: larger than 1 MB; split the file"]


HOSTILE = {
    "twenty thousand brackets": "[" * 20_000,
    "a megabyte of dashes": "- " * (LARGEST // 2),
    "a megabyte of question marks": "? " * (LARGEST // 2),
    "half a megabyte of braces": "{a: " * 125_000,
    "directives": "".join(f"%TAG !a{i}! x\n" for i in range(40_000)),
    "anchors": "- &a 1\n" * 100_000,
    "equal keys": "a: 1\n" * 40_000,
    "a merge bomb": "a0: &a0 {k: v}\n"
    + "".join(f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 9)}]}}\n" for i in range(1, 8)),
    "alias laughs": "- &a0 [lol]\n" + "".join(f"- &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_costs_little_and_is_a_problem(text):
    began = time.process_time()
    document = parse(text, FILE)
    assert time.process_time() - began < HOSTILE_SECONDS
    assert document.problems


# ---------------------------------------------------------------- whatever comes
SIGNS = st.lists(
    st.sampled_from([*"[]{}:,-&*!|>'\"%@`#?\t\n\r ~<=.", "\n  ", "\n- ", ": ", "a", "é", "<<", "true", "010", "---\n"]),
    max_size=30,
).map("".join)


def assert_sound(text: str, document: Document) -> None:
    lines = re.split(r"\r\n|\r|\n", text)
    assert document.root is not None or document.problems
    assert [(p.line, p.column) for p in document.problems] == sorted((p.line, p.column) for p in document.problems)
    for p in document.problems:
        assert 1 <= p.line <= len(lines)
        assert 1 <= p.column <= len(lines[p.line - 1]) + 1


@settings(deadline=None)  # the machine may be busy
@given(st.text() | SIGNS)
def test_any_text_gives_a_tree_or_problems_that_lie_in_it(text):
    assert_sound(text.removeprefix("\ufeff"), parse(text, FILE))


@settings(deadline=None)  # the machine may be busy
@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_give_a_text_or_one_problem(raw):
    decoded = decode(raw, FILE)
    assert isinstance(decoded, Problem) or decoded == raw.decode("utf-8-sig")


# ---------------------------------------------------------------- bytes
def test_bytes_that_are_not_utf_8_are_a_problem_at_their_place():
    assert str(decode("a: é\nب: ".encode() + b"\xe9t\xe9", FILE)) == (
        "rules.yaml:2:4: not UTF-8 (byte 0xe9); save the file as UTF-8"
    )


def test_a_byte_order_mark_is_no_part_of_the_text():
    assert decode(b"\xef\xbb\xbfa: 1", FILE) == "a: 1"
    assert str(decode(b"\xef\xbb\xbf\xff", FILE)).startswith("rules.yaml:1:1: not UTF-8")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_utf_16_is_named(encoding):
    assert "save it as UTF-8" in str(decode("\ufeffa: 1".encode(encoding), FILE))


def test_fifty_megabytes_are_refused():
    assert str(decode(b"a" * 50_000_000, FILE)) == "rules.yaml:1:1: larger than 1 MB; split the file"

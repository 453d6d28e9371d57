"""Bytes to text, and text to the tree; all that YAML allows and we do not is refused here.

A newcomer would call `yaml.compose`: that recurses into nesting, resolves aliases and keeps the last of equal keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

import yaml

from bot.core.model import Problem
from bot.core.yamlfile.nodes import REFUSAL, Document, Listing, Mapping, Node, Refused, Scalar, Value, found, shown

LARGEST = 1_000_000  # bytes or characters of one file; ours have a few thousand
MOST_LEVELS = 50  # of nesting; deeper only to hurt: libyaml is quadratic in open brackets
MOST_PROBLEMS = 100  # of the text; whoever has more has pasted the wrong file


def decode(raw: bytes, file: str) -> str | Problem:
    """The text of a file, which must be UTF-8 and at most LARGEST bytes (hand over LARGEST + 1 bytes to be told so)."""
    if len(raw) > LARGEST:
        return _too_large(file)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Problem(file, 1, 1, "the file is UTF-16; save it as UTF-8")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _position(error.object[: error.start].decode())
        return Problem(file, line, column, f"not UTF-8 (byte {error.object[error.start]:#04x}); save the file as UTF-8")


def parse(text: str, file: str) -> Document:
    """Read one YAML document. Whatever LARGEST characters hold, it takes a second or two at most."""
    text = text.removeprefix("\ufeff")
    problems = list(_unreadable(text, file))
    root = None
    if not problems:
        try:
            root = _compose(text, file, problems)
        except yaml.MarkedYAMLError as error:
            problems.append(_syntax_problem(error, text, file))
    if isinstance(root, Scalar) and root.value is None:
        root = None
    if root is None and not problems:
        problems.append(Problem(file, 1, 1, "the file holds nothing; if that is meant, delete it"))
    return Document(file, root, _in_order(problems))


def _in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    """By position; aliases once a line, for nine in a row are one mistake, and reading them notes each again."""
    first: dict[Problem, Problem] = {}
    for wrong in sorted(problems):
        first.setdefault(replace(wrong, column=0) if wrong.message == REFUSAL else wrong, wrong)
    return tuple(first.values())


# All that YAML calls unprintable (so libyaml never meets it), and the line ends that no editor counts: U+2028, U+2029.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_TAB_INDENT = re.compile(r"^ *(?=\t)", re.MULTILINE)
_DIRECTIVE = re.compile(r"^%", re.MULTILINE)


def _unreadable(text: str, file: str) -> Iterator[Problem]:
    """What is better said in plain words, or stopped, before libyaml sees it."""
    if len(text) > LARGEST:
        yield _too_large(file)
        return
    if match := _UNPRINTABLE.search(text):
        character = f"U+{ord(match[0]):04X}"
        yield Problem(file, *_position(text[: match.start()]), f"the invisible character {character}: delete it")
    if match := _TAB_INDENT.search(text):
        yield Problem(file, *_position(text[: match.end()]), "a tab in the indentation: use spaces")
    if match := _DIRECTIVE.search(text):  # 1 MB of %TAG lines costs libyaml 8 s
        yield Problem(file, *_position(text[: match.start()]), "a line beginning with % is a directive: not used here")


def _too_large(file: str) -> Problem:
    return Problem(file, 1, 1, f"larger than {LARGEST // 1_000_000} MB; split the file")


def _position(before: str) -> tuple[int, int]:
    """Line and column, from 1, of what follows this text."""
    lines = re.split(r"\r\n|\r|\n", before)
    return len(lines), len(lines[-1]) + 1


class _Mark(Protocol):
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


@dataclass(slots=True)
class _Level:
    """A list or mapping that is still open; of a mapping, `children` holds key, value, key, value."""

    line: int
    column: int
    is_mapping: bool
    children: list[Node] = field(default_factory=list)


def _compose(text: str, file: str, problems: list[Problem]) -> Node | None:
    """Build the tree from libyaml's events: its own composer resolves aliases and recurses into nesting."""
    top = _Level(1, 1, is_mapping=False)
    levels = [top]
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line, column = _place(event.start_mark)
        problems += (Problem(file, line, column, message) for message in _refusals(event))
        if message := _reason_to_stop(event, levels, problems):
            problems.append(Problem(file, line, column, message))
            return None
        if isinstance(event, yaml.CollectionStartEvent):
            levels.append(_Level(line, column, isinstance(event, yaml.MappingStartEvent)))
        elif isinstance(event, yaml.CollectionEndEvent):
            closed = _close(levels.pop(), file, problems)
            levels[-1].children.append(closed)
        elif isinstance(event, yaml.ScalarEvent):
            value = resolve(event.value) if event.implicit[0] else event.value
            levels[-1].children.append(Scalar(value, event.value, line, column))
        elif isinstance(event, yaml.AliasEvent):
            levels[-1].children.append(Refused(line, column))
    return top.children[0] if top.children else None


def _place(mark: _Mark | None) -> tuple[int, int]:
    """Line and column, from 1; libyaml counts both from 0, in code points."""
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _refusals(event: yaml.Event) -> Iterator[str]:
    if isinstance(event, yaml.NodeEvent) and event.anchor:
        yield REFUSAL
    if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
        yield f"tags ({shown(event.tag)}) are not allowed: to make a text of it, put it in quotes"


def _reason_to_stop(event: yaml.Event, levels: list[_Level], problems: list[Problem]) -> str | None:
    if isinstance(event, yaml.DocumentStartEvent) and levels[0].children:
        return "a second document begins: one file holds one"
    if isinstance(event, yaml.CollectionStartEvent) and len(levels) > MOST_LEVELS:
        return f"nested more than {MOST_LEVELS} levels deep"
    if len(problems) >= MOST_PROBLEMS:
        return f"more than {MOST_PROBLEMS} problems: the rest of the file was not read"
    return None


def _close(level: _Level, file: str, problems: list[Problem]) -> Node:
    if not level.is_mapping:
        return Listing(tuple(level.children), level.line, level.column)
    entries: dict[str, tuple[Scalar, Node]] = {}
    for key, value in zip(level.children[::2], level.children[1::2], strict=True):
        if wrong := _wrong_key(key, entries):
            problems.append(Problem(file, key.line, key.column, wrong))
        elif isinstance(key, Scalar):
            entries[key.text] = (key, value)
        if len(problems) > MOST_PROBLEMS:
            break  # the next event ends the reading
    return Mapping(tuple(entries.values()), level.line, level.column)


def _wrong_key(key: Node, entries: dict[str, tuple[Scalar, Node]]) -> str | None:
    if isinstance(key, Listing | Mapping):
        return f"a key must be a text, found {found(key)}"
    if isinstance(key, Refused):
        return None
    if key.text == "<<":
        return "merges (<<) are not allowed: write the keys out"
    if key.text in entries:
        return f"the key {shown(key.text)} stands already at line {entries[key.text][0].line}"
    return None


_PLAIN_WORDS = {
    "mapping values are not allowed in this context": (
        "a colon where none can stand: put a text that holds ': ' in quotes, and check the indentation"
    ),
    "did not find expected comment or line break": (
        'an unquoted > or | begins a block of text: put a comparison in quotes, as in ">= 1"'
    ),
    "did not find expected key": "this fits nowhere: check the indentation, and quote the whole of a text or nothing",
    "did not find expected '-' indicator": "not part of the list above: check the indentation, or begin with '- '",
    "did not find expected ',' or ']'": "expected a comma or the closing ]",
    "did not find expected ',' or '}'": "expected a comma or the closing }",
    "could not find expected ':'": "expected a colon and a value after this key",
    "found character that cannot start any token": "an unquoted text cannot begin with this character: use quotes",
    "found unexpected end of stream": "a quotation mark that is never closed",
    "block sequence entries are not allowed in this context": "a list begins on a line of its own",
    "found unknown escape character": "unknown escape: in single quotes a backslash is just a backslash",
    "did not find expected <document start>": "the file goes on after its end: check the indentation",
    "found undefined tag handle": "tags (!) are not allowed: to make a text of it, put it in quotes",
}


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    began, at = error.context_mark, error.problem_mark
    said = error.problem or "not YAML"
    if said == "found unexpected end of stream" and began:
        at = began
    line, column = min(_place(at), _position(text))  # libyaml sees an end on a line that does not exist
    message = _PLAIN_WORDS.get(said, f"not YAML: {said}")
    if began and began.line + 1 < line:
        message += f" (what it belongs to begins at line {began.line + 1})"
    return Problem(file, line, column, message)


# ---------------------------------------------------------------- scalars, YAML 1.2 core schema (section 10.3.2)
_KEYWORDS: dict[str, Value] = {"": None, "~": None}
_KEYWORDS |= dict.fromkeys(("null", "Null", "NULL"))
_KEYWORDS |= dict.fromkeys(("true", "True", "TRUE"), True)
_KEYWORDS |= dict.fromkeys(("false", "False", "FALSE"), False)
_DECIMAL = re.compile(r"[-+]?[0-9]{1,30}")  # longer ones become floats, as in JavaScript: int() refuses 4,300 digits
_OCTAL_OR_HEXADECIMAL = re.compile(r"0o[0-7]{1,30}|0x[0-9a-fA-F]{1,30}")
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
)


def resolve(text: str) -> Value:
    """What an unquoted text means."""
    if text in _KEYWORDS:
        return _KEYWORDS[text]
    if _DECIMAL.fullmatch(text):
        return int(text)
    if _OCTAL_OR_HEXADECIMAL.fullmatch(text):
        return int(text, base=0)
    if _FLOAT.fullmatch(text):
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text

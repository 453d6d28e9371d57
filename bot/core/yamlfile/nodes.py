"""The tree of a YAML file, and the words in which problems speak of it.

A newcomer compares `Scalar.value` with a key's name; a key is its `text`, or `on` and `010` would be lost.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.model import Problem

REFUSAL = "anchors (&) and aliases (*) are not allowed: write the value out"

Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value, and the text it was written as (without quotes)."""

    value: Value
    text: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple[Node, ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order of the file; no key stands twice. A key is its `text`, whatever its value."""

    entries: tuple[tuple[Scalar, Node], ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Here stands an alias. Reading it is a problem, the same one that the document has already."""

    line: int
    column: int


Node = Scalar | Listing | Mapping | Refused


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read. `root` is None where the text cannot be read at all; then there is at least one problem."""

    file: str
    root: Node | None
    problems: tuple[Problem, ...]


def problem(file: str, node: Node, message: str) -> Problem:
    return Problem(file, node.line, node.column, message)


def shown(text: str, most: int = 40) -> str:
    """A text in quotes, on one line, with nothing invisible in it."""
    return repr(str(text) if len(text) <= most else text[: most - 1] + "…")  # str: of an enum, its value


def found(node: Node) -> str:
    """What stands there, in words. A text is not quoted: it may be a secret in the wrong place."""
    match node:
        case Listing(items=items):
            return "a list" if items else "an empty list"
        case Mapping():
            return "keys and values"
        case Scalar(value=None) | Refused():
            return "nothing"
        case Scalar(value=str(text)):
            return "a text" if text.strip() else "an empty text"
        case Scalar(value=bool(), text=text):
            return text
        case Scalar(text=text):
            return f"the number {text[:20]}"

"""Typed values out of a tree, with all that is wrong noted instead of raised.

A newcomer stops at the first problem; read everything first and look at `Reader.problems` last.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import timedelta
from math import inf
from typing import TypeVar

from rapidfuzz import fuzz, process

from bot.core.model import Problem
from bot.core.yamlfile.nodes import REFUSAL, Listing, Mapping, Node, Refused, Scalar, found, problem, shown

T = TypeVar("T")
S = TypeVar("S", bound=str)


def unknown(noun: str, name: str, options: Collection[str]) -> str:
    """`unknown key 'titel', did you mean 'title'?`, or all that is known where nothing comes near."""
    near = process.extractOne(name, sorted(options), scorer=fuzz.ratio, processor=str.casefold, score_cutoff=60)
    if near:
        return f"unknown {noun} {shown(name)}, did you mean {shown(near[0])}?"
    return f"unknown {noun} {shown(name)}; known: {', '.join(sorted(options))}"


_DURATION = re.compile(r"([0-9]{1,6}) ?([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9-]{0,47}")  # 48: a button in Telegram carries at most 64 bytes


def duration_of(text: str) -> timedelta | None:
    """`30s`, `5m`, `24h` or `7d`; None for anything else."""
    parts = _DURATION.fullmatch(text)
    return timedelta(**{_UNITS[parts[2]]: int(parts[1])}) if parts else None


def spelled(duration: timedelta) -> str:
    """As a person would write it: 30s, 120s, 1h, 35d."""
    seconds = duration.total_seconds()
    unit, length = next(((u, n) for u, n in (("d", 86_400), ("h", 3_600)) if seconds and not seconds % n), ("s", 1))
    return f"{seconds / length:g}{unit}"


def is_identifier(node: Scalar) -> bool:
    """Whether it may name something for ever."""
    return isinstance(node.value, str) and _IDENTIFIER.fullmatch(node.value) is not None


class Reader:
    """Reads values out of a tree and notes what is wrong with them.

    Every method takes None for a key that is absent and answers with the default; a wrong value is noted and answered
    with the default as well. So read everything first, then look at `problems`: with any, the values are worthless.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self._problems: list[Problem] = []
        self._warnings: list[Problem] = []

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(sorted(self._problems))

    def problem(self, node: Node, message: str) -> None:
        self._problems.append(problem(self.file, node, message))

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What the author should know of, though nothing is wrong."""
        return tuple(sorted(self._warnings))

    def warning(self, node: Node, message: str) -> None:
        self._warnings.append(problem(self.file, node, message))

    def expected(self, wanted: str, node: Node | None, default: T) -> T:
        """Note that something else was wanted here, unless nothing is here; the default."""
        if isinstance(node, Refused):
            self.problem(node, REFUSAL)
        elif node is not None:
            self.problem(node, f"expected {wanted}, found {found(node)}")
        return default

    def fields(
        self, node: Node | None, *, required: Collection[str] = (), optional: Collection[str] = ()
    ) -> dict[str, Node]:
        """The values of a mapping by key; keys that are not named here are problems."""
        fields = {}
        for key, value in self.entries(node):
            if key.text in required or key.text in optional:
                fields[key.text] = value
            else:
                self.problem(key, unknown("key", key.text, {*required, *optional}))
        if isinstance(node, Mapping):
            for key_name in required:
                if key_name not in fields:
                    self.problem(node, f"the key {key_name!r} is missing")
        return fields

    def entries(self, node: Node | None) -> tuple[tuple[Scalar, Node], ...]:
        """Keys and values of a mapping whose keys are the author's to choose."""
        return node.entries if isinstance(node, Mapping) else self.expected("keys and values", node, ())

    def items(self, node: Node | None) -> tuple[Node, ...]:
        return node.items if isinstance(node, Listing) else self.expected("a list", node, ())

    def sound(self, node: Node | None, read: Callable[[Reader, Node], T]) -> list[tuple[Node, T]]:
        """What is read of the items of a list, each beside its node: a wrong one never drops its neighbours."""
        found = []
        for item in self.items(node):
            reader = Reader(self.file)
            value = read(reader, item)
            self._problems += reader.problems
            if not reader.problems:
                found.append((item, value))
        return found

    def each(self, node: Node | None) -> tuple[Node, ...]:
        """The items of a list, or the one thing itself. An empty list is a problem."""
        if isinstance(node, Listing):
            return node.items or self.expected("at least one item", node, ())
        return () if node is None else (node,)

    def string(self, node: Node | None, default: str = "") -> str:
        """A text that is not blank, without the blanks around it. Numbers and true must be in quotes to be texts."""
        match node:
            case Scalar(value=str(text)) if text.strip():
                return text.strip()
            case Scalar(value=bool() | int() | float()):
                self.problem(node, f"expected a text, found {found(node)}: put it in quotes")
                return default
        return self.expected("a text", node, default)

    def strings(self, node: Node | None) -> tuple[str, ...]:
        """A list of texts, or one text."""
        return tuple(self.string(item) for item in self.each(node))

    def identifier(self, node: Node | None) -> str:
        text = self.string(node)
        if node and text and not _IDENTIFIER.fullmatch(text):
            self.problem(node, "an id has lower-case Latin letters, digits and hyphens alone, 48 at most")
        return text

    def integer(self, node: Node | None, default: int = 0, *, low: float = -inf, high: float = inf) -> int:
        match node:
            case Scalar(value=int(number)) if not isinstance(number, bool) and low <= number <= high:
                return number
        return self.expected(f"a whole number{_range(low, high)}", node, default)

    def number(self, node: Node | None, default: float = 0.0, *, low: float = -inf, high: float = inf) -> float:
        match node:
            case Scalar(value=int() | float() as number) if not isinstance(number, bool) and low <= number <= high:
                return float(number)
        return self.expected(f"a number{_range(low, high)}", node, default)

    def choice(self, node: Node | None, noun: str, options: Collection[S], default: S) -> S:
        """One of a few words."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return self.expected(f"a {noun} ({', '.join(options)})", node, default)
        chosen = next((option for option in options if option == node.value), None)
        if chosen is None:
            self.problem(node, unknown(noun, node.value, options))
        return chosen or default

    def boolean(self, node: Node | None, *, default: bool) -> bool:
        match node:
            case Scalar(value=bool(truth)):
                return truth
        return self.expected("true or false", node, default)

    def duration(
        self, node: Node | None, default: timedelta = timedelta(0), *, low: timedelta = timedelta(0)
    ) -> timedelta:
        wanted = "a duration such as 30s, 5m, 24h or 7d"
        duration = duration_of(str(node.value)) if isinstance(node, Scalar) else None
        if node is None or duration is None:
            return self.expected(wanted, node, default)
        if duration < low:
            self.problem(node, f"expected at least {spelled(low)}")
        return duration


def _range(low: float, high: float) -> str:
    if high < inf:
        return f" from {low} to {high}"
    return f" of at least {low}" if low > -inf else ""

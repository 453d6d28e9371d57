"""A text that is not said yet: what it says is settled where it is known, in which words where somebody reads it.

A newcomer's mistake is to put words in that are finished: a kind of event or a place stays one until it is read, since
every reader calls it otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """A pattern that translators know, and by name what is put into it: words, numbers, times, things, other texts."""

    pattern: str
    names: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """The id of a kind of event."""

    id: str


@dataclass(frozen=True, slots=True)
class Land:
    """A country, by its ISO 3166 code."""

    code: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A language, by its ISO 639-1 code."""

    code: str


@dataclass(frozen=True, slots=True)
class Either:
    """One of these or another."""

    items: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """All of these."""

    items: tuple[object, ...]


def saying(pattern: str, /, **names: object) -> Said:
    """The pattern is known to translators from here on."""
    return Said(pattern, tuple(names.items()))


def bare(it: object) -> Said:
    """A thing, or a word as somebody else wrote it, without words of ours."""
    return Said("{it}", (("it", it),))

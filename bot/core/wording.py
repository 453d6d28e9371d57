"""Which words and patterns of a rule stand in a report, and how near to an event.

Words are compared folded and whole, so `Drone` finds DRONE and no drones; `drone*` finds both. A newcomer's mistake is
to fold a pattern's text as well: patterns see the report as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import re2

from bot.core.model import Event, Near, Report
from bot.core.text import fold

_BOUNDS = re.compile(r"[,،](?!\d)|[;؛:()\[\]–—]|\s-\s")  # between clauses; the comma of 1,200 is none
ANY_ENDING = "*"


def window(report: Report, event: Event, near: Near) -> str:
    """The part of a report in which something stands near an event: its clause, its sentence or all of it."""
    if near == "report":
        return whole(report.title, report.text)
    text = report.text_of(event.field)
    if near == "sentence":
        return text[event.start : event.end]
    first, end = clause(text, event)
    return text[first:end]


@lru_cache(maxsize=16)
def whole(title: str, text: str) -> str:
    """All that a report says, as one text."""
    return f"{title}\n\n{text}"


def clause(text: str, event: Event) -> tuple[int, int]:
    """Where the clause that tells an event begins and ends: between commas, brackets and dashes, in its sentence."""
    before = [found.end() for found in _BOUNDS.finditer(text, event.start, event.told_at)]
    after = _BOUNDS.search(text, event.told_until, event.end)
    return (before[-1] if before else event.start), (after.start() if after else event.end)


def first_word(words: Iterable[str], text: str) -> str:
    """The first of the words that stands in a text, or nothing."""
    folded = _folded(text)
    return next((word for word in words if _needle(word) in folded), "")


def absent_words(words: Iterable[str], text: str) -> tuple[str, ...]:
    """Those of the words that do not stand in a text."""
    folded = _folded(text)
    return tuple(word for word in words if _needle(word) not in folded)


@lru_cache(maxsize=16)
def words_in(text: str) -> frozenset[str]:
    """All folded words of a text."""
    return frozenset(_folded(text).split())


def rarest(word: str) -> str:
    """Of a word or phrase of a rule, the folded word that must be among `words_in` a text which holds it.

    The longest, for long words are rare; nothing where the only word may end anyhow.
    """
    words = fold(word).split()
    return max(words[:-1] if word.endswith(ANY_ENDING) else words, key=len, default="")


def first_pattern(patterns: Iterable[str], text: str) -> str:
    """What the first of the patterns to match finds in a text, or nothing. Linear time, whatever the pattern."""
    whole_text = text.encode("utf-8", "replace").decode()  # RE2 takes no halves of surrogate pairs
    found = (compiled(pattern).search(whole_text) for pattern in patterns)
    return next((one.group(0) for one in found if one), "")


@lru_cache(maxsize=10_000)
def compiled(pattern: str) -> re2._Regexp[str]:
    """A pattern ready for use, which does not tell small letters from capitals. `re2.error` when it is wrong."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    return re2.compile(pattern, options)


@lru_cache(maxsize=32)  # some are whole reports
def _folded(text: str) -> str:
    return f" {fold(text)} "


@lru_cache(maxsize=10_000)
def _needle(word: str) -> str:
    return f" {fold(word)}{'' if word.endswith(ANY_ENDING) else ' '}"

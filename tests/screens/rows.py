"""From a message to the lines of a bubble: words with their looks, broken where the bubble ends.

A newcomer's mistake is to set a whole message as one text: each of its lines runs in the direction of its own first
letter, as in Telegram.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from unicodedata import bidirectional

import matplotlib as mpl
from matplotlib.ft2font import FT2Font, LoadFlags

from bot.core.tongue import END_OF_ISOLATE, ISOLATE
from tests.fake_telegram.spec import Json
from tests.screens.signs import SIGN_WIDTH, SIGNS

SIZE = 15  # of a font, in pixels
CUT = "…"
PIXELS_IN_INCH, UNITS = 72, 64  # of a font, and in a pixel
QUOTES = frozenset({"blockquote", "expandable_blockquote"})
_UNSEEN = re.compile("[\u200e\u200f\u2060\u2066-\u2069\ufe0f]")
_WORD = re.compile(rf"[{SIGNS}]\ufe0f?\s*|[^\s{SIGNS}]+\s*|\s+")
Word = tuple["Run", ...]  # a word may change its looks amid


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one look, or a sign."""

    text: str
    looks: frozenset[str] = frozenset()

    @property
    def seen(self) -> str:
        """What of it is drawn."""
        return _UNSEEN.sub("", self.text)

    @property
    def sign(self) -> str:
        """The sign that it is; empty for words."""
        return self.seen.strip() if self.seen.strip() in SIGNS else ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line on the picture."""

    runs: tuple[Run, ...]
    rightward: bool  # does it run to the right?
    quoted: bool = False


def rows_of(text: str, entities: Sequence[Json], room: float, room_for_quotes: float) -> Iterator[Row]:
    """The lines of a message as they are broken in a bubble with so much room."""
    looks, start = _looks(text, entities), 0
    for line in text.split("\n"):
        quoted = bool(line) and not QUOTES.isdisjoint(looks[start])
        words = list(_words(line, looks[start : start + len(line)]))
        for runs in _broken(words, room_for_quotes if quoted else room):
            yield Row(runs, runs_rightward(line), quoted)
        start += len(line) + 1


def row_of(text: str, room: float, size: float = SIZE) -> Row:
    """A text as a single line, such as the label of a button: cut where it has no room."""
    line = " ".join(text.split())
    words = [run for word in _words(line, [frozenset()] * len(line)) for run in word]
    if width(_closed(words), size) <= room:
        return Row(_closed(words), runs_rightward(line))
    while words and width([*words, Run(CUT)], size) > room:
        words[-1:] = [Run(shorter)] if (shorter := words[-1].text[:-1]) and not words[-1].sign else []
    return Row((*_closed(words), Run(CUT)), runs_rightward(line))


def runs_rightward(line: str) -> bool:
    apart = re.sub(f"{ISOLATE}[^{END_OF_ISOLATE}]*{END_OF_ISOLATE}", "", line)
    first = next((way for letter in apart if (way := bidirectional(letter)) in {"L", "R", "AL"}), "L")
    return first == "L"


def _looks(text: str, entities: Sequence[Json]) -> list[frozenset[str]]:
    """How each character looks; entities count in UTF-16."""
    looks: list[frozenset[str]] = []
    at = 0
    for letter in text:
        looks.append(frozenset(e["type"] for e in entities if e["offset"] <= at < e["offset"] + e["length"]))
        at += len(letter.encode("utf-16-le")) // 2
    return looks


def _words(line: str, looks: Sequence[frozenset[str]]) -> Iterator[Word]:
    for found in _WORD.finditer(line):
        at, word = found.start(), []
        for look, letters in groupby(range(at, found.end()), key=looks.__getitem__):
            word.append(Run("".join(line[each] for each in letters), look))
        yield tuple(word)


def _broken(words: Sequence[Word], room: float) -> Iterator[tuple[Run, ...]]:
    row: list[Run] = []
    for word in words:
        if row and width(_closed([*row, *word])) > room:
            yield _closed(row)
            row = [Run(ISOLATE)] if _is_open(row) else []
        row += word
    yield _closed(row)


def _is_open(row: Sequence[Run]) -> bool:
    """Does what stands apart go on in the next row?"""
    text = "".join(run.text for run in row)
    return text.count(ISOLATE) > text.count(END_OF_ISOLATE)


def _closed(row: Sequence[Run]) -> tuple[Run, ...]:
    """The row without the gap at its end, and with the end of what stands apart."""
    end = END_OF_ISOLATE if _is_open(row) else ""
    return (*row[:-1], Run(row[-1].text.rstrip() + end, row[-1].looks)) if row else ()


# ---------------------------------------------------------------- how wide
@cache
def _font(size: float, *, bold: bool) -> FT2Font:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    font = FT2Font(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / name))
    font.set_size(size, PIXELS_IN_INCH)
    return font


def width(runs: Sequence[Run], size: float = SIZE) -> float:
    """In pixels; a sign is as wide in any size."""
    return sum(SIGN_WIDTH if run.sign else _drawn(run.seen, size, "bold" in run.looks) for run in runs)


@cache
def _drawn(text: str, size: float, bold: bool) -> float:  # noqa: FBT001  the one thing it hangs on beside the size
    """With the gaps at both ends, which a font does not count."""
    widths = []
    for each in (f"|{text}|", "||"):
        _font(size, bold=bold).set_text(each, flags=LoadFlags.NO_HINTING)
        widths.append(_font(size, bold=bold).get_width_height()[0] / UNITS)
    return widths[0] - widths[1]

"""The sample story as a chat shows it, as pictures: what README shows. `make screens` draws docs/alert-*.svg anew.

Messages are the real ones, read by Telegram's own parser; only the chat round them is drawn. A newcomer's mistake is to
set a whole message as one text: each of its lines runs in the direction of its own first letter, as in Telegram.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from unicodedata import bidirectional

import matplotlib as mpl
from PIL import ImageFont

from bot.core.model import Message, MessageKind
from bot.core.pipeline import Rulebook
from bot.core.tongue import END_OF_ISOLATE, ISOLATE
from bot.rulebook import load, shipped_rules
from bot.seeds import load_story, seeds_folder
from bot.telegram import texts
from bot.tongues import tongue
from tests.fake_telegram.formatting import formatted
from tests.fake_telegram.spec import Json
from tests.transcript import messages, told

FOLDER = Path(__file__).parent.parent / "docs"
LANGUAGES = {"en": "edited", "ar": "عُدّلت"}  # what Telegram itself writes beside an edited message
WIDTH, BUBBLE, PADDING, MARGIN, GAP = 520, 470, 14, 16, 12  # pixels, as all below
SIZE, LINE, INDENT = 15, 22, 12
FONTS = "'DejaVu Sans', 'Noto Sans', 'Noto Sans Arabic', 'Segoe UI', Roboto, Arial, sans-serif"
WALL, PAPER, QUOTE, BUTTON = "#d3e2ee", "#ffffff", "#eaf3fa", "#7a9cb8"
INK, FAINT, LINK = "#1c1e21", "#8a949e", "#2a79b8"
LIGHTS = {"🔴": "#dd2e44", "🟠": "#f4900c", "🟡": "#fdcb58"}  # drawn: not every machine has a font of emoji
TO_THE_LEFT = "\u2067"  # until the end of the isolate
_UNSEEN = re.compile("[\u200e\u200f\u2060\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one look."""

    text: str
    looks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Row:
    """One line on the picture."""

    runs: tuple[Run, ...]
    rightward: bool  # does it run to the right?
    quoted: bool


# ---------------------------------------------------------------- from a message to rows
def rows_of(html: str) -> Iterator[Row]:
    """The lines of a message as they are broken in a bubble."""
    shown = formatted({"text": html, "parse_mode": "HTML"})
    looks = _looks(shown.text, shown.entities)
    start = 0
    for line in shown.text.split("\n"):
        quoted = "blockquote" in looks[start] or "expandable_blockquote" in looks[start] if line else False
        words = list(_words(line, looks[start : start + len(line)]))
        yield from _broken(words, rightward=_runs_rightward(line), quoted=quoted)
        start += len(line) + 1


def _looks(text: str, entities: Sequence[Json]) -> list[frozenset[str]]:
    """How each character looks; entities count in UTF-16."""
    looks: list[frozenset[str]] = []
    at = 0
    for letter in text:
        looks.append(frozenset(e["type"] for e in entities if e["offset"] <= at < e["offset"] + e["length"]))
        at += len(letter.encode("utf-16-le")) // 2
    return looks


def _words(line: str, looks: Sequence[frozenset[str]]) -> Iterator[Run]:
    for found in re.finditer(r"\S+\s*", line):
        seen = next((at for at, letter in enumerate(found[0]) if not _UNSEEN.match(letter)), 0)
        yield Run(found[0], looks[found.start() + seen])


def _broken(words: Sequence[Run], *, rightward: bool, quoted: bool) -> Iterator[Row]:
    room = BUBBLE - 2 * PADDING - (INDENT if quoted else 0)
    row: list[Run] = []
    for word in words:
        if row and _width([*row, word]) > room:
            yield Row(_closed(row), rightward, quoted)
            row = [Run(ISOLATE, frozenset())] if _is_open(row) else []
        row.append(word)
    yield Row(_closed(row), rightward, quoted)


def _is_open(row: Sequence[Run]) -> bool:
    """Does what stands apart go on in the next row?"""
    text = "".join(run.text for run in row)
    return text.count(ISOLATE) > text.count(END_OF_ISOLATE)


def _closed(row: Sequence[Run]) -> tuple[Run, ...]:
    """The row without the gap at its end, and with the end of what stands apart."""
    end = END_OF_ISOLATE if _is_open(row) else ""
    return (*row[:-1], Run(row[-1].text.rstrip() + end, row[-1].looks)) if row else ()


def _runs_rightward(line: str) -> bool:
    apart = re.sub(f"{ISOLATE}[^{END_OF_ISOLATE}]*{END_OF_ISOLATE}", "", line)
    first = next((way for letter in apart if (way := bidirectional(letter)) in {"L", "R", "AL"}), "L")
    return first == "L"


@cache
def _font(*, bold: bool) -> ImageFont.FreeTypeFont:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    path = Path(mpl.get_data_path()) / "fonts" / "ttf" / name
    return ImageFont.truetype(str(path), SIZE, layout_engine=ImageFont.Layout.BASIC)


def _width(runs: Sequence[Run]) -> float:
    return sum(_font(bold="bold" in run.looks).getlength(_UNSEEN.sub("", run.text)) for run in runs)


# ---------------------------------------------------------------- from rows to a picture
def drawn(html: str, top: int, *, corner: str, button: str, answered: str = "") -> tuple[list[str], int]:
    """A bubble with its button, and where it ends."""
    rows = list(rows_of(html))
    y = top + PADDING + (LINE + 6 if answered else 0)
    bottom = y + LINE * (len(rows) + 1) + PADDING - 6
    parts = [_box(top, bottom - top, PAPER, 14)]
    if answered:
        parts += _answered(answered, top + PADDING - 4)
    for row in rows:
        parts += _row(row, y)
        y += LINE
    at_end = f'x="{MARGIN + BUBBLE - PADDING}" y="{bottom - 10}" fill="{FAINT}" font-size="12" text-anchor="end"'
    amid = f'x="{MARGIN + BUBBLE // 2}" y="{bottom + 28}" fill="{PAPER}" font-size="14" text-anchor="middle"'
    parts.append(f"<text {at_end}>{escape(corner)}</text>")
    parts += [
        _box(bottom + 5, 36, BUTTON, 10),
        f"<text {amid}>{escape(button)}</text>",
    ]
    return parts, bottom + 41


def _row(row: Row, y: int) -> list[str]:
    parts, runs = [], list(row.runs)
    left, right = MARGIN + PADDING, MARGIN + BUBBLE - PADDING
    if row.quoted:
        parts.append(f'<rect x="{left}" y="{y}" width="{right - left}" height="{LINE}" fill="{QUOTE}"/>')
        parts.append(
            f'<rect x="{left if row.rightward else right - 3}" y="{y}" width="3" height="{LINE}" fill="{LINK}"/>'
        )
        left, right = left + INDENT, right - INDENT
    at = left if row.rightward else right
    if lamp := LIGHTS.get(_UNSEEN.sub("", runs[0].text).strip()) if runs else None:
        parts.append(f'<circle cx="{at + 8 if row.rightward else at - 8}" cy="{y + LINE / 2}" r="7" fill="{lamp}"/>')
        runs, at = runs[1:], at + 22 if row.rightward else at - 22
    spans = "".join(f"<tspan{_look(run.looks)}>{escape(run.text)}</tspan>" for run in _joined(runs))
    parts.append(f'<text x="{at}" y="{y + 16}" xml:space="preserve"{_way(spans, rightward=row.rightward)}</text>')
    return parts


def _way(words: str, *, rightward: bool) -> str:
    """The end of a text's tag, and its words: a row that runs to the left ends where it is set."""
    return f">{words}" if rightward else f' text-anchor="end">{TO_THE_LEFT}{words}{END_OF_ISOLATE}'


def _joined(runs: Sequence[Run]) -> list[Run]:
    """Neighbours of one look as one, or no letters would join across them."""
    joined: list[Run] = []
    for run in runs:
        if joined and (joined[-1].looks == run.looks or (not run.looks and not _UNSEEN.sub("", run.text))):
            joined[-1] = Run(joined[-1].text + run.text, joined[-1].looks)
        else:
            joined.append(run)
    return joined


def _look(looks: frozenset[str]) -> str:
    styles = {"bold": ' font-weight="bold"', "italic": ' font-style="italic"', "date_time": f' fill="{LINK}"'}
    return "".join(styles[look] for look in sorted(looks & styles.keys()))


def _answered(text: str, y: int) -> list[str]:
    """What a reply answers, as its bubble shows it: the beginning of the living message."""
    left = MARGIN + PADDING
    rightward = _runs_rightward(text)
    at = left + INDENT if rightward else MARGIN + BUBBLE - PADDING - INDENT
    bar = left if rightward else MARGIN + BUBBLE - PADDING - 3
    words = _way(escape(text), rightward=rightward)
    return [
        f'<rect x="{left}" y="{y}" width="{BUBBLE - 2 * PADDING}" height="{LINE + 4}" fill="{QUOTE}"/>',
        f'<rect x="{bar}" y="{y}" width="3" height="{LINE + 4}" fill="{LINK}"/>',
        f'<text x="{at}" y="{y + 18}" fill="{LINK}" font-size="13"{words}</text>',
    ]


def _box(y: int, height: int, fill: str, radius: int) -> str:
    return f'<rect x="{MARGIN}" y="{y}" width="{BUBBLE}" height="{height}" rx="{radius}" fill="{fill}"/>'


# ---------------------------------------------------------------- the story
def picture(language: str, rulebook: Rulebook) -> str:
    """The first alert, the same message as it stands at last, and the answer that says aloud what changed."""
    first, edited, reply = _story(language, rulebook)
    button, was_edited = f"{tongue(language).say(texts.SOURCE_BUTTON)} ↗", LANGUAGES[language]
    place = formatted({"text": edited.text.html, "parse_mode": "HTML"}).text.split("\n")[1]
    shown, bottom = drawn(first.text.html, MARGIN, corner="06:00", button=button)
    parts, top = shown, bottom + GAP
    for message, corner, answered in ((edited, f"{was_edited} 06:00", ""), (reply, "07:20", place)):
        shown, bottom = drawn(message.text.html, top, corner=corner, button=button, answered=answered)
        parts, top = [*parts, *shown], bottom + GAP
    height = top + MARGIN - GAP
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    style = f'font-family="{FONTS}" font-size="{SIZE}" fill="{INK}">'
    wall = f'<rect width="{WIDTH}" height="{height}" fill="{WALL}"/>'
    return "\n".join([f"{head} {style}", wall, *parts, "</svg>", ""])


def _story(language: str, rulebook: Rulebook) -> tuple[Message, Message, Message]:
    story = load_story(seeds_folder() / "idlib-day.yaml")
    outlets = {name: feed.title for name, feed in story.outlets.items()}
    sent = messages(told(story.reports, rulebook, outlets), rulebook, language)
    of_first = [message for message in sent if message.incident_id == sent[0].incident_id]
    last = {
        kind: [message for message in of_first if message.kind is kind][-1] for kind in MessageKind if kind != "tell"
    }
    return last[MessageKind.NEW], last[MessageKind.EDIT], last[MessageKind.REPLY]


def main() -> None:
    rulebook = load(shipped_rules())
    FOLDER.mkdir(exist_ok=True)
    for language in LANGUAGES:
        path = FOLDER / f"alert-{language}.svg"
        path.write_text(picture(language, rulebook), encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()

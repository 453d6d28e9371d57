"""A chat as a picture: bubbles with what stands in them, and keyboards below, as SVG.

Only the chat round the messages is drawn here; what stands in them is what Telegram has. A newcomer's mistake is to
place one word after another by its width: viewers have other fonts, so words that follow each other are one text.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO

from PIL import Image

from bot.core.tongue import END_OF_ISOLATE
from tests.fake_telegram.spec import Json
from tests.screens.rows import SIZE, Row, Run, row_of, rows_of, runs_rightward, width
from tests.screens.signs import DRAWN, SIGN_WIDTH

WIDTH, BUBBLE, PADDING, MARGIN, GAP = 502, 470, 14, 16, 12  # pixels, as all below
LINE, INDENT, BUTTON, BETWEEN, BAR = 22, 12, 36, 5, 3
LABEL, SMALL = 14, 12  # sizes of fonts
FONTS = "'DejaVu Sans', 'Noto Sans', 'Noto Sans Arabic', 'Segoe UI', Roboto, Arial, sans-serif"
MONOSPACE = "'DejaVu Sans Mono', monospace"
WALL, PAPER, OWN, QUOTE, KEY, TAPPED = "#d3e2ee", "#ffffff", "#e3f6cf", "#eaf3fa", "#7a9cb8", "#41647f"
INK, FAINT, LINK = "#1c1e21", "#6f7a84", "#2a79b8"
TO_THE_LEFT = "\u2067"  # until the end of the isolate
BLUE = frozenset({"bot_command", "text_link", "url", "date_time", "mention", "hashtag"})
BOT = "Tocsin"


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as its chat had it at a moment. `corner` says when, `tapped` is the label of what was tapped then,
    `picture` a PNG.
    """

    message: Json
    corner: str
    tapped: str = ""
    picture: bytes = b""

    @property
    def is_own(self) -> bool:
        """Did the person say it, not the bot?"""
        return not self.message["from"]["is_bot"]


def chat(shown: Sequence[Shown]) -> str:
    """All of them, one under the other."""
    parts: list[str] = []
    top = MARGIN
    for each in shown:
        drawn, bottom = _bubble(each, top)
        keys, bottom = _keyboard(each, bottom)
        parts, top = [*parts, *drawn, *keys], bottom + GAP
    height = top + MARGIN - GAP
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    style = f'font-family="{FONTS}" font-size="{SIZE}" fill="{INK}">'
    wall = f'<rect width="{WIDTH}" height="{height}" fill="{WALL}"/>'
    return "\n".join([f"{head} {style}", wall, *parts, "</svg>", ""])


# ---------------------------------------------------------------- a bubble
def _bubble(shown: Shown, top: int) -> tuple[list[str], int]:
    """What is drawn, and where it ends."""
    message = shown.message
    rows = list(rows_of(*_told(message), BUBBLE - 2 * PADDING, BUBBLE - 2 * PADDING - 2 * INDENT))
    left, right = _sides(shown, rows)
    y = top + PADDING
    inside: list[str] = []
    if shown.picture:
        picture, y = _picture(shown.picture, top)
        inside += picture
    if "reply_to_message" in message:
        inside += _answered(message["reply_to_message"], y - 4)
        y += 2 * LINE
    for row in rows:
        inside += _row(row, left + PADDING, right - PADDING, y)
        y += LINE
    bottom = y + PADDING - 4 if shown.is_own else y + LINE + PADDING - 10
    corner = f'x="{right - PADDING}" y="{bottom - 9}" fill="{FAINT}" font-size="{SMALL}" text-anchor="end"'
    box = _box(left, top, right - left, bottom - top, OWN if shown.is_own else PAPER, radius=14)
    return [box, *inside, f"<text {corner}>{escape(shown.corner)}</text>"], bottom


def _told(message: Json) -> tuple[str, Sequence[Json]]:
    """Its words, or those under its picture, and how they look."""
    key = "text" if "text" in message else "caption"
    return message.get(key, ""), message.get("entities" if key == "text" else "caption_entities", ())


def _sides(shown: Shown, rows: Sequence[Row]) -> tuple[int, int]:
    """What a person says stands at the right, and is as wide as it has to be."""
    if not shown.is_own:
        return MARGIN, MARGIN + BUBBLE
    words = max(width(row.runs) for row in rows) + width([Run(f"  {shown.corner}")], SMALL)
    return MARGIN + BUBBLE - round(words) - 2 * PADDING, MARGIN + BUBBLE


def _picture(png: bytes, top: int) -> tuple[list[str], int]:
    with Image.open(BytesIO(png)) as image:
        height = round(BUBBLE * image.height / image.width)
    where = f'x="{MARGIN}" y="{top}" width="{BUBBLE}" height="{height}"'
    return [f'<image {where} href="data:image/png;base64,{b64encode(png).decode()}"/>'], top + height + PADDING - 6


def _answered(answered: Json, y: int) -> list[str]:
    """What a reply answers, as its bubble shows it: who said it, and how it begins."""
    left, right = MARGIN + PADDING, MARGIN + BUBBLE - PADDING
    row = row_of(_told(answered)[0], right - left - 2 * INDENT, SMALL)
    bar = left if row.rightward else right - BAR
    name = Row((Run(BOT, frozenset({"bold"})),), row.rightward)
    return [
        _box(left, y, right - left, 2 * LINE - 4, QUOTE),
        _box(bar, y, BAR, 2 * LINE - 4, LINK),
        *_line(name, left + INDENT, right - INDENT, y + 4, SMALL, colour=LINK),
        *_line(row, left + INDENT, right - INDENT, y + LINE - 2, SMALL),
    ]


def _row(row: Row, left: int, right: int, y: int) -> Iterator[str]:
    if row.quoted:
        yield _box(left, y, right - left, LINE, QUOTE)
        yield _box(left if row.rightward else right - BAR, y, BAR, LINE, LINK)
        left, right = left + INDENT, right - INDENT
    yield from _line(row, left, right, y)


# ---------------------------------------------------------------- a keyboard
def _keyboard(shown: Shown, top: int) -> tuple[list[str], int]:
    """The buttons under a message, row by row, and where they end."""
    parts: list[str] = []
    for row in shown.message.get("reply_markup", {}).get("inline_keyboard", ()):
        wide = (BUBBLE - BETWEEN * (len(row) - 1)) / len(row)
        for number, button in enumerate(row):
            parts += _button(button, MARGIN + number * (wide + BETWEEN), top + BETWEEN, wide, shown.tapped)
        top += BETWEEN + BUTTON
    return parts, top


def _button(button: Json, x: float, y: int, wide: float, tapped: str) -> Iterator[str]:
    """A label is cut where it has no room, as Telegram does."""
    is_tapped = bool(tapped) and tapped in button["text"]
    yield _box(x, y, wide, BUTTON, TAPPED if is_tapped else KEY, radius=10)
    if "url" in button:
        yield f'<text x="{x + wide - 14:g}" y="{y + 14}" fill="{PAPER}" font-size="{SMALL - 2}">↗</text>'
    row = row_of(button["text"], wide - PADDING, LABEL)
    if not any(run.sign for run in row.runs):
        amid = f'x="{x + wide / 2:g}" y="{y + 23}" fill="{PAPER}" font-size="{LABEL}" text-anchor="middle"'
        yield f"<text {amid}>{_turned(escape(''.join(run.text for run in row.runs)), row.rightward)}</text>"
        return
    edge = (wide - width(row.runs, LABEL)) / 2
    yield from _line(row, x + edge, x + wide - edge, y + 7, LABEL, colour=PAPER)


# ---------------------------------------------------------------- a line
def _line(row: Row, left: float, right: float, y: float, size: float = SIZE, *, colour: str = "") -> Iterator[str]:
    """The words of a row from the side where it begins, and its signs between them."""
    at, onward = (left, 1) if row.rightward else (right, -1)
    words: list[Run] = []
    for run in row.runs:
        if not run.sign:
            words.append(run)
            continue
        yield from _words(words, at, y, size, colour, rightward=row.rightward)
        at += onward * width(words, size)
        yield DRAWN[run.sign](at + onward * (SIGN_WIDTH - 6) / 2, y + LINE / 2)
        at += onward * SIGN_WIDTH
        words = []
    yield from _words(words, at, y, size, colour, rightward=row.rightward)


def _words(runs: Sequence[Run], at: float, y: float, size: float, colour: str, *, rightward: bool) -> Iterator[str]:
    """Neighbours as one text, without a gap at its end; one that runs to the left ends where it is set."""
    if not any(run.seen.strip() for run in runs):
        return
    closed = [*runs[:-1], Run(runs[-1].text.rstrip(), runs[-1].looks)]
    spans = "".join(f"<tspan{_look(run)}>{escape(run.text)}</tspan>" for run in _joined(closed))
    style = "".join([f' font-size="{size}"' if size != SIZE else "", f' fill="{colour}"' if colour else ""])
    anchor = "" if rightward else ' text-anchor="end"'
    yield f'<text x="{at:g}" y="{y + 16:g}" xml:space="preserve"{style}{anchor}>{_turned(spans, rightward)}</text>'


def _turned(words: str, rightward: bool) -> str:  # noqa: FBT001  the one thing it is about
    return words if rightward else f"{TO_THE_LEFT}{words}{END_OF_ISOLATE}"


def _joined(runs: Sequence[Run]) -> list[Run]:
    """Neighbours of one look as one, or no letters would join across them."""
    joined: list[Run] = []
    for run in runs:
        if joined and (joined[-1].looks == run.looks or (not run.looks and not run.seen)):
            joined[-1] = Run(joined[-1].text + run.text, joined[-1].looks)
        else:
            joined.append(run)
    return joined


def _look(run: Run) -> str:
    styles = {"bold": ' font-weight="bold"', "code": f' font-family="{MONOSPACE}"'}
    if runs_rightward(run.text):  # no Arabic letter slants
        styles["italic"] = ' font-style="italic"'
    blue = f' fill="{LINK}"' if run.looks & BLUE else ""
    return "".join(styles[look] for look in sorted(run.looks & styles.keys())) + blue


def _box(x: float, y: float, wide: float, high: float, fill: str, *, radius: int = 0) -> str:
    rounded = f' rx="{radius}"' if radius else ""
    return f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}"{rounded} fill="{fill}"/>'

"""Prints alerts as Telegram would show them, for trying things out without a token.

Only the HTML that Telegram accepts is understood, and it is taken to be valid: the fake and the real server judge that.
"""

from __future__ import annotations

import itertools
from html.parser import HTMLParser

from rich.box import ROUNDED
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.style import Style
from rich.text import Text

from bot.core.model import MessageKind
from bot.store import DueMessage
from bot.telegram import texts
from bot.tongues import tongue

BUBBLE_WIDTH = 76
QUOTE_BAR = "▎ "

STYLES = {
    "b": Style(bold=True),
    "strong": Style(bold=True),
    "i": Style(italic=True),
    "em": Style(italic=True),
    "u": Style(underline=True),
    "ins": Style(underline=True),
    "s": Style(strike=True),
    "strike": Style(strike=True),
    "del": Style(strike=True),
    "code": Style(color="cyan"),
    "pre": Style(color="cyan"),
    "blockquote": Style(dim=True),
    "tg-spoiler": Style(reverse=True),
}


class TerminalSender:
    """A Sender for people without a token. Numbers its messages 1, 2, 3 as one chat would."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._numbers = itertools.count(1)

    async def send(self, due: DueMessage) -> int:
        edited = due.telegram_id if due.message.kind is MessageKind.EDIT else None
        number = edited or next(self._numbers)
        self._console.print(_bubble(due, _title(due, number)))
        return number


def _title(due: DueMessage, number: int) -> str:
    match due.message.kind, due.telegram_id:
        case MessageKind.EDIT, int():
            return texts.terminal_edit(number, due.chat_id)
        case MessageKind.REPLY, int(answered):
            return texts.terminal_reply(number, due.chat_id, answered)
        case _:
            return texts.terminal_new(number, due.chat_id)


def _bubble(due: DueMessage, title: str) -> Panel:
    shown = due.message.text
    spoken = tongue(shown.language)
    parts: list[RenderableType] = [rich_text(shown.html)]
    if due.repeated:
        parts.append(Text(spoken.say(texts.SENT_AGAIN), style="italic"))
    if shown.link:
        parts.append(Text(f"[ {spoken.say(texts.SOURCE_BUTTON)} ] {shown.link}", style="cyan", overflow="fold"))
    silent = texts.SILENT if due.message.silent else None
    return Panel(Group(*parts), title=title, title_align="left", subtitle=silent, box=ROUNDED, width=BUBBLE_WIDTH)


def rich_text(html: str) -> Text:
    """Telegram's HTML as rich shows it; a quotation stands on lines of its own behind a bar."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.text.rstrip()
    return reader.text


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = Text()
        self._open: list[tuple[str, Style]] = []
        self._quote_just_ended = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        link = dict(attrs).get("href")
        style = Style(underline=True, link=link) if tag == "a" else STYLES.get(tag, Style.null())
        self._open.append((tag, style))
        if tag == "blockquote":
            self._begin_quote()

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            self._open.pop()
        self._quote_just_ended = tag == "blockquote"

    def handle_data(self, data: str) -> None:
        if self._quote_just_ended and not data.startswith("\n"):
            self._write("\n")
        self._quote_just_ended = False
        quoted = any(tag == "blockquote" for tag, _ in self._open)
        self._write(data.replace("\n", f"\n{QUOTE_BAR}") if quoted else data)

    def _begin_quote(self) -> None:
        if self.text.plain and not self.text.plain.endswith("\n"):
            self._write("\n")
        self._write(QUOTE_BAR)

    def _write(self, words: str) -> None:
        self.text.append(words, sum((style for _, style in self._open), Style.null()))

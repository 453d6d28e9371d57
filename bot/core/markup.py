"""Text with a little markup, as Telegram's HTML and as the plain words it falls back to.

Marks are control characters, which foreign text has lost by the time it comes here (`clean`), so that markup can only
be ours, and a length is that of what is read. A newcomer's mistake is to escape a text before it comes here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from html import escape

from bot.core.model import Rendered

TIME_FORMAT = "Dt"  # a long date and a short time, in the reader's own zone
LONG_QUOTE = 240  # characters, from which a quote is folded until it is tapped
OPEN, FOLDED = "\x12", "\x13"
_TAGS = {
    "\x0e": "<b>",
    "\x0f": "</b>",
    "\x10": "<i>",
    "\x11": "</i>",
    OPEN: "<blockquote>",
    FOLDED: "<blockquote expandable>",
    "\x14": "</blockquote>",
    "\x17": "</tg-time>",
}
JOINER = "\u2060"  # of no width; Telegram finds neither a command nor a link across it
_LIVE = re.compile(r"(?<![\w/])[@/](?=\w)|(?<!http)(?<!https):(?=//)", re.IGNORECASE)
_TIME = re.compile("\x15([0-9]+)\x16")
_MARKS = re.compile("\x15[0-9]+\x16|[\x0e-\x17]")


def bold(text: str) -> str:
    return f"\x0e{text}\x0f"


def italic(text: str) -> str:
    return f"\x10{text}\x11"


def quoted(text: str) -> str:
    """A quotation on lines of its own."""
    return f"{FOLDED if len(text) > LONG_QUOTE else OPEN}{text}\x14"


def timed(moment: datetime, said: str) -> str:
    """A time that Telegram shows each reader in their own zone; `said` is for those who cannot see it so."""
    return f"\x15{int(moment.timestamp())}\x16{said}\x17"


def inert(text: str) -> str:
    """The text without what Telegram would make live by itself: commands, mentions, links that are not of the web."""
    return _LIVE.sub(rf"\g<0>{JOINER}", text)


def foreign(text: str) -> str:
    """A text of others as HTML: none of it is markup, and none is live."""
    return escape(inert(text))


def html(text: str) -> str:
    tagged = _TIME.sub(rf'<tg-time unix="\1" format="{TIME_FORMAT}">', escape(text))
    return _MARKS.sub(lambda found: _TAGS.get(found[0], ""), tagged)


def plain(text: str) -> str:
    return _MARKS.sub("", text)


def rendered(lines: Iterable[str], link: str, language: str) -> Rendered:
    """A message of these lines; the empty ones are left out."""
    text = inert("\n".join(line for line in lines if line))
    return Rendered(html(text), plain(text), link, language)

"""What the data of a button says: which screen, of which chat and rule, with which choice, and where one came from.

A newcomer believes it: a tap's data is whatever the client sends. It names a wish ("critical alerts pass"), not a
toggle, and a rule or a row by a reference that is good for one chat alone, so a forged, repeated or outdated tap does
nothing that its sender could not ask for anyway.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import blake2s
from typing import TypeVar

from telegram import InlineKeyboardButton

from bot.telegram import texts

PAGE_SIZE = 8
REFERENCE_BYTES = 8
SHORT_BYTES = 4  # of what is looked for among a few
# With the longest of everything, 62 of Telegram's 64 bytes.
DATA = re.compile(
    r"(?P<screen>[a-z]{2})(?P<target>-[0-9]{1,15})?:(?P<reference>[0-9a-f]{16})?"
    r":(?P<value>[A-Za-z0-9.-]{0,12}):(?P<origin>[a-z][0-9a-f]{0,8}\.[0-9]{1,3})?",
    re.ASCII,
)
T = TypeVar("T")


class Screen(StrEnum):
    """What a tap leads to."""

    BROWSE = "ba"
    PLACES = "bp"
    EVENTS = "be"
    RULES = "br"
    CARD = "bc"
    SUBSCRIBE = "by"
    UNSUBSCRIBE = "bn"
    MINE = "bm"
    LEAVE = "bl"
    RETURN = "bu"
    OPTIONS = "oo"
    MINIMUM = "om"
    TOLL = "ot"
    RHYTHM = "or"
    SOUND = "os"
    INSIDE = "oi"
    NARROW = "on"
    HERE = "oh"
    TONGUES = "ol"
    TONGUE = "op"
    SETTINGS = "sa"
    LANGUAGES = "sl"
    SPEAK = "sp"
    ZONES = "sz"
    ZONE = "so"
    HOURS = "sh"
    QUIET = "sq"
    CRITICAL = "sc"
    CHAT_SOUND = "ss"
    MUTABLE = "ma"
    SPANS = "ms"
    INCIDENT_SPANS = "mi"
    MUTE_RULE = "mr"
    MUTE_INCIDENT = "mt"
    MUTES = "ml"
    UNMUTE = "mu"
    CHANNELS = "ca"
    CHANNEL = "cc"
    FORGET = "cf"
    FORGOTTEN = "cg"


@dataclass(frozen=True, slots=True)
class Origin:
    """The list that a card was opened from: p(lace), e(vent), a(ll) or m(ine), which group of it, and its page."""

    kind: str = "a"
    group: str = ""
    page: int = 0

    def __str__(self) -> str:
        return f"{self.kind}{self.group}.{self.page}"


@dataclass(frozen=True, slots=True)
class Tap:
    """`target` is the channel that is decided for; None for the chat of the tap."""

    screen: Screen
    target: int | None = None
    reference: str = ""
    value: str = ""
    origin: Origin | None = None

    def data(self) -> str:
        target = "" if self.target is None else str(self.target)
        return f"{self.screen}{target}:{self.reference}:{self.value}:{self.origin or ''}"

    def to(self, screen: Screen, value: str = "", origin: Origin | None = None) -> Tap:
        """Another screen of the same chat, rule and, unless another is named, origin."""
        return replace(self, screen=screen, value=value, origin=origin or self.origin)

    def button(self, label: str) -> InlineKeyboardButton:
        return InlineKeyboardButton(label, callback_data=self.data())

    @property
    def page(self) -> int:
        return int(self.value) if self.value.isdecimal() else 0


def read_tap(data: str) -> Tap | None:
    """None for data that no button of ours can hold."""
    found = DATA.fullmatch(data)
    if found is None or found["screen"] not in list(Screen):
        return None
    target = int(found["target"]) if found["target"] else None
    return Tap(Screen(found["screen"]), target, found["reference"] or "", found["value"], _origin(found["origin"]))


def _origin(said: str | None) -> Origin | None:
    if not said:
        return None
    list_, _, page = said.partition(".")
    return Origin(list_[0], list_[1:], int(page))


def pattern(*screens: Screen) -> str:
    """The data of the taps that lead to these screens; what else it holds is for `read_tap` to judge."""
    return f"(?:{'|'.join(screens)})[^\n]*"


# ---------------------------------------------------------------- references
def reference(chat_id: int, name: str) -> str:
    """Short whatever it is called, and of no use in another chat."""
    return blake2s(f"{chat_id} {name}".encode(), digest_size=REFERENCE_BYTES).hexdigest()


def short(chat_id: int, name: str) -> str:
    return blake2s(f"{chat_id} {name}".encode(), digest_size=SHORT_BYTES).hexdigest()


def meant(said: str, among: Iterable[T], name: Callable[[T], str]) -> T | None:
    """That of several things whose name has this reference."""
    return next((each for each in among if name(each) == said), None)


# ---------------------------------------------------------------- pages
def page_of(page: int, items: Sequence[T]) -> tuple[int, Sequence[T]]:
    """The page that there is, nearest to the one asked for, and what is on it."""
    page = min(page, pages(items) - 1)
    return page, items[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]


def pages(items: Sequence[object]) -> int:
    return max(1, -(-len(items) // PAGE_SIZE))


def turning(page: int, count: int, to: Callable[[int], Tap]) -> Iterator[list[InlineKeyboardButton]]:
    """Round and round, so that both arrows are always there; nothing for a single page."""
    if count > 1:
        labels = {
            texts.PREVIOUS_PAGE: (page - 1) % count,
            texts.page_of(page, count): page,
            texts.NEXT_PAGE: (page + 1) % count,
        }
        yield [to(target).button(label) for label, target in labels.items()]

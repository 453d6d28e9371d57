"""Feeds parsed behind a deadline, and of those that are asked again only what is new.

A newcomer's mistake is to call `remember` early: what is remembered is never parsed again, so its reports must have
been recorded before.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.core.model import Entry
from bot.feeds.child import DEADLINE_SECONDS, Child, DeadError, OverdueError
from bot.feeds.errors import FeedError, PoisonousFeedError
from bot.feeds.fetch import Fetched
from bot.feeds.known import KnownItems

STRIKES_BEFORE_QUARANTINE: Final = 2  # one may be the machine's fault
QUARANTINE: Final = timedelta(days=1)  # doubled by every further strike
LONGEST_QUARANTINE: Final = timedelta(days=7)
_MOST_STRUCK: Final = 10_000  # feeds whose strikes are counted; no desk has so many evil ones
_MINUTES: Final = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What a body holds. `ttl_seconds` is how often the feed wants to be asked; `note` says what was left out.

    `items` are digests for `Parser.remember`, of all items in the body, whether their entries are here or not;
    `seconds` is how long the parser was busy with it.
    """

    title: str
    ttl_seconds: int | None
    entries: tuple[Entry, ...]
    note: str = ""
    items: bytes = b""
    seconds: float = 0.0


class Parser:
    """Two children, each with one body at a time; further calls wait their turn.

    The second is for feeds in doubt: however long they take, the others do not wait behind them.
    """

    def __init__(self, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self._child = Child("bot.feeds.worker", deadline_seconds)
        self._child_for_doubtful = Child("bot.feeds.worker", deadline_seconds)
        self._known = KnownItems()
        self._strikes: Counter[str] = Counter()

    async def parse(self, body: bytes, content_type: str, base_url: str) -> ParsedFeed:
        """The feed in a body; FeedError if there is none, or if it takes longer than the deadline.

        `base_url` is what a message calls the feed; links stay as relative as the feed has them. A feed that kills the
        child for the second time running, by time or memory, is a PoisonousFeedError.
        """
        question = _question(content_type, b"")
        return await self._parse(self._child, question, body, base_url, base_url)

    async def parse_new(self, answer: Fetched, feed_url: str, *, is_doubtful: bool = False) -> ParsedFeed:
        """Like `parse`, but without the entries of items that were remembered of this feed."""
        question = _question(answer.content_type, self._known.of(feed_url))
        child = self._child_for_doubtful if is_doubtful else self._child
        return await self._parse(child, question, answer.body, answer.url, feed_url)

    def remember(self, feed_url: str, parsed: ParsedFeed) -> None:
        """The reports of this feed are recorded: its items need not be parsed again. Forgotten at a restart."""
        self._known.keep(feed_url, parsed.items)

    async def close(self) -> None:
        await self._child.close()
        await self._child_for_doubtful.close()

    async def _parse(
        self, child: Child, question: dict[str, Any], body: bytes, shown: str, feed_url: str
    ) -> ParsedFeed:
        try:
            answer, seconds = await child.ask(question, body)
        except OverdueError as late:
            fault = f"{shown}: parsing it takes longer than {child.deadline_seconds:g} s"
            raise FeedError(fault) if late.was_idle else self._struck(feed_url, fault) from None
        except DeadError as error:
            raise self._struck(feed_url, f"{shown}: the parser died of it") from error
        self._strikes.pop(feed_url, None)
        if "error" in answer:
            raise FeedError(f"{shown}: {answer['error']}")
        return _parsed_feed(answer, seconds)

    def _struck(self, feed_url: str, fault: str) -> FeedError:
        if len(self._strikes) >= _MOST_STRUCK and feed_url not in self._strikes:
            self._strikes.pop(next(iter(self._strikes)))
        self._strikes[feed_url] += 1
        doublings = self._strikes[feed_url] - STRIKES_BEFORE_QUARANTINE
        if doublings < 0:
            return FeedError(fault)
        wait = min(QUARANTINE * 2 ** min(doublings, 8), LONGEST_QUARANTINE)
        return PoisonousFeedError(
            f"{fault}, again; left alone for {wait.days} {'day' if wait.days == 1 else 'days'}", retry_after=wait
        )


def _question(content_type: str, known: bytes) -> dict[str, Any]:
    return {"content_type": content_type, "known": known.hex()}


def _parsed_feed(answer: dict[str, Any], seconds: float) -> ParsedFeed:
    return ParsedFeed(
        title=answer["title"],
        ttl_seconds=int(answer["ttl"]) * 60 if _MINUTES.fullmatch(answer["ttl"].strip()) else None,
        entries=tuple(_entry(entry) for entry in answer["entries"]),
        note=answer["note"],
        items=bytes.fromhex(answer["items"]),
        seconds=seconds,
    )


def _entry(fields: dict[str, Any]) -> Entry:
    published = fields.pop("published")
    return Entry(**fields, published=datetime.fromisoformat(published) if published else None)

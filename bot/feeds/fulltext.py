"""The whole story behind a teaser: the page that a report links to, fetched and read within limits.

A newcomer's mistake is to let the page replace what the feed said: behind the link may be a wall that asks for money
or consent. So a page must tell of the same thing, the feed's words stay, and so do the report's keys and digest, by
which the same entry is known at the next poll.
"""

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import aiohttp

from bot.core.model import Report
from bot.feeds.child import DEADLINE_SECONDS, Child, DeadError, OverdueError
from bot.feeds.entries import capped
from bot.feeds.errors import FeedError
from bot.feeds.fetch import Limits, fetch_page

TEASER_MAX_CHARACTERS: Final = 600  # two paragraphs; a story that is no longer loses nothing by a second look
_BREAKS_OFF: Final = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|(?:read|continue|see) (?:more|reading)[^.]{0,40})\s*$", re.IGNORECASE
)
_WORD: Final = re.compile(r"\w{4,}")  # shorter ones stand on every page
_SHARED_WORDS: Final = 0.5  # of the report's, at least, that a page has which tells of the same thing

_EACH: Final = Limits(total_seconds=10.0, body_bytes=3_000_000)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PageLimits:
    """What the pages of one poll may cost: `pages` of them, the newest, `total_seconds` for all; `each` is for one."""

    pages: int = 10
    total_seconds: float = 30.0
    each: Limits = _EACH


DEFAULT_PAGE_LIMITS: Final = PageLimits()


@dataclass(frozen=True, slots=True)
class Story:
    """What a page tells, plain text; all of it empty where no story is found. `source` is the name of the site."""

    title: str
    text: str
    source: str


class PageReader:
    """Completes the reports of the feeds that want it from their pages. Its child starts with the first page."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        feed_urls: frozenset[str] = frozenset(),
        limits: PageLimits = DEFAULT_PAGE_LIMITS,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self._http = http
        self._feed_urls = feed_urls
        self._limits = limits
        self._child = Child("bot.feeds.page_worker", deadline_seconds)
        self._failing: set[str] = set()  # the feeds whose pages could not be read, said once until one can

    async def complete(self, reports: Sequence[Report], feed_url: str) -> list[Report]:
        """The reports, in their order; teasers with the text of their pages where that is wanted and to be had in time.

        Of too many teasers the last ones are completed. Whatever fails is logged once for the feed, never raised.
        """
        if feed_url not in self._feed_urls:
            return list(reports)
        teasers = [at for at, report in enumerate(reports) if report.url and is_teaser(report.text)]
        completed = list(reports)
        try:
            async with asyncio.timeout(self._limits.total_seconds):
                for at in reversed(teasers[-self._limits.pages :]):
                    completed[at] = await self._completed(reports[at], feed_url)
        except TimeoutError:
            self._failed(feed_url, reports[0], f"its pages take longer than {self._limits.total_seconds:g} s")
        return completed

    async def story_at(self, url: str) -> Story:
        """The story on one page, whoever links to it. FeedError where the page cannot be had or read in time."""
        return await self._story(await fetch_page(url, self._http, self._limits.each), url)

    async def close(self) -> None:
        await self._child.close()

    async def _completed(self, report: Report, feed_url: str) -> Report:
        try:
            completed = with_story(report, (await self.story_at(report.url)).text)
        except FeedError as error:
            self._failed(feed_url, report, str(error))
            return report
        self._failing.discard(feed_url)
        return completed

    async def _story(self, body: bytes, url: str) -> Story:
        try:
            answer, _ = await self._child.ask({"url": url}, body)
        except OverdueError:
            raise FeedError(f"{url}: reading the page takes longer than {self._child.deadline_seconds:g} s") from None
        except DeadError as error:
            raise FeedError(f"{url}: the reader of pages died of it") from error
        if "error" in answer:
            raise FeedError(f"{url}: {answer['error']}")
        return Story(**answer)

    def _failed(self, feed_url: str, report: Report, fault: str) -> None:
        """The source names the feed: its address may hold a password."""
        if feed_url not in self._failing:
            self._failing.add(feed_url)
            log.warning("full text of %s: %s; what the feed itself says is read alone", report.source, fault)


def is_teaser(text: str) -> bool:
    """Whether there is probably more behind the link than the feed tells."""
    return len(text) < TEASER_MAX_CHARACTERS or _BREAKS_OFF.search(text) is not None


def with_story(report: Report, story: str) -> Report:
    """The report with the story of its page. FeedError where that story is another or none."""
    if not story:
        raise FeedError(f"{report.url}: no story is found on the page")
    excerpt = _BREAKS_OFF.sub("", report.text).strip()
    if not _tells_of(f"{report.title} {excerpt}", story):
        raise FeedError(f"{report.url}: the page does not tell what the feed says")
    if _folded(excerpt) in _folded(story):
        return replace(report, text=story)
    return replace(report, text=capped(f"{report.text}\n{story}"))


def _tells_of(said: str, story: str) -> bool:
    words = set(_WORD.findall(said.casefold()))
    shared = words.intersection(_WORD.findall(story.casefold()))
    return bool(words) and len(shared) >= _SHARED_WORDS * len(words)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())

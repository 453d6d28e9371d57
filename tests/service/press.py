"""Outlets with feeds that a test fills while the bot reads them.

Each is a server of its own: the bot asks a server one thing at a time, so two outlets on one would wait for each other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from bot.core.model import Feed
from tests.feeds.feed_server import FeedServer, answer

PATH = "/feed"
NOW = timedelta(0)


@dataclass(frozen=True, slots=True)
class Article:
    link: str
    title: str
    text: str
    published: datetime

    def item(self) -> str:
        return (
            f"<item><guid>{self.link}</guid><link>{self.link}</link><title>{escape(self.title)}</title>"
            f"<pubDate>{format_datetime(self.published)}</pubDate><description>{escape(self.text)}</description></item>"
        )


@dataclass
class Outlet:
    """One outlet. Its ETag changes with every article, and whoever shows the newest one gets a 304."""

    title: str
    server: FeedServer
    articles: list[Article] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server.pages[PATH] = self._play

    @property
    def feed(self) -> Feed:
        return Feed(self.server.url(PATH), self.title, home="SY")

    @property
    def asked_with(self) -> list[str]:
        """The ETag of every request so far; empty where there was none."""
        return [request.headers.get("if-none-match", "") for request in self.server.requests]

    def publishes(self, text: str, title: str = "Morning bulletin", age: timedelta = NOW) -> Article:
        link = self.server.url(f"/{len(self.articles) + 1}")
        article = Article(link, title, text, datetime.now(UTC) - age)
        self.articles.insert(0, article)
        return article

    async def _play(self, writer: asyncio.StreamWriter) -> None:
        etag = f'"{len(self.articles)}"'
        if self.asked_with[-1] == etag:
            writer.write(answer(b"304 Not Modified", ETag=etag))
        else:
            body = "".join(_rss(self.title, self.articles)).encode()
            writer.write(answer(body=body, Content_Type="application/rss+xml", ETag=etag))
        await writer.drain()


def _rss(title: str, articles: Iterable[Article]) -> Iterable[str]:
    yield f'<?xml version="1.0"?><rss version="2.0"><channel><title>{escape(title)}</title>'
    yield from (article.item() for article in articles)
    yield "</channel></rss>"

"""A feed server on loopback that plays a story: each outlet is an RSS feed, and its reports appear one after another.

A newcomer's mistake is to think the demo pretends: only this server does; what asks it is the real service.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from aiohttp import web

from bot.core.model import Feed
from bot.seeds import SeedReport, Story

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HOST = "127.0.0.1"


class Stage:
    """The outlets of a story as feeds; `publish` makes the next report appear."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._waiting = list(story.reports)
        self._published: list[tuple[SeedReport, datetime]] = []
        self.address = ""

    @property
    def feeds(self) -> tuple[Feed, ...]:
        return tuple(replace(feed, url=f"{self.address}/{id_}.xml") for id_, feed in self._story.outlets.items())

    def publish(self) -> SeedReport | None:
        """The report that appears now, None when the story has been told."""
        if not self._waiting:
            return None
        report = self._waiting.pop(0)
        self._published.append((report, datetime.now(UTC)))
        return report

    async def answer(self, request: web.Request) -> web.Response:
        """A feed, or 304 when the asker has it already."""
        outlet = request.match_info["outlet"]
        if outlet not in self._story.outlets:
            raise web.HTTPNotFound
        items = [(report, at) for report, at in self._published if report.outlet == outlet]
        etag = f'"{len(items)}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=web.HTTPNotModified.status_code, headers={"ETag": etag})
        body = "".join(_rss(self._story.outlets[outlet].title, items, self.address))
        return web.Response(text=body, content_type="application/rss+xml", headers={"ETag": etag})


def _rss(title: str, items: list[tuple[SeedReport, datetime]], address: str) -> Iterator[str]:
    yield f'<?xml version="1.0"?><rss version="2.0"><channel><title>{escape(title)}</title>'
    for report, published in reversed(items):
        text = "".join(f"<p>{escape(line)}</p>" for line in report.text.splitlines() if line)
        yield f"<item><guid>{report.id}</guid><title>{escape(report.title)}</title>"
        yield f"<link>{address}/{report.id}</link><pubDate>{format_datetime(published)}</pubDate>"
        yield f"<description>{escape(text)}</description></item>"
    yield "</channel></rss>"


@asynccontextmanager
async def open_stage(story: Story) -> AsyncIterator[Stage]:
    """The stage, reachable on a free port of loopback."""
    stage = Stage(story)
    application = web.Application()
    application.add_routes([web.get("/{outlet}.xml", stage.answer)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, HOST, 0)
    await site.start()
    port = runner.addresses[0][1]
    stage.address = f"http://{HOST}:{port}"
    try:
        yield stage
    finally:
        await runner.cleanup()

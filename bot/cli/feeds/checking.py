"""`tocsin feeds check`: asks feeds now, as the bot would, and says what came of it.

A newcomer's mistake is to check with a browser: that sends cookies, runs scripts and is let in where a bot is not.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot import __version__
from bot.cli.feeds.tables import Column, moment, print_table, shown, stamp
from bot.cli.lines import speak_utf8
from bot.config import Config, ConfigError, Polling, usual_path
from bot.config import load as load_config
from bot.core.model import Feed
from bot.feeds.errors import FeedError
from bot.feeds.fetch import Ask, Fetched, Limits, Unchanged, fetch
from bot.feeds.guard import open_session, user_agent
from bot.feeds.parse import ParsedFeed, Parser

_ROOT = re.compile(rb"<(?:[\w.-]+:)?(rss|feed|rdf)\b([^>]*)", re.IGNORECASE)
_VERSION = re.compile(rb"""\bversion\s*=\s*["']([0-9.]{1,8})["']""")
_SNIFFED_BYTES = 4_096
_NO_CONFIG = Config(feeds=(), database="", state=Path())


@dataclass(frozen=True, slots=True)
class Checked:
    """One feed as it answered. `moved` is where it is now for good; `proposed` a feed that a web page names."""

    url: str
    title: str
    error: str = ""
    entries: int = 0
    newest: datetime | None = None
    form: str = ""
    validators: tuple[str, ...] = ()
    moved: str = ""
    proposed: str = ""


COLUMNS: Sequence[Column[Checked]] = (
    ("title", lambda feed: feed.title),
    ("address", lambda feed: shown(feed.url)),
    ("answer", lambda feed: "failed" if feed.error else "ok"),
    ("entries", lambda feed: "" if feed.error else str(feed.entries)),
    ("newest entry (UTC)", lambda feed: "" if feed.error else moment(feed.newest)),
    ("format", lambda feed: feed.form),
    ("validators", lambda feed: "" if feed.error else ", ".join(feed.validators) or "none"),
    ("what is wrong", lambda feed: feed.error or (f"moved for good to {feed.moved}" if feed.moved else "")),
)


def check_feeds(urls: Sequence[str], config: Path | None, *, as_json: bool) -> int:
    """Ask the feeds named, else all of the config. The exit status: 1 when any fails, 2 without a configuration."""
    speak_utf8()
    try:
        settings = _settings(urls, config)
    except ConfigError as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return 2
    checked = asyncio.run(ask_all(_asked(urls, settings.feeds), settings.polling))
    if as_json:
        print(json.dumps({"feeds": [_object(feed) for feed in checked]}, ensure_ascii=False, indent=2))
    else:
        print_table(COLUMNS, checked, lambda feed: "red" if feed.error else "")
    failed = sum(bool(feed.error) for feed in checked)
    print(f"{len(checked):,} feeds asked, {failed:,} failed", file=sys.stderr)
    return 1 if failed else 0


def _settings(urls: Sequence[str], config: Path | None) -> Config:
    """The configuration; feeds that are named can do without."""
    if urls and config is None and not usual_path(os.environ).exists():
        return _NO_CONFIG
    return load_config(config, os.environ)


def _asked(urls: Sequence[str], configured: Iterable[Feed]) -> list[Feed]:
    known = {feed.url: feed for feed in configured}
    return [known.get(url, Feed(url)) for url in dict.fromkeys(urls)] if urls else list(known.values())


# ---------------------------------------------------------------- asking
async def ask_all(feeds: Sequence[Feed], polling: Polling) -> list[Checked]:
    """The answers in the order of the feeds, so many at once as the config lets the bot ask."""
    free = asyncio.Semaphore(polling.concurrent)
    limits = Limits(total_seconds=polling.timeout.total_seconds())
    async with _equipment(polling) as (http, parser):
        with _bar() as bar:
            task = bar.add_task("feeds asked", total=len(feeds))

            async def one(feed: Feed) -> Checked:
                async with free:
                    checked = await _check(feed, http, parser, limits)
                bar.advance(task)
                return checked

            return await asyncio.gather(*map(one, feeds))


@asynccontextmanager
async def _equipment(polling: Polling) -> AsyncIterator[tuple[aiohttp.ClientSession, Parser]]:
    parser = Parser()
    try:
        async with open_session(user_agent(__version__, polling.contact), polling.allow_private) as http:
            yield http, parser
    finally:
        await parser.close()


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())


async def _check(feed: Feed, http: aiohttp.ClientSession, parser: Parser, limits: Limits) -> Checked:
    try:
        answer = await fetch(Ask(feed.url), http, limits)
        assert not isinstance(answer, Unchanged)  # nothing was known that could be unchanged
        parsed = await parser.parse(answer.body, answer.content_type, answer.url)
    except FeedError as error:
        why = str(error).removeprefix(f"{shown(feed.url)}: ")
        return Checked(feed.url, feed.title, why, proposed=error.proposed)
    return _answered(feed, answer, parsed)


def _answered(feed: Feed, answer: Fetched, parsed: ParsedFeed) -> Checked:
    validators = {"ETag": answer.etag, "Last-Modified": answer.last_modified}
    return Checked(
        url=feed.url,
        title=feed.title or parsed.title,
        entries=len(parsed.entries),
        newest=max((_aware(entry.published) for entry in parsed.entries if entry.published), default=None),
        form=form_of(answer.body),
        validators=tuple(name for name, value in validators.items() if value),
        moved=shown(answer.url) if answer.permanent else "",
    )


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def form_of(body: bytes) -> str:
    """What kind of feed a body is by its first element: "RSS 2.0", "Atom"; empty where that says nothing."""
    head = body[:_SNIFFED_BYTES]
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return "JSON Feed"
    root = _ROOT.search(head)
    if root is None:
        return ""
    version = _VERSION.search(root[2])
    match root[1].lower():
        case b"feed":
            return "Atom"
        case b"rss":
            return f"RSS {version[1].decode()}" if version else "RSS"
        case _:
            return "RSS 1.0"


def _object(feed: Checked) -> dict[str, object]:
    return {
        "url": shown(feed.url),
        "title": feed.title,
        "ok": not feed.error,
        "entries": feed.entries,
        "newest": stamp(feed.newest),
        "format": feed.form,
        "validators": list(feed.validators),
        "moved": feed.moved or None,
        "error": feed.error or None,
        "proposed": feed.proposed or None,
    }

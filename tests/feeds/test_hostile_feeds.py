"""Bodies that want the parser's time, memory or network: each is stopped in seconds and costs its own feed alone."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.feeds.errors import FeedError, PoisonousFeedError
from bot.feeds.fetch import Fetched
from bot.feeds.parse import ParsedFeed, Parser
from tests.feeds.feed_server import RSS, answer, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

FEED = "https://example.org/news/feed.xml"
POISON = b'<rss version="2.0"><channel><item><title>T</title><description>%s</description></item></channel></rss>' % (
    b"&lt;div&gt;" * 200_000
)


@pytest_asyncio.fixture(loop_scope="module")
async def hasty() -> AsyncIterator[Parser]:
    parser = Parser(deadline_seconds=0.3)
    yield parser
    await parser.close()


def fetched(body: bytes) -> Fetched:
    return Fetched(
        url=FEED,
        etag="",
        last_modified="",
        permanent=False,
        fresh_seconds=0.0,
        body=body,
        body_digest="",
        content_type="text/xml",
    )


async def read(parser: Parser, body: bytes, feed: str = FEED) -> ParsedFeed:
    return await parser.parse_new(fetched(body), feed)


def rss(items: bytes) -> bytes:
    return b'<rss version="2.0"><channel><title>News</title>' + items + b"</channel></rss>"


def item(inside: bytes) -> bytes:
    return b"<item><title>T</title>" + inside + b"</item>"


# ---------------------------------------------------------------- bombs
LAUGHS = b'<!DOCTYPE r [<!ENTITY a "ha">%s]>' % b"".join(
    b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 10) for letter in b"bcdefghij"
)
HARMLESS = {
    "an author of 100 KB": rss(item(b"<author>x@" + b"a." * 50_000 + b"</author>")),
    "200 authors of 4 KB": rss(item(b"<author>x@" + b"a." * 2_000 + b"</author>") * 200),
    "comments that never end": rss(item(b"<description><![CDATA[" + b"<!--" * 100_000 + b"]]></description>")),
    "a comment of 1 MB": rss(item(b"<!--" + b"a" * 1_000_000 + b"-->")),
}
COSTLY = {
    "200,000 attributes": rss(b"<item " + b" ".join(b'a%d="1"' % n for n in range(200_000)) + b"/></bad>"),
    "200,000 items": rss(b"<item><title>T</title></item>" * 200_000),
    "100,000 nested elements": rss(item(b"<a>" * 100_000 + b"</a>" * 100_000)),
    "ten billion laughs": LAUGHS + rss(item(b"<description>&j;</description>")),
    "one long entity, often": b'<!DOCTYPE r [<!ENTITY a "%s">]>' % (b"a" * 50_000) + rss(item(b"&a;" * 50_000)),
    "JSON, nested": b'{"version":' * 400_000,
    "JSON, of 2 million lists": b'{"version": "https://jsonfeed.org/version/1", "items": ['
    + b"[]," * 1_500_000
    + b"0]}",
}


@pytest.mark.parametrize("body", HARMLESS.values(), ids=HARMLESS)
async def test_what_would_take_minutes_is_read_in_a_moment(parser: Parser, body: bytes):
    started = time.monotonic()
    feed = await read(parser, body)
    assert feed.entries[0].title == "T"
    assert time.monotonic() - started < 2.0


@pytest.mark.parametrize("body", COSTLY.values(), ids=COSTLY)
async def test_a_bomb_costs_no_more_than_the_deadline_and_the_next_feed_nothing(parser: Parser, body: bytes):
    started = time.monotonic()
    (outcome,) = await asyncio.gather(read(parser, body), return_exceptions=True)
    assert isinstance(outcome, FeedError | ParsedFeed)
    assert time.monotonic() - started < 4.0
    assert (await read(parser, RSS, "another feed")).title == "Village News"


async def test_a_feed_in_doubt_keeps_no_other_waiting(parser: Parser):
    await asyncio.gather(*(parser.parse_new(fetched(RSS), "warm", is_doubtful=doubt) for doubt in (True, False)))
    busy = asyncio.create_task(parser.parse_new(fetched(POISON), "in doubt", is_doubtful=True))
    await asyncio.sleep(0)
    assert (await read(parser, RSS, "beside it")).entries
    assert not busy.done()
    await asyncio.gather(busy, return_exceptions=True)


async def test_the_child_gets_no_more_than_a_gigabyte(parser: Parser):
    await read(parser, RSS)
    assert parser._child._process is not None
    limits = await asyncio.to_thread(Path(f"/proc/{parser._child._process.pid}/limits").read_text)
    (limit,) = (line.split() for line in limits.splitlines() if line.startswith("Max address space"))
    assert int(limit[3]) <= 1 << 30


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE rss SYSTEM "{0}">',
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "{0}">]>',
        '<!DOCTYPE rss [<!ENTITY % x SYSTEM "{0}"> %x;]>',
        '<?xml-stylesheet href="{0}"?>',
    ],
)
async def test_nothing_that_a_feed_points_to_is_fetched(parser: Parser, doctype: str):
    async with serving() as outside:
        outside.pages["/secret"] = answer(body=b"<!ENTITY y 'secret'>")
        feed = await read(parser, doctype.format(outside.url("/secret")).encode() + rss(item(b"<title>&x;</title>")))
        assert "secret" not in str(feed)
        assert outside.requests == []


# ---------------------------------------------------------------- quarantine
async def strike(parser: Parser, feed: str = FEED) -> FeedError:
    with pytest.raises(FeedError, match=r"takes longer than 0\.3 s") as caught:
        await read(parser, POISON, feed)
    return caught.value


async def test_a_feed_that_kills_the_parser_twice_is_left_alone_ever_longer(hasty: Parser):
    first, *further = [await strike(hasty) for _ in range(6)]
    assert (type(first), first.quarantine, first.retry_after) == (FeedError, False, None)
    assert all(isinstance(error, PoisonousFeedError) and error.quarantine for error in further)
    assert [error.retry_after for error in further] == [timedelta(days=days) for days in (1, 2, 4, 7, 7)]
    assert "left alone for 1 day" in str(further[0])


async def test_strikes_are_each_feeds_own_and_end_with_a_body_that_can_be_parsed(hasty: Parser):
    await strike(hasty, "a")
    assert not (await strike(hasty, "b")).quarantine
    await read(hasty, RSS, "a")
    assert not (await strike(hasty, "a")).quarantine
    assert (await strike(hasty, "b")).quarantine


async def test_a_machine_that_had_no_time_for_the_child_is_not_the_feeds_fault(hasty: Parser):
    for _ in range(3):
        os.kill((await hasty._child._living()).pid, signal.SIGSTOP)
        with pytest.raises(FeedError, match="takes longer") as caught:
            await read(hasty, RSS)
        assert not caught.value.quarantine


async def test_a_crash_is_a_strike_too(parser: Parser):
    outcomes: list[object] = []
    for _ in range(2):
        parser._child._process = await _dying(parser)
        outcomes += await asyncio.gather(read(parser, RSS, "crashing"), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [FeedError, PoisonousFeedError]


async def _dying(parser: Parser) -> asyncio.subprocess.Process:
    """A child that is dead, though nobody has noticed yet."""
    child = await parser._child._living()
    child.kill()
    return child


# ---------------------------------------------------------------- memory
async def test_items_are_parsed_again_until_they_are_said_to_be_recorded(parser: Parser):
    first = await read(parser, RSS, "a")
    assert len((await read(parser, RSS, "a")).entries) == len(first.entries) == 1
    parser.remember("a", first)
    assert (await read(parser, RSS, "a")).entries == ()
    assert len((await read(parser, RSS, "b")).entries) == 1
    assert len((await parser.parse(RSS, "text/xml", "a")).entries) == 1


async def test_a_body_that_cannot_be_sliced_ends_the_memory_of_the_one_before(parser: Parser):
    parser.remember("c", await read(parser, RSS, "c"))
    broken = RSS.replace(b"</channel>", b"")
    parser.remember("c", await read(parser, broken, "c"))
    assert len((await read(parser, RSS, "c")).entries) == 1

"""Bodies, kind and hostile, given to the real child process; all stories share one, as all feeds do."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from bot.core.model import Entry
from bot.feeds.child import send, start
from bot.feeds.errors import FeedError
from bot.feeds.parse import ParsedFeed, Parser
from tests.feeds.feed_server import RSS
from tests.service.processes import ROOT

pytestmark = pytest.mark.asyncio(loop_scope="module")

BASE = "https://example.org/news/feed.xml"
XML = "text/xml"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hasty() -> AsyncIterator[Parser]:
    parser = Parser(deadline_seconds=0.4)
    yield parser
    await parser.close()


async def parse(parser: Parser, body: bytes, content_type: str = XML) -> ParsedFeed:
    return await parser.parse(body, content_type, BASE)


def rss(items: bytes, channel: bytes = b"<title>News</title>") -> bytes:
    return b'<rss version="2.0"><channel>' + channel + items + b"</channel></rss>"


async def test_an_rss_feed_is_read(parser: Parser):
    item = (
        b"<item><title>Shelling &lt;b&gt;kills&lt;/b&gt; 11</title><link>/news/1</link><guid>g1</guid>"
        b"<pubDate>Thu, 05 Mar 2020 14:10:00 +0200</pubDate>"
        b"<description>&lt;p&gt;In Binnish.&lt;/p&gt;</description></item>"
    )
    feed = await parse(parser, rss(item, b"<title>Village &amp;amp; News</title><ttl>30</ttl>"))
    assert (feed.title, feed.ttl_seconds, feed.note) == ("Village & News", 1800, "")
    assert feed.entries == (
        Entry(
            guid="g1",
            link="/news/1",
            title="Shelling kills 11",
            html="In Binnish.",
            published=datetime(2020, 3, 5, 12, 10, tzinfo=UTC),
        ),
    )


async def test_an_atom_feed_is_read(parser: Parser):
    body = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><entry><id>tag:1</id><title>T</title>'
        b'<link href="https://example.org/1"/><updated>2020-03-05T12:10:00Z</updated>'
        b'<content type="html">&lt;p&gt;The whole story.&lt;/p&gt;</content><summary>Teaser</summary></entry></feed>'
    )
    (entry,) = (await parse(parser, body, "application/atom+xml")).entries
    assert (entry.guid, entry.html) == ("tag:1", "The whole story.")
    assert entry.published == datetime(2020, 3, 5, 12, 10, tzinfo=UTC)


async def test_the_charset_of_the_header_is_believed(parser: Parser):
    item = "<item><title>Обстрел</title></item>".encode("windows-1251")
    (entry,) = (await parse(parser, rss(item), "application/rss+xml; charset=windows-1251")).entries
    assert entry.title == "Обстрел"


@pytest.mark.parametrize("date", [b"", b"<pubDate>yesterday</pubDate>", b"<pubDate>0000-00-00</pubDate>"])
async def test_an_entry_without_a_usable_date_has_none(parser: Parser, date: bytes):
    (entry,) = (await parse(parser, rss(b"<item><title>T</title>" + date + b"</item>"))).entries
    assert entry.published is None


async def test_a_feed_without_entries_is_a_feed(parser: Parser):
    assert (await parse(parser, rss(b""))).entries == ()


async def test_a_feed_that_breaks_off_gives_what_it_has(parser: Parser):
    body = rss(b"<item><title>One</title></item><item><title>Two</title></item>")[:-40]
    assert [entry.title for entry in (await parse(parser, body)).entries][:1] == ["One"]


@pytest.mark.parametrize(
    "body",
    [
        b"hello",
        b"\0\xff\xfe",
        b"<urlset><url/></urlset>",
        b'{"items": []}',
        b"<rss",
    ],
)
async def test_what_is_no_feed_is_called_so(parser: Parser, body: bytes):
    with pytest.raises(FeedError, match="not a feed"):
        await parse(parser, body)


async def test_a_body_that_is_a_path_is_not_opened(parser: Parser, tmp_path: Path):
    secret = tmp_path / "feed.xml"
    secret.write_bytes(RSS)
    with pytest.raises(FeedError, match="not a feed"):
        await parse(parser, bytes(secret))


async def test_outside_entities_are_not_fetched(parser: Parser):
    doctype = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    feed = await parse(parser, doctype + rss(b"<item><title>a&x;b</title></item>"))
    assert feed.entries[0].title in {"ab", "a&x;b"}


async def test_of_too_many_entries_the_newest_are_kept_in_order(parser: Parser):
    dated = [b"<item><guid>%d</guid><pubDate>%d-01-01</pubDate></item>" % (year, year) for year in (1999, 2001)]
    feed = await parse(parser, rss(b"<item/>" * 1000 + dated[0] + dated[1] + b"<item/>" * 999))
    assert len(feed.entries) == 2000
    assert [entry.guid for entry in feed.entries if entry.guid] == ["2001"]
    assert feed.note == "only the newest 2000 of 2001 entries were read"


async def test_an_author_that_takes_minutes_by_nature_costs_nothing(parser: Parser):
    author = b"<author>x@" + b"a." * 100_000 + b"</author>"
    (entry,) = (await parse(parser, rss(b"<item><title>T</title>" + author + b"</item>"))).entries
    assert entry.title == "T"


@pytest.mark.parametrize(
    "body",
    [
        rss(b"<item><title>T</title><description>" + b"&lt;div&gt;" * 100_000 + b"</description></item>"),
        rss(b"<item " + b" ".join(b'a%d="1"' % i for i in range(100_000)) + b"><title>T</title></item>" + b"</bad>"),
    ],
    ids=["nested divisions", "attributes"],
)
async def test_a_body_that_takes_too_long_costs_its_own_feed_only(hasty: Parser, body: bytes):
    with pytest.raises(FeedError, match=r"takes longer than 0\.4 s"):
        await parse(hasty, body)
    assert (await parse(hasty, RSS)).title == "Village News"


async def test_a_child_that_dies_is_replaced(parser: Parser):
    await parse(parser, RSS)
    assert parser._child._process is not None
    parser._child._process.kill()
    with pytest.raises(FeedError, match="died"):
        await parse(parser, RSS)
    assert (await parse(parser, RSS)).title == "Village News"


async def test_a_body_that_was_given_up_does_not_answer_for_the_next(parser: Parser):
    given_up = asyncio.create_task(parse(parser, rss(b"<item><title>old</title></item>" * 2000)))
    await asyncio.sleep(0.05)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    assert (await parse(parser, RSS)).title == "Village News"


async def test_bodies_wait_for_their_turn(parser: Parser):
    bodies = [rss(b"", b"<title>%d</title>" % n) for n in range(5)]
    feeds = await asyncio.gather(*(parse(parser, body) for body in bodies))
    assert [feed.title for feed in feeds] == ["0", "1", "2", "3", "4"]


async def test_ctrl_c_at_the_terminal_is_not_for_the_child(parser: Parser):
    await parse(parser, RSS)
    assert parser._child._process is not None
    assert os.getpgid(parser._child._process.pid) != os.getpgid(0)


async def test_a_folder_that_happens_to_be_called_bot_is_not_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "__init__.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    parser = Parser()
    assert (await parse(parser, RSS)).title == "Village News"
    await parser.close()


async def test_a_child_without_parent_does_not_work_for_ever():
    orphan = await start("bot.feeds.worker", 0.1)
    await send(orphan, b'{"content_type": "", "known": ""}', rss(b"<item><title>T</title></item>" * 100_000))
    await orphan.communicate()
    assert orphan.returncode == -signal.SIGALRM


async def test_secrets_of_the_environment_do_not_reach_the_child(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BOT_TOKEN", "secret")
    parser = Parser()
    await parse(parser, RSS)
    assert parser._child._process is not None
    environment = await asyncio.to_thread(Path(f"/proc/{parser._child._process.pid}/environ").read_bytes)
    assert b"secret" not in environment
    await parser.close()


async def test_the_child_carries_nothing_of_the_network():
    """Each would cost it a sixth of a second and 25 MB more."""
    asked = "import sys, bot.feeds.worker, bot.feeds.page_worker; print({'aiohttp', 'sqlalchemy'} & sys.modules.keys())"
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", asked, stdout=PIPE, cwd=ROOT)
    said, _ = await child.communicate()
    assert said == b"set()\n"

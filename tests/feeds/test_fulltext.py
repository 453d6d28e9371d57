"""The page behind a teaser, from servers that mean well and others that do not."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import aiohttp
import pytest

from bot.core.model import Entry, Feed, Report
from bot.feeds.entries import to_report
from bot.feeds.fetch import Limits
from bot.feeds.fulltext import PageLimits, PageReader, is_teaser, with_story
from tests.feeds.feed_server import FeedServer, Play, answer, repeat, serving, silence

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
TEASER = "Rescue workers in Binnish counted the victims of the shelling on Tuesday evening…"
STORY = (
    "Rescue workers in Binnish counted the victims of the shelling on Tuesday evening. "
    "Eleven villagers were killed and six wounded, the hospital of the town said in a statement to reporters. "
    "The shells struck a bakery and two houses beside the market shortly after sunset, residents told us."
)
SECRET = "Prices of olive oil rise again before the feast, as traders of the province complain to their ministry."


def page(story: str) -> bytes:
    body = f"""<!doctype html><html><head><title>Binnish counts its dead</title></head><body>
      <nav><a href="/">Home</a> <a href="/moscow">Moscow</a></nav>
      <article><h1>Binnish counts its dead</h1>{"".join(f"<p>{line}.</p>" for line in story.split(". "))}</article>
      <footer>All rights reserved in Damascus</footer></body></html>"""
    return answer(body=body.encode(), Content_Type="text/html; charset=utf-8")


@pytest.fixture
async def pages(server: FeedServer, http: aiohttp.ClientSession) -> AsyncIterator[PageReader]:
    each = Limits(total_seconds=1.0, connect_seconds=0.5, body_bytes=100_000)
    reader = PageReader(http, frozenset({server.url("/feed")}), PageLimits(3, 5.0, each), deadline_seconds=1.0)
    yield reader
    await reader.close()


def report(server: FeedServer, path: str = "/1", text: str = TEASER) -> Report:
    entry = Entry(path, server.url(path), "Binnish counts its dead", text, NOW)
    return to_report(entry, Feed(server.url("/feed")), NOW)


async def test_a_teaser_becomes_the_story_of_its_page_and_stays_the_same_report(server: FeedServer, pages: PageReader):
    server.pages["/1"] = page(STORY)
    teaser = report(server)
    (completed,) = await pages.complete([teaser], server.url("/feed"))
    assert "Eleven villagers were killed" in completed.text
    assert completed.text.count("counted the victims") == 1
    assert "Moscow" not in completed.text
    assert replace(completed, text=teaser.text) == teaser


async def test_a_feed_that_did_not_ask_for_it_gets_no_pages(server: FeedServer, pages: PageReader):
    teaser = report(server)
    assert await pages.complete([teaser], server.url("/other")) == [teaser]
    assert server.requests == []


async def test_a_story_that_the_feed_tells_in_full_is_not_asked_for(server: FeedServer, pages: PageReader):
    full = report(server, text=STORY * 5)
    assert await pages.complete([full], server.url("/feed")) == [full]
    assert server.requests == []


BAD_PAGES: dict[str, bytes | Play] = {
    "answered 404 (Not Found)": answer(b"404 Not Found"),
    "larger than 0.1 MB": answer(body=b"<p>" + b"a" * 100_001),
    "no complete answer within 1 s": silence,
    "more than 5 redirects": answer(b"302 Found", Location="/1"),
    "no story is found": answer(body=b"<html><body></body></html>"),
    "does not tell what the feed says": page(f"{SECRET} Please accept the cookies of our four hundred partners. " * 3),
}


@pytest.mark.parametrize(("wrong", "bad"), BAD_PAGES.items(), ids=BAD_PAGES)
async def test_a_page_that_cannot_be_had_leaves_the_teaser_and_is_told_once(
    server: FeedServer, pages: PageReader, caplog: pytest.LogCaptureFixture, wrong: str, bad: bytes | Play
):
    server.pages["/1"] = bad
    teaser = report(server)
    for _ in range(2):
        assert await pages.complete([teaser], server.url("/feed")) == [teaser]
    assert [wrong in record.message for record in caplog.records] == [True]


async def test_failures_are_told_anew_after_a_success(
    server: FeedServer, pages: PageReader, caplog: pytest.LogCaptureFixture
):
    server.pages["/2"] = page(STORY)
    for path in ("/1", "/2", "/1"):
        await pages.complete([report(server, path)], server.url("/feed"))
    assert len(caplog.records) == 2


async def test_a_page_that_takes_too_long_to_read_costs_itself_alone(
    server: FeedServer, http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
):
    server.pages |= {"/1": answer(body=b"<html><body><article><p>" + b"<span>a, b</span> " * 60_000), "/2": page(STORY)}
    reader = PageReader(http, frozenset({server.url("/feed")}), deadline_seconds=0.3)
    hostile, kind = await reader.complete([report(server, "/1"), report(server, "/2")], server.url("/feed"))
    await reader.close()
    assert hostile == report(server, "/1")
    assert "Eleven villagers" in kind.text
    assert "reading the page takes longer than 0.3 s" in caplog.text


async def test_a_redirect_into_our_own_network_is_not_followed(
    server: FeedServer, pages: PageReader, caplog: pytest.LogCaptureFixture
):
    async with serving() as secret:
        secret.pages["/"] = page(STORY)
        server.pages["/1"] = answer(b"302 Found", Location=secret.url("/"))
        assert await pages.complete([report(server)], server.url("/feed")) == [report(server)]
        assert secret.requests == []
    assert "not a public address" in caplog.text


async def test_only_the_newest_pages_of_a_poll_are_asked_for_one_at_a_time(server: FeedServer, pages: PageReader):
    server.pages |= {f"/{n}": page(STORY) for n in range(6)}
    completed = await pages.complete([report(server, f"/{n}") for n in range(6)], server.url("/feed"))
    assert server.asked == ["/5", "/4", "/3"]
    assert server.busiest == 1
    assert ["Eleven" in each.text for each in completed] == [False] * 3 + [True] * 3


async def test_pages_that_never_end_do_not_hold_up_a_poll(
    server: FeedServer, http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
):
    server.pages["/1"] = repeat(b"HTTP/1.1 200 OK\r\n\r\n", b"<p>a", 0.01)
    reader = PageReader(http, frozenset({server.url("/feed")}), PageLimits(total_seconds=0.3))
    teasers = [report(server), report(server)]
    assert await reader.complete(teasers, server.url("/feed")) == teasers
    await reader.close()
    assert "its pages take longer than 0.3 s" in caplog.text


# ---------------------------------------------------------------- what is a teaser, what belongs to it
@pytest.mark.parametrize("text", ["", "Short.", f"{STORY * 5} […]", f"{STORY * 5} Read more", f"{STORY * 5}..."])
def test_what_is_short_or_breaks_off_is_a_teaser(text: str):
    assert is_teaser(text)


def test_what_the_feed_says_stays_where_the_page_does_not_repeat_it(server: FeedServer):
    said = report(server, text="Binnish hospital: villagers killed, six wounded, says a statement. Toll rises to 12.")
    assert with_story(said, STORY).text == f"{said.text}\n{STORY}"

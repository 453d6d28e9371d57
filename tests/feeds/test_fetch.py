"""What is asked of a server that means well, and what is made of its answers."""

import gzip
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bot.feeds.errors import FeedError
from bot.feeds.fetch import Ask, Fetched, Unchanged, fetch
from bot.feeds.guard import open_session
from tests.feeds.feed_server import RSS, FeedServer, answer

XML = "text/xml; charset=utf-8"
ETAG = 'W/"a,b;c==--gzip"'
LONG_AGO = "Thu, 1 Jan 2026 00:00:00 +0000"  # not the form RFC 9110 wants, and none of our business


async def fetched(ask: Ask, http: aiohttp.ClientSession) -> Fetched:
    result = await fetch(ask, http)
    assert isinstance(result, Fetched)
    return result


async def failure(url: str, http: aiohttp.ClientSession, ask: Ask | None = None) -> FeedError:
    with pytest.raises(FeedError) as caught:
        await fetch(ask or Ask(url), http)
    return caught.value


async def test_a_first_fetch_is_unconditional_and_says_who_asks(server: FeedServer, http: aiohttp.ClientSession):
    server.pages["/feed"] = answer(body=RSS, Content_Type=XML)
    await fetched(Ask(server.url("/feed")), http)
    headers = server.requests[0].headers
    assert headers["user-agent"] == "Tocsin/1.2 (+https://example.org/bot)"
    assert headers["accept-encoding"] == "gzip"
    assert not headers.keys() & {"if-none-match", "if-modified-since", "cookie", "referer", "cache-control"}


async def test_a_body_comes_with_all_that_must_be_kept_of_it(server: FeedServer, http: aiohttp.ClientSession):
    server.pages["/feed"] = answer(body=RSS, Content_Type=XML, ETag=ETAG, Last_Modified=LONG_AGO)
    feed = await fetched(Ask(server.url("/feed")), http)
    assert (feed.body, feed.url, feed.content_type) == (RSS, server.url("/feed"), XML)
    assert (feed.etag, feed.last_modified, feed.permanent) == (ETAG, LONG_AGO, False)


async def test_validators_are_sent_back_byte_for_byte(server: FeedServer, http: aiohttp.ClientSession):
    server.pages["/feed"] = answer(b"304 Not Modified", ETag='"another"')
    ask = Ask(server.url("/feed"), etag=ETAG, last_modified=LONG_AGO)
    assert isinstance(await fetch(ask, http), Unchanged)
    assert server.requests[0].headers["if-none-match"] == ETAG
    assert server.requests[0].headers["if-modified-since"] == LONG_AGO


async def test_a_date_is_not_invented_where_only_an_etag_is_known(server: FeedServer, http: aiohttp.ClientSession):
    server.pages["/feed"] = answer(b"304 Not Modified")
    await fetch(Ask(server.url("/feed"), etag=ETAG), http)
    assert "if-modified-since" not in server.requests[0].headers


async def test_an_etag_that_cannot_be_sent_back_is_not_kept(server: FeedServer, http: aiohttp.ClientSession):
    head, _, body = answer(body=RSS).partition(b"\r\n\r\n")
    server.pages["/feed"] = head + b'\r\nETag: "caf\xe9"\r\n\r\n' + body
    assert (await fetched(Ask(server.url("/feed")), http)).etag == ""


async def test_a_304_nobody_asked_for_is_an_error(server: FeedServer, http: aiohttp.ClientSession):
    server.pages["/feed"] = answer(b"304 Not Modified")
    assert "304 (Not Modified)" in str(await failure(server.url("/feed"), http))


async def test_the_same_body_again_is_unchanged(server: FeedServer, http: aiohttp.ClientSession):
    server.pages["/feed"] = answer(body=RSS)
    first = await fetched(Ask(server.url("/feed")), http)
    again = await fetch(Ask(server.url("/feed"), body_digest=first.body_digest), http)
    assert isinstance(again, Unchanged)


async def test_gzip_is_unpacked_and_has_the_digest_of_what_is_inside(server: FeedServer, http: aiohttp.ClientSession):
    server.pages["/plain"] = answer(body=RSS)
    server.pages["/packed"] = answer(body=gzip.compress(RSS[:50]) + gzip.compress(RSS[50:]), Content_Encoding="gzip")
    plain, packed = [await fetched(Ask(server.url(path)), http) for path in ("/plain", "/packed")]
    assert packed.body == RSS
    assert packed.body_digest == plain.body_digest


@pytest.mark.parametrize(
    ("statuses", "permanent"),
    [(["301"], True), (["308", "301"], True), (["302"], False), (["301", "307"], False), (["303"], False)],
)
async def test_a_move_is_permanent_only_if_every_hop_says_so(
    server: FeedServer, http: aiohttp.ClientSession, statuses: list[str], *, permanent: bool
):
    for hop, status in enumerate(statuses):
        server.pages[f"/{hop}"] = answer(f"{status} Moved".encode(), Location=f"{hop + 1}")
    server.pages[f"/{len(statuses)}"] = answer(body=RSS)
    feed = await fetched(Ask(server.url("/0")), http)
    assert (feed.url, feed.permanent) == (server.url(f"/{len(statuses)}"), permanent)


async def test_cookies_are_not_kept(server: FeedServer):
    server.pages["/feed"] = answer(body=RSS, Set_Cookie="who=you")
    url = f"http://localhost:{server.port}/feed"  # by name: no jar keeps cookies of bare addresses
    async with open_session("test", frozenset({"localhost"})) as http:
        await fetch(Ask(url), http)
        await fetch(Ask(url), http)
    assert "cookie" not in server.requests[1].headers


@pytest.mark.parametrize("status", [b"429 Too Many Requests", b"503 Service Unavailable"])
@pytest.mark.parametrize(
    ("header", "wish"),
    [
        ("3600", timedelta(hours=1)),
        ("Wed, 21 Oct 2099 07:28:00 GMT", datetime(2099, 10, 21, 7, 28, tzinfo=UTC)),
        ("Wed, 21 Oct 2099 09:28:00 +0200", datetime(2099, 10, 21, 7, 28, tzinfo=UTC)),
        ("soon", None),
        ("9" * 5000, None),
    ],
)
async def test_a_server_that_wants_to_be_left_alone_says_for_how_long(
    server: FeedServer, http: aiohttp.ClientSession, status: bytes, header: str, wish: timedelta | datetime | None
):
    server.pages["/feed"] = answer(status, Retry_After=header)
    error = await failure(server.url("/feed"), http)
    assert (error.retry_after, error.gone) == (wish, False)


async def test_a_410_is_for_good(server: FeedServer, http: aiohttp.ClientSession):
    server.pages["/feed"] = answer(b"410 Gone")
    assert (await failure(server.url("/feed"), http)).gone


async def test_other_statuses_are_named(server: FeedServer, http: aiohttp.ClientSession):
    server.pages["/feed"] = answer(b"500 \x1b[31mowned")
    assert str(await failure(server.url("/feed"), http)).endswith("/feed: answered 500 (Internal Server Error)")


async def test_a_web_page_is_refused_and_the_feed_it_names_proposed(server: FeedServer, http: aiohttp.ClientSession):
    page = b'<!DOCTYPE html><head><link rel="alternate" type="application/rss+xml" href="/rss?a=1&amp;b=2"></head>'
    server.pages["/"] = answer(body=page, Content_Type="text/html")
    message = str(await failure(server.url("/"), http))
    assert "a web page, not a feed" in message
    assert server.url("/rss?a=1&b=2") in message


async def test_a_feed_served_as_html_is_still_a_feed(server: FeedServer, http: aiohttp.ClientSession):
    server.pages["/feed"] = answer(body=RSS, Content_Type="text/html")
    assert (await fetched(Ask(server.url("/feed")), http)).body == RSS


async def test_an_empty_answer_says_so(server: FeedServer, http: aiohttp.ClientSession):
    server.pages["/feed"] = answer(body=b"\xef\xbb\xbf \r\n")
    assert "empty" in str(await failure(server.url("/feed"), http))


async def test_a_password_in_the_address_is_not_told(server: FeedServer, http: aiohttp.ClientSession):
    for url in (server.url("/none"), "http://127.0.0.2/feed", "ftp://example.org/feed"):
        assert "secret" not in str(await failure(url.replace("//", "//desk:secret@"), http))

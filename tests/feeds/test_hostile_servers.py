"""Servers that are silent, endless or sly: each costs one FeedError, in time, and no more."""

import asyncio
import gzip
import tracemalloc
import zlib
from dataclasses import replace
from functools import partial

import aiohttp
import pytest

from bot.feeds.errors import FeedError
from bot.feeds.fetch import Ask, Fetched, Limits, fetch
from bot.feeds.guard import open_session
from bot.feeds.room import Room
from tests.feeds.feed_server import RSS, FeedServer, Play, answer, late, repeat, serving, silence

LIMITS = Limits(total_seconds=0.4, connect_seconds=0.2, body_bytes=1_000_000, redirects=5)
PATIENT = replace(LIMITS, total_seconds=5.0)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"


async def refused(url: str, http: aiohttp.ClientSession, limits: Limits = PATIENT) -> str:
    with pytest.raises(FeedError) as caught:
        await fetch(Ask(url), http, limits)
    return str(caught.value)


@pytest.mark.parametrize(
    "play",
    [silence, repeat(HEAD + b"\r\n", b"<", 0.02), repeat(HEAD, b"X-A: b\r\n", 0.02)],
    ids=["silent", "a byte at a time", "a header at a time"],
)
async def test_a_server_that_never_finishes_meets_the_deadline(
    server: FeedServer, http: aiohttp.ClientSession, play: Play
):
    server.pages["/feed"] = play
    before = asyncio.get_running_loop().time()
    assert "within 0.4 s" in await refused(server.url("/feed"), http, LIMITS)
    assert asyncio.get_running_loop().time() - before < 1.0


async def test_an_endless_body_is_cut_off(server: FeedServer, http: aiohttp.ClientSession):
    server.pages["/feed"] = repeat(HEAD + b"\r\n<rss>", b"<item></item>" * 3000, 0)
    assert "larger than 1 MB" in await refused(server.url("/feed"), http)


async def test_of_two_large_bodies_one_waits_outside_and_a_small_one_passes_both():
    large, room = b"<rss>" + b" " * 600_000, Room()
    async with serving() as first, serving() as second, serving() as third:
        first.pages["/feed"] = second.pages["/feed"] = answer(body=large)
        third.pages["/feed"] = answer(body=RSS)
        async with open_session("test", frozenset({"127.0.0.1"})) as everywhere:
            asks = [partial(fetch, Ask(each.url("/feed")), everywhere, LIMITS) for each in (first, second, third)]
            async with room.visit() as inside, room.visit() as outside, room.visit() as passing:
                await asks[0](inside)
                with pytest.raises(FeedError, match=r"within 0\.4 s"):
                    await asks[1](outside)
                await asks[2](passing)
            async with room.visit() as later:
                assert isinstance(await asks[1](later), Fetched)


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 3 * 65_536, 500_001])
async def test_what_was_packed_comes_out_whole(server: FeedServer, http: aiohttp.ClientSession, size: int):
    body = RSS + b" " * size
    server.pages["/feed"] = answer(body=gzip.compress(body[:70_000]) + gzip.compress(body[70_000:]))
    got = await fetch(Ask(server.url("/feed")), http, PATIENT)
    assert isinstance(got, Fetched)
    assert got.body == body


async def test_a_gzip_bomb_is_cut_off_while_it_unpacks(server: FeedServer, http: aiohttp.ClientSession):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(64)), packer.flush()])
    server.pages["/feed"] = answer(body=bomb, Content_Encoding="gzip")
    tracemalloc.start()
    assert "larger than 1 MB" in await refused(server.url("/feed"), http)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 8_000_000


async def test_gzip_that_unpacks_to_nothing_for_ever_is_cut_off(server: FeedServer, http: aiohttp.ClientSession):
    server.pages["/feed"] = repeat(HEAD + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"") * 3000, 0)
    assert "larger than 1 MB" in await refused(server.url("/feed"), http)


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "gzip\r\nContent-Encoding: gzip"])
async def test_an_encoding_that_was_not_asked_for_is_refused(
    server: FeedServer, http: aiohttp.ClientSession, encoding: str
):
    server.pages["/feed"] = answer(body=gzip.compress(gzip.compress(RSS)), Content_Encoding=encoding)
    assert "gzip alone was asked for" in await refused(server.url("/feed"), http)


async def test_a_truncated_body_is_an_error(server: FeedServer, http: aiohttp.ClientSession):
    server.pages["/plain"] = HEAD + b"Content-Length: 5000\r\n\r\n" + RSS
    server.pages["/packed"] = answer(body=gzip.compress(RSS)[:-12], Content_Encoding="gzip")
    server.pages["/chunked"] = HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n"
    await refused(server.url("/plain"), http)
    assert "ends too early" in await refused(server.url("/packed"), http)
    await refused(server.url("/chunked"), http)


async def test_what_is_called_gzip_and_is_not_is_an_error(server: FeedServer, http: aiohttp.ClientSession):
    server.pages["/feed"] = answer(body=RSS, Content_Encoding="gzip")
    assert "not the gzip" in await refused(server.url("/feed"), http)


async def test_a_redirect_loop_ends_after_five_hops(server: FeedServer, http: aiohttp.ClientSession):
    server.pages["/feed"] = answer(b"302 Found", Location="/feed")
    assert "more than 5 redirects" in await refused(server.url("/feed"), http)
    assert len(server.requests) == 6


@pytest.mark.parametrize("target", ["file:///etc/hostname", "gopher://127.0.0.1/x", "data:text/xml,<rss/>"])
async def test_a_redirect_out_of_the_web_is_not_followed(server: FeedServer, http: aiohttp.ClientSession, target: str):
    server.pages["/feed"] = answer(b"302 Found", Location=target)
    assert "begins with http:// or https://" in await refused(server.url("/feed"), http)


async def test_a_redirect_into_our_own_network_is_not_followed(server: FeedServer, http: aiohttp.ClientSession):
    async with serving() as secret:
        secret.pages["/"] = answer(body=RSS)
        server.pages["/feed"] = answer(b"302 Found", Location=secret.url("/"))
        assert "not a public address" in await refused(server.url("/feed"), http)
        assert secret.requests == []


@pytest.mark.parametrize(
    "url", ["file:///etc/hostname", "/etc/hostname", "ftp://example.org/", "", "http://[::1", "http:x"]
)
async def test_an_address_that_is_not_of_the_web_is_refused(http: aiohttp.ClientSession, url: str):
    await refused(url, http)


async def test_a_host_is_asked_one_thing_at_a_time_and_waiting_is_not_blamed(
    server: FeedServer, http: aiohttp.ClientSession
):
    server.pages["/feed"] = late(0.15, answer(body=RSS))
    asks = [fetch(Ask(server.url("/feed")), http, LIMITS) for _ in range(3)]
    assert all(isinstance(result, Fetched) for result in await asyncio.gather(*asks))
    assert server.busiest == 1


async def test_a_feed_behind_a_silent_one_still_gets_its_turn(server: FeedServer, http: aiohttp.ClientSession):
    server.pages |= {"/silent": silence, "/feed": answer(body=RSS)}
    results = await asyncio.gather(
        *(fetch(Ask(server.url(path)), http, LIMITS) for path in ("/silent", "/feed")), return_exceptions=True
    )
    assert [type(result) for result in results] == [FeedError, Fetched]

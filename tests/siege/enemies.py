"""A hundred feeds that mean harm, each on a loopback address of its own: `python -m tests.siege.enemies COUNT`.

It names their addresses, one a line, and serves until its standard input ends. A newcomer's mistake is to serve them
from the test itself: what they cost would then be counted as the bot's.
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import sys
import zlib
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from tests.feeds.feed_server import Play, answer, late, repeat, silence

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
DRIP_SECONDS = 1.0
LATE_SECONDS = 4.0  # longer than a feed should take, shorter than its deadline
LABORIOUS_ITEMS = 12_000  # the parser is done with them just within its deadline

count = itertools.count()


def rss(inside: bytes, before: bytes = b"") -> bytes:
    return b'<?xml version="1.0"?>%s<rss version="2.0"><channel><title>Foe</title>%s</channel></rss>' % (before, inside)


def item(inside: bytes) -> bytes:
    return b"<item><title>T</title>%s</item>" % inside


def gzip_bomb(mebibytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(mebibytes)), packer.flush()])


def laughs() -> bytes:
    names = [b"x%d" % n for n in range(9)]
    nested = (b'<!ENTITY %s "%s">' % (name, b"&%s;" % inner * 12) for inner, name in itertools.pairwise(names))
    return b'<!DOCTYPE rss [<!ENTITY x0 "ho">%s]>' % b"".join(nested)


def fresh(body: Callable[[int], bytes]) -> Play:
    """Another body at every request, so that it has to be parsed."""

    async def play(writer: asyncio.StreamWriter) -> None:
        writer.write(answer(body=body(next(count)), Content_Type="application/rss+xml"))
        await writer.drain()

    return play


def bodies() -> Mapping[str, bytes]:
    """What feedparser chokes on, and what wants its memory or our network."""
    stranger = (
        b'<!DOCTYPE rss [<!ENTITY far SYSTEM "http://127.0.0.1:9/far"><!ENTITY own SYSTEM "file:///etc/hostname">]>'
    )
    return {
        "authors": rss(item(b"<author>a@" + b"b." * 40_000 + b"</author>") * 20),
        "comments": rss(item(b"<description><![CDATA[" + b"<!--" * 150_000 + b"]]></description>")),
        "attributes": rss(b"<item " + b" ".join(b'n%d="0"' % n for n in range(150_000)) + b"/>"),
        "nested": rss(item(b"<b>" * 90_000 + b"</b>" * 90_000)),
        "escaped": rss(item(b"<description>%s</description>" % (b"&lt;p&gt;" * 150_000))),
        "many items": rss(b"<item><title>T</title></item>" * 200_000),
        "laughs": rss(item(b"<description>&x8;</description>"), laughs()),
        "strangers": rss(item(b"<description>&far;&own;</description>"), stranger),
    }


def plays() -> Mapping[str, Play]:
    bomb = gzip_bomb(512)
    laborious = item(b"") * LABORIOUS_ITEMS
    return {
        "silent": silence,
        "dripping headers": repeat(HEAD, b"X-More: yes\r\n", DRIP_SECONDS),
        "dripping body": repeat(HEAD + b"\r\n<rss>", b" ", DRIP_SECONDS),
        "much, then dripping": repeat(HEAD + b"\r\n<rss>" + b" " * 8_000_000, b" ", DRIP_SECONDS),
        "endless": repeat(HEAD + b"\r\n<rss><channel>", item(b"") * 3_000, 0),
        "gzip bomb": always(answer(body=bomb, Content_Encoding="gzip")),
        "gzip in gzip": always(answer(body=gzip.compress(bomb), Content_Encoding="gzip, gzip")),
        "brotli": always(answer(body=b"\x8b" * 4_096, Content_Encoding="br")),
        "round in circles": always(answer(b"302 Found", Location="/feed")),
        "late": late(LATE_SECONDS, answer(body=rss(item(b"<guid>1</guid>")))),
        "laborious": fresh(lambda n: rss(b"<description>%d</description>%s" % (n, laborious))),
        **{name: fresh(partial(_varied, body)) for name, body in bodies().items()},
    }


def _varied(body: bytes, n: int) -> bytes:
    return body + b"<!-- %d -->" % n


def always(page: bytes) -> Play:
    async def play(writer: asyncio.StreamWriter) -> None:
        writer.write(page)
        await writer.drain()

    return play


async def serve(hosts: int) -> None:
    tricks = itertools.cycle(plays().values())
    by_host = {f"127.0.{1 + n // 200}.{1 + n % 200}": next(tricks) for n in range(hosts)}
    servers = [await _serve_one(host, play) for host, play in by_host.items()]
    for server in servers:
        host, port = server.sockets[0].getsockname()[:2]
        print(f"http://{host}:{port}/feed", flush=True)
    await asyncio.to_thread(sys.stdin.read)


async def _serve_one(host: str, play: Play) -> asyncio.Server:
    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await _until_left(reader, play(writer))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the bot has had enough
        finally:
            writer.close()

    return await asyncio.start_server(meet, host, 0)


async def _until_left(reader: asyncio.StreamReader, playing: Awaitable[None]) -> None:
    """Play on until it is over or the bot has hung up."""
    tasks = [asyncio.ensure_future(playing), asyncio.ensure_future(reader.read())]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))

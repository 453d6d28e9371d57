"""Outlets on loopback that have no news: `python -m tests.bench.calm_server COUNT`.

A process of its own, so that what serving costs is not counted as the bot's. It names its addresses, one a line, and
serves until its standard input ends. Whoever shows the ETag gets a 304; whoever adds WHOLE to an address and shows
none gets a feed as outlets have them.
"""

from __future__ import annotations

import asyncio
import sys

from tests.bench.test_parsing import feed
from tests.bench.texts import ENGLISH, articles
from tests.feeds.feed_server import RSS, answer

ETAG = '"calm"'
WHOLE = "/whole"
ITEMS = 25
LIKEWISE = 10  # feeds at one outlet
UNCHANGED = answer(b"304 Not Modified", ETag=ETAG)
NEW = answer(body=RSS, Content_Type="application/rss+xml", ETag=ETAG)
ALL = answer(body=feed(articles(ENGLISH, ITEMS)), Content_Type="application/rss+xml", ETag=ETAG)


class Outlet(asyncio.Protocol):
    """As little as an answer can cost."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, question: bytes) -> None:
        if ETAG.encode() in question:
            self._transport.write(UNCHANGED)
        else:
            self._transport.write(ALL if WHOLE.encode() in question else NEW)


async def serve(feeds: int) -> None:
    loop = asyncio.get_running_loop()
    for n in range(feeds // LIKEWISE):
        server = await loop.create_server(Outlet, f"127.0.{2 + n // 200}.{1 + n % 200}", 0)
        host, port = server.sockets[0].getsockname()[:2]
        for path in range(LIKEWISE):
            print(f"http://{host}:{port}/{path}", flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))

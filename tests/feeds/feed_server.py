"""A web server on loopback that says exactly the bytes a test wants said, and remembers what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Play = Callable[[asyncio.StreamWriter], Awaitable[None]]

ACCEPTING = 3  # rounds of the loop from a connection that is there to its player
RSS = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>Village News</title>'
    b"<item><title>Shelling in Binnish</title><guid>1</guid><link>/news/1</link></item></channel></rss>"
)


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]


@dataclass
class FeedServer:
    """`pages` are whole answers, or functions that play one; headers are kept under lower-case names."""

    port: int = 0
    pages: dict[str, bytes | Play] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    busy: int = 0
    busiest: int = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def asked(self) -> list[str]:
        return [request.path for request in self.requests]

    async def play(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.busy += 1
        self.busiest = max(self.busy, self.busiest)
        try:
            request = _request(await reader.readuntil(b"\r\n\r\n"))
            self.requests.append(request)
            page = self.pages.get(request.path, answer(b"404 Not Found"))
            if isinstance(page, bytes):
                writer.write(page)
                await writer.drain()
            else:
                await page(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has hung up, as it should on a nasty page
        finally:
            self.busy -= 1
            writer.close()


def _request(head: bytes) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.split(": ", 1) for line in lines if line)
    return Request(first.split()[1], {name.lower(): value for name, value in pairs})


@asynccontextmanager
async def serving() -> AsyncIterator[FeedServer]:
    feeds, players = FeedServer(), dict[asyncio.Task[None], asyncio.StreamWriter]()

    def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        player = asyncio.create_task(feeds.play(reader, writer))
        players[player] = writer
        player.add_done_callback(players.pop)

    server = await asyncio.start_server(play, "127.0.0.1", 0)
    feeds.port = server.sockets[0].getsockname()[1]
    try:
        yield feeds
    finally:
        server.close()
        for _ in range(ACCEPTING):
            await asyncio.sleep(0)
        left = dict(players)
        for player in left:
            player.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        for writer in left.values():
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
        await server.wait_closed()


def answer(status: bytes = b"200 OK", body: bytes = b"", **headers: str) -> bytes:
    """A complete answer; `content_type="text/xml"` becomes the header Content-Type."""
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body)]
    lines += [f"{name.replace('_', '-')}: {value}".encode() for name, value in headers.items()]
    return b"\r\n".join([*lines, b"", body])


def repeat(head: bytes, piece: bytes, pause_seconds: float) -> Play:
    """An answer that never ends."""

    async def play(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause_seconds)

    return play


def late(seconds: float, page: bytes) -> Play:
    async def play(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        writer.write(page)
        await writer.drain()

    return play


async def silence(_: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3600)

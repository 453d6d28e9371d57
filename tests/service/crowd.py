"""Two thousand outlets on loopback, in a process of their own: `python -m tests.service.crowd COUNT`.

It names the addresses, one a line, and then answers to lines: "publish TEXT" lets the first outlets tell it, each in
words and with a link of its own; "asked" says what was asked so far; "answer after SECONDS" makes all of them slow, or
quick again. Only what is still under way when the same feed is
asked again counts as asked twice at a time: a newcomer counts polls that follow closely.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from html import escape

from tests.feeds.feed_server import answer
from tests.service.press import Article

TELLERS = 50
LIKEWISE = 10  # feeds at one outlet: the bot asks an address one thing at a time
LATER = "answer after "
ANSWER_SECONDS = 0.03  # long enough to be asked twice meanwhile
SHOWN = 20
WORDS = ("a teacher", "the rescue service", "a doctor", "residents", "the town council", "a driver", "two witnesses")


@dataclass(slots=True)
class Asked:
    """`feeds` are those that were asked at all."""

    requests: int = 0
    unchanged: int = 0
    feeds: int = 0
    twice_at_a_time: int = 0


@dataclass(slots=True)
class Crowd:
    articles: list[str] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    under_way: Counter[str] = field(default_factory=Counter)
    tellers: dict[str, int] = field(default_factory=dict)
    counted: Asked = field(default_factory=Asked)
    answer_seconds: float = ANSWER_SECONDS

    def begins(self, feed: str) -> None:
        self.counted.requests += 1
        self.counted.twice_at_a_time += self.under_way[feed] > 0
        self.asked[feed] += 1
        self.under_way[feed] += 1

    def page(self, feed: str, question: bytes) -> bytes:
        teller = self.tellers.get(feed)
        etag = f'"{len(self.articles) if teller is not None else 0}"'
        if f"If-None-Match: {etag}".encode() in question:
            self.counted.unchanged += 1
            return answer(b"304 Not Modified", ETag=etag)
        items = "" if teller is None else "".join(reversed([_item(feed, teller, text) for text in self.articles]))
        body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>{feed}</title>{items}</channel></rss>'
        return answer(body=body.encode(), Content_Type="application/rss+xml", ETag=etag)

    def does(self, line: str) -> str:
        if line.startswith(LATER):
            self.answer_seconds = float(line.removeprefix(LATER))
        word, _, text = line.partition(" ")
        if word == "publish":
            self.articles.append(f"{datetime.now(UTC).isoformat()}|{text}")
        self.counted.feeds = len(self.asked)
        return json.dumps(asdict(self.counted))


def _item(feed: str, teller: int, article: str) -> str:
    published, _, text = article.partition("|")
    said = f"{text.rstrip('.')}, {WORDS[teller % len(WORDS)]} told us in street {teller}."
    link = f"http://{feed}/{escape(published)}"
    return Article(link, f"Bulletin of outlet {teller}", said, datetime.fromisoformat(published)).item()


class Outlet(asyncio.Protocol):
    """One connection, one question at a time."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._feed = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, question: bytes) -> None:
        host, port = self._transport.get_extra_info("sockname")[:2]
        self._feed = f"{host}:{port}{question.split(maxsplit=2)[1].decode()}"
        self._crowd.begins(self._feed)
        asyncio.get_running_loop().call_later(self._crowd.answer_seconds, self._answers, question)

    def _answers(self, question: bytes) -> None:
        if self._feed:
            self._transport.write(self._crowd.page(self._feed, question))
            self._ends()

    def connection_lost(self, _: Exception | None) -> None:
        self._ends()

    def _ends(self) -> None:
        if self._feed:
            self._crowd.under_way[self._feed] -= 1
        self._feed = ""


async def serve(feeds: int) -> None:
    loop, crowd = asyncio.get_running_loop(), Crowd()
    named: list[str] = []
    for number in range(feeds // LIKEWISE):
        server = await loop.create_server(
            lambda: Outlet(crowd), f"127.0.{2 + number // 200}.{1 + number % 200}", 0, backlog=1024
        )
        host, port = server.sockets[0].getsockname()[:2]
        named += [f"{host}:{port}/{path}" for path in range(LIKEWISE)]
    crowd.tellers = {feed: number for number, feed in enumerate(named[:: feeds // TELLERS])}
    for feed in named:
        print(f"http://{feed}", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(crowd.does(line.strip()), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))

from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from bot.feeds import open_session, user_agent
from tests.feeds.day import Day
from tests.feeds.feed_server import FeedServer, serving


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with serving() as feeds:
        yield feeds


@pytest.fixture
async def http(server: FeedServer) -> AsyncIterator[aiohttp.ClientSession]:
    """A session that may reach the server on loopback, and nothing else that is private."""
    agent = user_agent("1.2", "https://example.org/bot")
    async with open_session(agent, frozenset({server.host})) as session:
        yield session


@pytest.fixture
def day(tmp_path: Path, server: FeedServer) -> Iterator[Day]:
    built = Day(tmp_path, server)
    with closing(built.store):
        yield built

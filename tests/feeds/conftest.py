import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from bot.feeds.guard import open_session, user_agent
from bot.feeds.parse import Parser
from bot.rulebook import LiveRules
from tests.feeds.day import Day, quiet_rules
from tests.feeds.feed_server import FeedServer, serving


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with serving() as feeds:
        yield feeds


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def parser() -> AsyncIterator[Parser]:
    """For modules whose tests all run in one loop: its process is started once."""
    parser = Parser()
    yield parser
    await parser.close()


@pytest.fixture
async def http(server: FeedServer) -> AsyncIterator[aiohttp.ClientSession]:
    """A session that may reach the server on loopback, and nothing else that is private."""
    agent = user_agent("1.2", "https://example.org/bot")
    async with open_session(agent, frozenset({server.host})) as session:
        yield session


@pytest.fixture(scope="session")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> LiveRules:
    """Rules that nobody changes: reading them takes longer than a day."""
    return quiet_rules(tmp_path_factory.mktemp("rules"))


@pytest.fixture
def day(tmp_path: Path, server: FeedServer, quiet: LiveRules, unused_store: Path) -> Iterator[Day]:
    shutil.copy(unused_store, tmp_path / "day.db")
    built = Day(tmp_path, server, quiet)
    with closing(built.store):
        yield built

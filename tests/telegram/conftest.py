import asyncio

import pytest

from bot.telegram import polling
from bot.telegram.application import Desks, build_application
from bot.telegram.desk import RuleCard
from tests.fake_telegram import FakeTelegram
from tests.telegram.admindesk import MemoryAdminDesk
from tests.telegram.desk import MemoryDesk

IDLIB = RuleCard("idlib-civilian-casualties", "Civilian casualties in Idlib", "critical, high")
GAZA = RuleCard("gaza-civilian-casualties", "Civilian casualties in Gaza")


@pytest.fixture
async def telegram():
    async with FakeTelegram(conflict_pause_seconds=0.05) as server:
        yield server
    assert server.complaints == []


@pytest.fixture
def ana(telegram):
    return telegram.person(7, "Ana")


@pytest.fixture
def desk():
    return MemoryDesk(IDLIB, GAZA)


@pytest.fixture
def admin_desk(desk):
    return MemoryAdminDesk(desk)


@pytest.fixture
def boss(telegram):
    """The administrator."""
    return telegram.person(9, "Boss")


@pytest.fixture
async def application(telegram, desk, admin_desk):
    """The bot's listening half, built but not started."""
    built = build_application(telegram.token, telegram.url, Desks(desk, admin_desk))
    yield built
    await polling.stop(built)


@pytest.fixture
async def listening(application):
    await polling.start(application)
    return application


@pytest.fixture
def until():
    return _until


async def _until(holds):
    """Wait until something holds, for two seconds at most."""
    async with asyncio.timeout(2):
        while not holds():  # noqa: ASYNC110  what is waited for has no events
            await asyncio.sleep(0.005)

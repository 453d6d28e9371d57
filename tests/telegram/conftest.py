import asyncio
import shutil
from contextlib import closing
from dataclasses import replace

import pytest

from bot.choosing import StoreChoosing
from bot.core.model import Severity
from bot.rulebook import load, shipped_rules
from bot.store import Store
from bot.store.thread import StoreThread
from bot.telegram import polling
from bot.telegram.application import Desks, build_application
from bot.telegram.desk import RuleCard
from tests.fake_telegram.chats import PATIENCE_SECONDS
from tests.telegram.admindesk import MemoryAdminDesk
from tests.telegram.desk import MemoryDesk, MemoryDigests
from tests.telegram.scene import Clock

IDLIB = RuleCard("idlib-civilian-casualties", "Civilian casualties in Idlib", (Severity.CRITICAL, Severity.HIGH))
SOME_RULES = {
    "idlib-civilian-casualties",
    "gaza-civilian-casualties",
    "attacks-on-health-care",
    "syria-civilian-casualties",
    "ukraine-civilian-casualties",
}
SOME_CHATS = {7, 8, -5, -6, -1001}
GAZA = RuleCard("gaza-civilian-casualties", "Civilian casualties in Gaza")


@pytest.fixture
def desk():
    return MemoryDesk(IDLIB, GAZA)


@pytest.fixture
def digests():
    return MemoryDigests()


@pytest.fixture(scope="session")
def rulebook():
    """Some of the shipped rules, with the places and the language of reading that they need."""
    whole = load(shipped_rules())
    return replace(whole, rules=tuple(rule for rule in whole.rules if rule.id in SOME_RULES))


@pytest.fixture
def admin_desk(desk):
    return MemoryAdminDesk(desk)


@pytest.fixture
def boss(telegram):
    """The administrator."""
    return telegram.person(9, "Boss")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path, unused_store):
    """For looking in and for what happened before: the bot opens the same file for itself."""
    with closing(Store.open(str(shutil.copy(unused_store, tmp_path / "tocsin.db")))) as opened:
        yield opened


@pytest.fixture
def choosing(tmp_path, store, rulebook, clock):
    thread = StoreThread(Store.open(str(tmp_path / "tocsin.db")))

    async def allowed(chat_id, _user_id):
        return chat_id in SOME_CHATS

    yield StoreChoosing(thread, lambda: rulebook, allowed, clock)
    thread.close()


@pytest.fixture
def careful(choosing):
    """From now on a rule tells with care."""

    def ask(rule_id, delivery):
        book = choosing._rulebook()
        rules = tuple(replace(rule, delivery=delivery) if rule.id == rule_id else rule for rule in book.rules)
        choosing._rulebook = lambda: replace(book, rules=rules)

    return ask


@pytest.fixture
async def application(telegram, desk, choosing, admin_desk, digests):
    """The bot's listening half, built but not started."""
    built = build_application(telegram.token, telegram.url, Desks(desk, choosing, admin_desk, digests))
    yield built
    await polling.stop(built)


@pytest.fixture
async def listening(application):
    await polling.start(application)
    return application


@pytest.fixture
def tap(telegram, ana):
    """Ana taps buttons one after another; what she sees at last, and what she is told with it."""

    async def tap_through(message, *path):
        notice = ""
        for label in path:
            ana.taps(message, label)
            notice = await telegram.notice()
            message = await ana.chat.sees_edit()
        return message, notice

    return tap_through


@pytest.fixture
def until():
    return _until


async def _until(holds):
    """Wait until something holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds():  # noqa: ASYNC110  what is waited for has no events
            await asyncio.sleep(0.005)

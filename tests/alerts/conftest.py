from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.choosing import StoreChoosing
from bot.core.pipeline import Rulebook
from bot.desk import StoreDesk
from bot.store import Store
from bot.store.thread import StoreThread
from bot.telegram import polling
from bot.telegram.application import Desks, build_application
from bot.telegram.sender import TelegramSender
from tests.alerts.scene import Desk
from tests.fake_telegram import Chat, FakeTelegram, Person
from tests.telegram.admindesk import MemoryAdminDesk
from tests.telegram.desk import MemoryDesk, MemoryDigests


@pytest.fixture
def group(telegram: FakeTelegram, ana: Person) -> Chat:
    """Ana is its administrator; Ben is not."""
    return telegram.group(-5, "Newsroom", ana, type="supergroup")


@pytest.fixture
def arabic_reader(desk: Desk, telegram: FakeTelegram) -> Person:
    """She listens to a rule, in Arabic."""
    person = telegram.person(7, "Ana")
    desk.subscribe(person.chat)
    desk.store.speak(person.id, "ar", desk.now)
    return person


async def everybody(_chat_id: int, _user_id: int) -> bool:
    return True


@pytest.fixture
async def desk(tmp_path: Path, telegram: FakeTelegram, rulebook: Rulebook, unused_store: Path) -> AsyncIterator[Desk]:
    """The bot listens; nobody has subscribed, and nothing was told."""
    store = Store.open(str(shutil.copy(unused_store, tmp_path / "tocsin.db")))
    thread = StoreThread(store)
    scene = Desk(store, thread, rulebook)
    chats = StoreDesk(thread, lambda: scene.rulebook, lambda: scene.now)
    choosing = StoreChoosing(thread, lambda: scene.rulebook, everybody, lambda: scene.now)
    admin = MemoryAdminDesk(MemoryDesk())
    application = build_application(telegram.token, telegram.url, Desks(chats, choosing, admin, MemoryDigests()))
    await polling.start(application)
    scene.sender = TelegramSender(application.bot)
    yield scene
    await polling.stop(application)
    thread.close()

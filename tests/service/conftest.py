import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest

from bot.rulebook import LiveRules, shipped_rules
from tests.fake_telegram import FakeTelegram
from tests.service.house import House
from tests.service.processes import Demo, environment


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot looks round more often than in life."""
    for timer in ("TICK_SECONDS", "FLUSH_SECONDS", "RELOAD_SECONDS"):
        monkeypatch.setattr(f"bot.running.{timer}", 0.05)
    monkeypatch.setattr("bot.outbox.BACKOFF_SECONDS", 0.05)


@pytest.fixture(scope="session")
def shipped() -> LiveRules:
    """The shipped rules, which nobody changes."""
    return LiveRules(shipped_rules())


@pytest.fixture
async def house(tmp_path: Path, telegram: FakeTelegram, shipped: LiveRules, unused_store: Path) -> AsyncIterator[House]:
    shutil.copy(unused_store, tmp_path / "tocsin.db")
    async with AsyncExitStack() as servers:
        built = House(tmp_path, telegram, shipped, servers)
        with closing(built.store):
            yield built


# ---------------------------------------------------------------- the demo
@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Look at the demo last: it takes its time, and is played beside all the others."""
    items.sort(key=_is_about_the_demo)


def _is_about_the_demo(item: pytest.Item) -> bool:
    return item.path.stem == "test_demo"


@pytest.fixture(scope="session", autouse=True)
def _begin_the_demo(request: pytest.FixtureRequest) -> None:
    if any(map(_is_about_the_demo, request.session.items)):
        request.getfixturevalue("demo")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    shown = tmp_path_factory.mktemp("demo") / "shown"
    with shown.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "demo"], stdout=file, stderr=file, cwd=shown.parent, env=environment()
        )
    try:
        yield Demo(process, shown, time.time())
    finally:
        process.kill()
        process.wait()

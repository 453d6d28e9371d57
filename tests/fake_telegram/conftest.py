import pytest

from tests.fake_telegram import FakeTelegram


@pytest.fixture
async def telegram():
    async with FakeTelegram(conflict_pause_seconds=0.05) as server:
        yield server


@pytest.fixture(autouse=True)
def _durations_as_timedeltas(monkeypatch):
    """python-telegram-bot warns of its old way of giving durations, and warnings are errors here."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")

"""A Telegram on loopback, and two people who talk with a bot there: what stories in all rooms begin with.

A story ends with a look whether each request was one that Telegram would have taken. A newcomer's mistake is to import
the fake up here: its models take two seconds to load, and this file is loaded for every test.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.fake_telegram import FakeTelegram, Person


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    from tests.fake_telegram import FakeTelegram

    async with FakeTelegram(conflict_pause_seconds=0.05) as server:
        yield server
    assert server.complaints == []


@pytest.fixture
def ana(telegram: FakeTelegram) -> Person:
    return telegram.person(7, "Ana")


@pytest.fixture
def ben(telegram: FakeTelegram) -> Person:
    return telegram.person(8, "Ben")

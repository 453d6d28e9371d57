"""The disk is full, the database is held by somebody else: the bot waits, loses nothing, and goes on by itself."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing

import pytest
from sqlalchemy import Connection, event

from bot.store import Store
from tests.fake_telegram import Person
from tests.service.house import House, until

SARMIN = "Shelling killed 11 villagers in Sarmin before sunrise."
PAGES = "PRAGMA page_count"
PLENTY = 1_000_000
HELD_SECONDS = 1.5
STALL_SECONDS = 0.5  # a third of the wait: the loop itself must not wait; a busy machine is late by a tenth
BEAT_SECONDS = 0.01


async def test_a_full_disk_delays_an_alert_and_loses_none(
    house: House, ana: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr("bot.service.LEASE_SECONDS", 0.3)
    room = [PLENTY]
    whole = Store.open

    def open_on_small_disk(url: str) -> Store:
        store = whole(url)

        def limit(connection: Connection) -> None:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {room[0]}")

        event.listen(store._engine, "begin", limit)
        return store

    monkeypatch.setattr(Store, "open", open_on_small_disk)
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    async with house.open():
        await until(lambda: orchard.asked_with)
        with closing(sqlite3.connect(house.database)) as file:
            (room[0],) = file.execute(PAGES).fetchone()
        orchard.publishes(SARMIN + " More was heard from the road to the mill." * 500)
        await until(lambda: "has no room left on its disk" in caplog.text)
        assert ana.chat.new.empty()

        room[0] = PLENTY
        assert "Sarmin" in (await ana.hears())["text"]
        await house.settled(reports=1)
    assert ana.chat.new.empty()


async def test_a_database_held_by_another_process_delays_an_alert_and_stalls_nothing_else(house: House, ana: Person):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    async with house.open():
        await until(lambda: orchard.asked_with)
        with closing(sqlite3.connect(house.database, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            orchard.publishes(SARMIN)
            stall = await longest_stall(HELD_SECONDS)
            assert ana.chat.new.empty()
            other.execute("ROLLBACK")
        assert "Sarmin" in (await ana.hears())["text"]
        await house.settled(reports=1)
    assert stall < STALL_SECONDS


async def longest_stall(seconds: float) -> float:
    """By how much the loop was late at most, in that time."""
    ends, worst = time.monotonic() + seconds, 0.0
    while (before := time.monotonic()) < ends:
        await asyncio.sleep(BEAT_SECONDS)
        worst = max(worst, time.monotonic() - before - BEAT_SECONDS)
    return worst

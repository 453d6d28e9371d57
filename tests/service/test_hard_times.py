"""The disk is full, the database is held by somebody else: the bot waits, loses nothing, and goes on by itself."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import psycopg
import pytest
from sqlalchemy import Connection, event

from bot.config import Health
from bot.store import Store
from tests.fake_telegram import Person
from tests.fake_telegram.chats import PATIENCE_SECONDS
from tests.postgres import PostgresServer
from tests.service.house import House, until
from tests.service.monitoring import complaints, free_port
from tests.service.press import Outlet

SARMIN = "Shelling killed 11 villagers in Sarmin before sunrise."
PAGES = "PRAGMA page_count"
DROP_ALL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
PLENTY = 1_000_000
HELD_SECONDS = 2.4
STALL_SECONDS = 1.2  # half of the wait: the loop itself must not wait; a machine with too much to do is late by one
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


@asynccontextmanager
async def held(house: House, outlet: Outlet) -> AsyncIterator[list[float]]:
    """Another process holds the database, an article comes, time goes by; how long the loop stood still meanwhile."""
    await until(lambda: outlet.asked_with)
    with closing(sqlite3.connect(house.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        outlet.publishes(SARMIN)
        yield [await longest_stall(HELD_SECONDS)]
        other.execute("ROLLBACK")


async def test_a_database_held_by_another_process_delays_an_alert_and_stalls_nothing_else(house: House, ana: Person):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    async with house.open():
        async with held(house, orchard) as stalls:
            assert ana.chat.new.empty()
        assert "Sarmin" in (await ana.hears())["text"]
        await house.settled(reports=1)
    assert stalls[0] < STALL_SECONDS


async def test_a_database_held_longer_than_anybody_waits_loses_nothing_and_stalls_nothing(
    house: House, ana: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr("bot.store.engine.LOCK_SECONDS", 0.2)
    monkeypatch.setattr("bot.service.LEASE_SECONDS", 0.3)
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    async with house.open():
        async with held(house, orchard) as stalls:
            assert "is held by another process" in caplog.text
        assert "Sarmin" in (await ana.hears())["text"]
        await house.settled(reports=1)
    assert ana.chat.new.empty()
    assert stalls[0] < STALL_SECONDS


async def test_a_server_that_drops_all_connections_costs_no_alert_and_no_health(
    house: House, ana: Person, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.running.OFFICES_SECONDS", 0.1)
    monkeypatch.setattr("bot.service.LEASE_SECONDS", 0.3)
    orchard = await house.outlet("Orchard Post")
    health = Health(port=free_port())
    with postgres.with_tables() as house.database, closing(Store.open(house.database)) as house.store:
        house.subscribe(ana.chat)
        async with house.open(health=health):
            for place in ("Sarmin", "Binnish", "Taftanaz"):
                with psycopg.connect(house.database) as connection:
                    connection.execute(DROP_ALL)
                orchard.publishes(SARMIN.replace("Sarmin", place))
                assert place in (await ana.hears())["text"]
            await house.settled(reports=3)
            await until_well(health)
    assert ana.chat.new.empty()


async def until_well(health: Health) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await complaints(health):  # noqa: ASYNC110  another end of HTTP has no events
            await asyncio.sleep(BEAT_SECONDS)


async def longest_stall(seconds: float) -> float:
    """By how much the loop was late at most, in that time."""
    ends, worst = time.monotonic() + seconds, 0.0
    while (before := time.monotonic()) < ends:
        await asyncio.sleep(BEAT_SECONDS)
        worst = max(worst, time.monotonic() - before - BEAT_SECONDS)
    return worst

"""The past as the running bot tells it to a chat: of its own rules alone, and as carefully as they ask."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.model import Delivery
from bot.core.pipeline import Rulebook
from bot.core.references import reference
from bot.desk import StoreDesk
from bot.store import Store
from bot.store.thread import StoreThread
from bot.telegram import texts
from tests.store.samples import incident, outcome, record, report

NOW = datetime(2025, 3, 10, 12, tzinfo=UTC)
IDLIB, SYRIA = "idlib-civilian-casualties", "syria-civilian-casualties"
ANA, BEN = 1, 2


@pytest.fixture
async def desk(tmp_path: Path, unused_store: Path, rulebook: Rulebook) -> AsyncIterator[StoreDesk]:
    """Two incidents of the Idlib rule, told with care by the Syrian one, and one of three months ago."""
    find = rulebook.knowledge.gazetteer.find
    store = Store.open(str(shutil.copy(unused_store, tmp_path / "tocsin.db")))
    care = ((SYRIA, Delivery("admin1", timedelta(hours=2), hide_names=True)),)
    for name, days, quote in (("Binnish", 1, "Shells killed Omar in Binnish."), ("Sarmin", 2, "A raid on Sarmin.")):
        at = NOW - timedelta(days=days)
        told = replace(incident(name, last_seen=at), first_seen=at, place=find(name), quote=quote, careful=care)
        record(store, outcome(report(name), replace(told, rules=frozenset({IDLIB, SYRIA}))))
    old = NOW - timedelta(days=90)
    told = replace(incident("old", last_seen=old), first_seen=old, place=find("Saraqib"), quote="A market was hit.")
    record(store, outcome(report("old"), replace(told, rules=frozenset({IDLIB}))))
    fresh = NOW - timedelta(hours=1)
    told = replace(incident("fresh", last_seen=fresh), first_seen=fresh, place=find("Homs"), quote="It goes on.")
    record(store, outcome(report("fresh"), replace(told, rules=frozenset({SYRIA}), careful=care)))
    store.subscribe(ANA, IDLIB, NOW)
    store.subscribe(BEN, SYRIA, NOW)
    thread = StoreThread(store)
    yield StoreDesk(thread, lambda: rulebook, lambda: NOW)
    thread.close()


async def test_a_chat_sees_the_newest_first_and_only_what_its_rules_told(desk: StoreDesk):
    first, second = await desk.latest(ANA, "")

    assert first.startswith("2025-03-09 12:00 UTC  Binnish (Idlib, Syria)  15 killed")
    assert "Shells killed Omar in Binnish." in first
    assert "Sarmin" in second
    assert await desk.latest(3, "") == []


async def test_one_place_or_one_rule_can_be_asked_for(desk: StoreDesk):
    assert ["Sarmin (Idlib" in entry for entry in await desk.latest(ANA, "Sarmin")] == [True]
    assert len(await desk.latest(ANA, "Idlib")) == 2
    assert len(await desk.latest(ANA, IDLIB)) == 2
    assert len(await desk.latest(ANA, "Civilian casualties in Idlib")) == 2
    with pytest.raises(LookupError):
        await desk.latest(ANA, "Nowhereville")


async def test_search_reaches_farther_back(desk: StoreDesk):
    (found,) = await desk.search(ANA, "market")

    assert "Saraqib" in found
    assert await desk.search(ANA, "market Binnish") == []


async def test_a_careful_rule_is_as_careful_in_lists(desk: StoreDesk):
    first, second = await desk.latest(BEN, "")

    toll = "15 killed, at least 20 injured (civilians)"
    assert first.splitlines()[:2] == [
        f"2025-03-09 12:00 UTC  Idlib (Syria)  {toll}  1 source  {reference('Binnish')}",
        "    “… killed … in ….”",
    ]
    for hidden in ("Binnish", "Omar", "Sarmin", "Homs"):
        assert hidden not in first + second


async def test_the_past_is_listed_in_the_language_of_who_asks(desk: StoreDesk):
    (entry,) = await desk.latest(ANA, "Sarmin", await desk.tongue(ANA, "ar-SY"))

    assert "سرمين (إدلب، سوريا)" in entry
    assert "بالتوقيت العالمي" in entry


async def test_a_name_that_is_no_place_is_answered_in_the_language_of_who_asks(desk: StoreDesk):
    french = await desk.tongue(ANA, "fr")

    with pytest.raises(LookupError) as unknown:
        await desk.latest(ANA, "Idlibb", french)
    with pytest.raises(LookupError) as several:
        await desk.latest(ANA, "San Miguel", french)

    assert "vouliez-vous dire «\u00a0Idlib\u00a0»" in texts.no_place(unknown.value, french)
    assert "désigne plusieurs lieux" in texts.no_place(several.value, french)

"""Incidents that a chat takes away: /export, as a table and as a map."""

from __future__ import annotations

import csv
import io
import json
from zoneinfo import ZoneInfo

import pytest

from bot.core.model import ChatSettings
from bot.core.references import reference
from bot.telegram import looking_texts, texts
from tests.alerts.scene import BINNISH, SARMIN, SYRIA, Desk
from tests.alerts.test_buttons import careful
from tests.alerts.test_looking import said
from tests.fake_telegram import FakeTelegram, Person


async def test_export_sends_a_table_and_a_map_of_the_chats_incidents(desk: Desk, telegram: FakeTelegram, ana: Person):
    desk.subscribe(ana.chat)
    first = await desk.tells(SARMIN)
    await desk.tells(BINNISH)
    for _ in (SARMIN, BINNISH):
        await ana.hears()

    ana.says("/export 7d")

    table, places = await ana.hears(), await ana.hears()
    assert table["document"]["file_name"] == "tocsin-20250303-20250310.csv"
    assert table["caption"] == "2 incidents since 2025-03-03 12:00 UTC, as a table and as a map."
    assert places["document"]["file_name"] == "tocsin-20250303-20250310.geojson"
    files = [call["document"].data.decode() for call in telegram.calls("sendDocument")]
    assert files[0][0] == "\ufeff"  # spreadsheets ask for it
    rows = list(csv.DictReader(io.StringIO(files[0][1:])))
    assert (rows[0]["place"], rows[0]["killed_low"], rows[0]["links"]) == ("Sarmin", "15", first.url)
    assert rows[0]["incident"] == reference(next(i.id for i in desk.incidents if i.killed and i.killed.low == 15))
    features = json.loads(files[1])["features"]
    assert [feature["properties"]["place"] for feature in features] == ["Sarmin", "Binnish"]
    assert features[0]["geometry"]["coordinates"] == [pytest.approx(36.725, 1e-3), pytest.approx(35.904, 1e-3)]


async def test_export_from_one_day_to_another_by_the_clock_of_the_chat(desk: Desk, telegram: FakeTelegram, ana: Person):
    desk.subscribe(ana.chat)
    desk.store.choose_settings(ana.id, ChatSettings(zone=ZoneInfo("Asia/Tokyo")), desk.now)
    await desk.tells(SARMIN)  # at nine in the evening there
    desk.passes(hours=4)
    await desk.tells(BINNISH)
    for _ in (SARMIN, BINNISH):
        await ana.hears()
    desk.passes(days=400)

    ana.says("/export 2025-03-09 2025-03-10")

    table, _ = await ana.hears(), await ana.hears()
    assert table["caption"].startswith("1 incident from 2025-03-09 00:00 JST to 2025-03-10 23:59 JST")
    text = telegram.calls("sendDocument")[0]["document"].data.decode()
    assert "Sarmin" in text
    assert "Binnish" not in text
    assert await said(ana, "/export 2025-03-12 2025-03-13") == looking_texts.NOTHING_TO_EXPORT


async def test_export_is_as_careful_as_the_rules(desk: Desk, telegram: FakeTelegram, ana: Person):
    desk.subscribe(ana.chat)
    await desk.tells(SARMIN)
    await ana.hears()
    careful(desk)

    ana.says("/export")
    for _ in ("a table", "a map"):
        await ana.hears()

    for call in telegram.calls("sendDocument"):
        text = call["document"].data.decode()
        assert "Idlib" in text
        for hidden in ("Sarmin", "gn:164782", "Orchard", "orchard.example", "36.7"):
            assert hidden not in text


@pytest.mark.parametrize(
    "asked",
    [
        *("/export soon", "/export 400d", "/export 0d", "/export 7d 8d", "/export 99999999999d"),
        *("/export 2025-03-10", "/export 2025-03-10 2025-03-09", "/export 2023-01-01 2025-01-01"),
        *("/export 9999-12-31 9999-12-31", "/export 2025-02-30 2025-03-01"),
    ],
)
async def test_export_says_what_it_does_not_understand(desk: Desk, ana: Person, asked: str):
    desk.subscribe(ana.chat)

    assert await said(ana, asked) == looking_texts.EXPORT_WHAT.format(days=366)


async def test_export_without_rules_or_incidents_says_so(desk: Desk, ana: Person):
    assert await said(ana, "/export") == texts.NO_SUBSCRIPTIONS
    desk.subscribe(ana.chat, rule=SYRIA)
    assert await said(ana, "/export") == looking_texts.NOTHING_TO_EXPORT

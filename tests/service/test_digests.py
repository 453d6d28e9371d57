"""Digests as chats get them: at their hour, once, also after a restart, and whether or not a picture can be drawn."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.core.model import (
    ChatSettings,
    Feed,
    Incident,
    Mute,
    MuteKind,
    Picture,
    Place,
    Preferences,
    QuietHours,
    Rhythm,
    Severity,
    ToldRule,
    exactly,
)
from bot.core.places.gazetteer import Gazetteer, Source
from bot.core.places.table import Row, table_of
from bot.core.reading import Knowledge
from bot.core.tongue import ENGLISH
from bot.digests import Digests
from bot.pictures import Studio
from bot.store import DueMessage, MessageState, Store, ToldDigest
from bot.store.thread import StoreThread
from bot.tongues import Tongues
from tests.fake_telegram import FakeTelegram, Person
from tests.service.house import IDLIB, House, until
from tests.store.samples import incident, message, outcome, record, report

CHAT = 7
EIGHT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
BINNISH = Place("gn:1", "Binnish", "settlement", "SY", ("Idlib",), 35.96, 36.71, ("gn:2", "gn:3"), "Syria")
PNG = b"a picture"
IDLIB_CITY = Row("gn:9", "settlement", "SY", "Idlib", lat=35.93, lon=36.63, population=100_000)
GAZETTEER = Gazetteer([Source(table_of([IDLIB_CITY]))])


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **span: float) -> None:
        self.now += timedelta(**span)


class QuickStudio(Studio):
    """Draws nothing and says it was drawn."""

    def __init__(self, png: bytes = PNG) -> None:
        super().__init__()
        self.png = png
        self.drawn: list[Picture] = []

    async def draw(self, picture: Picture) -> bytes:
        self.drawn.append(picture)
        return self.png


class Desk:
    """A bot of which only the digests are there; it may be started again."""

    def __init__(self, database: str) -> None:
        self.database = database
        self.clock = Clock(EIGHT - timedelta(hours=1))
        self.studio = QuickStudio()
        self.store = Store.open(database)
        self._messages = 0

    @asynccontextmanager
    async def open(self):
        thread = StoreThread(Store.open(self.database))
        digests = Digests(thread, lambda: GAZETTEER, Tongues(lambda: Knowledge({}, GAZETTEER)), self.clock, self.studio)
        try:
            yield digests
        finally:
            await digests.close()
            thread.close()

    async def looks(self, **later: float) -> list[str]:
        """The bot starts, looks once and stops, so much later; the texts that are to go out now."""
        self.clock.passes(**later)
        async with self.open() as digests:
            await digests.tell_due()
        return [due.message.text.plain for due in self.outgoing()]

    def outgoing(self) -> list[DueMessage]:
        due = self.store.claim_messages(self.clock(), 100, 60)
        for each in due:
            self.store.message_sent(each.id, 1, self.clock())
        return due

    def listens(self, chat_id: int = CHAT, rhythm: Rhythm = Rhythm.DAILY, **chosen: object) -> None:
        self.store.subscribe(chat_id, "idlib", self.clock())
        self.store.prefer(chat_id, "idlib", replace(Preferences(rhythm=rhythm), **chosen))  # type: ignore[arg-type]

    def happens(self, name: str = "raid", *, hours_ago: float = 1, place: Place | None = BINNISH) -> Incident:
        at = self.clock() - timedelta(hours=hours_ago)
        told = (ToldRule("idlib", "Idlib", Severity.HIGH),)
        happened = replace(
            incident(name, last_seen=at), first_seen=at, place=place, told=told, killed=exactly(4), injured=None
        )
        record(self.store, outcome(report(f"{name}-{at}"), happened), now=self.clock())
        return happened


@pytest.fixture
def desk(tmp_path: Path):
    made = Desk(str(tmp_path / "tocsin.db"))
    yield made
    made.store.close()


# ---------------------------------------------------------------- when
async def test_a_digest_comes_at_its_hour_once_also_when_the_bot_starts_again(desk: Desk):
    desk.listens()
    assert await desk.looks() == []
    desk.happens()
    assert await desk.looks(minutes=59) == []

    (text,) = await desk.looks(minutes=1)
    assert text.startswith("Daily digest · 2026-11-21 08:00 - 2026-11-22 08:00 (UTC)")
    assert "Binnish (Idlib, Syria)" in text
    assert await desk.looks() == []
    assert await desk.looks(hours=23) == []


async def test_a_bot_that_was_away_tells_late_once_of_all_that_time(desk: Desk):
    desk.listens()
    await desk.looks()
    desk.happens("first")
    desk.clock.passes(days=2)
    desk.happens("second")

    (text,) = await desk.looks(hours=6)

    assert text.startswith("Daily digest · 2026-11-21 08:00 - 2026-11-24 08:00")
    assert "2 incidents" in text
    assert await desk.looks(hours=1) == []


async def test_what_happened_before_somebody_chose_digests_is_not_told(desk: Desk):
    desk.happens("long before", hours_ago=26)
    desk.happens("yesterday", hours_ago=12)
    desk.listens()
    await desk.looks()

    (text,) = await desk.looks(hours=1)

    assert "1 incident:" in text


async def test_who_goes_back_to_alerts_and_returns_is_not_told_of_the_time_between(desk: Desk):
    desk.listens()
    await desk.looks()
    desk.listens(rhythm=Rhythm.INSTANT)
    await desk.looks(days=3)
    desk.listens()

    assert await desk.looks(days=2) == []
    assert len(await desk.looks(days=1)) == 1


async def test_a_late_report_is_told_in_the_next_digest_and_once(desk: Desk):
    desk.listens()
    await desk.looks()
    await desk.looks(hours=1)
    desk.happens("late", hours_ago=3)

    (text,) = await desk.looks(days=1)
    assert "1 incident:" in text
    (text,) = await desk.looks(days=1)
    assert "No incidents." in text


async def test_a_weekly_digest_comes_on_monday_at_the_hour_that_was_chosen(desk: Desk):
    desk.listens(rhythm=Rhythm.WEEKLY)
    desk.store.choose_settings(CHAT, ChatSettings(digest_at=time(6, 30)), desk.clock())
    await desk.looks()
    assert await desk.looks(hours=23) == []

    (text,) = await desk.looks(minutes=30)

    assert text.startswith("Weekly digest · 2026-11-16 06:30 - 2026-11-23 06:30")


async def test_in_quiet_hours_a_digest_waits(desk: Desk):
    desk.listens()
    desk.store.choose_settings(CHAT, ChatSettings(quiet=QuietHours(time(22), time(9))), desk.clock())
    await desk.looks()
    desk.happens()

    assert await desk.looks(hours=1) == []
    desk.clock.passes(hours=1)
    (due,) = desk.outgoing()
    assert due.message.silent


# ---------------------------------------------------------------- what
async def test_a_digest_counts_alerts_names_feeds_that_went_quiet_and_leaves_out_what_is_muted(desk: Desk):
    desk.listens()
    desk.store.reconcile_feeds([Feed("https://post.example/rss", "The Post")], desk.clock() - timedelta(days=1))
    await desk.looks()
    (feed,) = desk.store.claim_feeds(desk.clock(), 1, 60)
    desk.store.feed_failed(feed.id, error="down", next_due_at=desk.clock(), now=desk.clock())
    record(desk.store, outcome(report("other")), message("m1", CHAT, incident_id="other"), now=desk.clock())
    desk.outgoing()
    raid = desk.happens()
    now = desk.clock()
    desk.store.mute(CHAT, Mute(MuteKind.INCIDENT, raid.id, now + timedelta(days=3)), now)

    (text,) = await desk.looks(hours=1)

    assert text.splitlines()[1:] == ["No incidents.", "1 alert came at once.", "", "Gone quiet: The Post"]


async def test_a_forum_gets_a_digest_in_each_topic(desk: Desk):
    desk.listens(topic_id=3)
    desk.store.subscribe(CHAT, "hama", desk.clock())
    desk.store.prefer(CHAT, "hama", Preferences(rhythm=Rhythm.DAILY, topic_id=4))
    await desk.looks()
    desk.clock.passes(hours=1)
    async with desk.open() as digests:
        await digests.tell_due()

    assert sorted(due.message.topic_id or 0 for due in desk.outgoing()) == [3, 4]


async def test_a_digest_is_in_the_language_that_its_subscriptions_share_or_in_that_of_the_chat(desk: Desk):
    desk.listens(language="fr")
    desk.store.subscribe(CHAT, "hama", desk.clock())
    desk.store.prefer(CHAT, "hama", Preferences(rhythm=Rhythm.DAILY, language="fr"))
    assert await desk.looks() == []
    (french,) = await desk.looks(hours=1)
    desk.store.prefer(CHAT, "hama", Preferences(rhythm=Rhythm.DAILY, language="uk"))
    (english,) = await desk.looks(days=1)

    assert "Aucun incident." in french
    assert "No incidents." in english


async def test_one_chat_whose_digest_cannot_be_made_holds_up_no_other(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    for chat_id in (CHAT, 8):
        desk.listens(chat_id)
    await desk.looks()
    asked = Store.alerts_sent

    def fails_for_one(store: Store, chat_id: int, *period: datetime) -> int:
        if chat_id == CHAT:
            raise ValueError("a surprise")
        return asked(store, chat_id, *period)

    monkeypatch.setattr(Store, "alerts_sent", fails_for_one)
    assert len(await desk.looks(hours=1)) == 1
    monkeypatch.undo()
    assert len(await desk.looks(minutes=1)) == 1


# ---------------------------------------------------------------- pictures
async def test_a_picture_comes_with_the_text_under_it(desk: Desk):
    desk.listens()
    await desk.looks()
    desk.happens()
    desk.clock.passes(hours=1)
    async with desk.open() as digests:
        await digests.tell_due()

    (due,) = desk.outgoing()
    assert due.message.picture == PNG
    assert "Binnish" in due.message.text.plain
    (picture,) = desk.studio.drawn
    assert [mark.name for mark in picture.marks] == ["Binnish"]
    assert [town.name for town in picture.towns] == ["Idlib"]
    assert [count for _, count in picture.days] == [0, 0, 0, 0, 0, 0, 1]


async def test_a_long_digest_is_a_picture_with_its_head_and_a_list(desk: Desk):
    desk.listens()
    await desk.looks()
    for number in range(20):
        desk.happens(f"raid-{number}")
    desk.clock.passes(hours=1)
    async with desk.open() as digests:
        await digests.tell_due()

    first, second = desk.outgoing()
    assert (first.message.picture, second.message.picture) == (PNG, b"")
    assert "20 incidents" in first.message.text.plain
    assert second.message.text.plain.count("• ") == 20


async def test_where_nothing_can_be_drawn_the_text_goes_out_as_one(desk: Desk):
    desk.studio.png = b""
    desk.listens()
    await desk.looks()
    for number in range(20):
        desk.happens(f"raid-{number}")

    (text,) = await desk.looks(hours=1)

    assert text.count("• ") == 20


async def test_without_a_place_on_the_map_there_is_no_picture(desk: Desk):
    desk.listens()
    await desk.looks()
    desk.happens(place=None)

    (text,) = await desk.looks(hours=1)

    assert "Place not named" in text
    assert desk.studio.drawn == []


# ---------------------------------------------------------------- when asked
async def asked(desk: Desk, span: timedelta = timedelta(days=1)) -> list[DueMessage]:
    async with desk.open() as digests:
        assert await digests.tell_now(CHAT, 3, span, ENGLISH)
        await digests.tell_now(CHAT, 3, span, ENGLISH)
        await until(lambda: not digests._asked)
    return desk.outgoing()


async def test_a_digest_that_is_asked_for_tells_of_all_that_the_chat_listens_to(desk: Desk):
    desk.listens(rhythm=Rhythm.INSTANT)
    desk.happens("now")
    desk.happens("before", hours_ago=30)

    (due,) = await asked(desk)

    assert due.message.text.plain.startswith("Digest · 2026-11-21 07:00 - 2026-11-22 07:00")
    assert "1 incident:" in due.message.text.plain
    assert due.message.topic_id == 3
    desk.clock.passes(seconds=1)
    (due,) = await asked(desk, timedelta(days=7))
    assert "2 incidents:" in due.message.text.plain


async def test_a_digest_that_is_asked_for_changes_nothing_of_the_next_one(desk: Desk):
    desk.listens()
    await desk.looks()
    desk.happens()
    await asked(desk)

    (text,) = await desk.looks(hours=1)

    assert "1 incident:" in text


async def test_who_listens_to_nothing_gets_no_digest(desk: Desk):
    async with desk.open() as digests:
        assert not await digests.tell_now(CHAT, None, timedelta(days=1), ENGLISH)


# ---------------------------------------------------------------- the whole bot
async def test_the_running_bot_sends_a_digest_with_a_picture_at_its_hour_and_when_asked(
    house: House, telegram: FakeTelegram, ana: Person, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.running.DIGESTS_SECONDS", 0.2)
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    now = datetime.now(UTC)
    house.store.prefer(ana.id, IDLIB, Preferences(rhythm=Rhythm.DAILY))
    house.store.choose_settings(ana.id, ChatSettings(digest_at=time(now.hour, now.minute)), now)
    async with house.open():
        orchard.publishes("Shelling killed nine villagers in Sarmin before sunrise.", age=timedelta(hours=2))
        await house.settled(reports=1)
        assert ana.chat.new.empty()
        house.store.seat_digests([], {(ana.id, Rhythm.DAILY): ToldDigest(now - timedelta(days=1))})
        told = await ana.hears()
        ana.says("/digest")
        asked_for = await ana.hears()
        await until(lambda: house.store.status().messages.get(MessageState.SENT) == 2)

    assert "Sarmin (Idlib, Syria) · 9 killed" in told["caption"]
    assert "Sarmin (Idlib, Syria) · 9 killed" in asked_for["caption"]
    assert told["photo"][0]["width"] > 1000
    (first, _) = telegram.calls("sendPhoto")
    assert Image.open(BytesIO(first["photo"].data)).format == "PNG"


async def test_an_hour_that_is_chosen_in_telegram_counts(house: House, telegram: FakeTelegram, ana: Person):
    house.subscribe(ana.chat)
    async with house.open():
        ana.says("/digest at 06:30")
        await ana.hears()

    assert house.store.settings_of(ana.id).digest_at == time(6, 30)

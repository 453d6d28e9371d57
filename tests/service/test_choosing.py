"""What chats chose, as the running bot heeds it: quiet hours, mutes, places, topics and digests."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from bot.core.model import ChatSettings, Mute, MuteKind, Preferences, QuietHours, Rhythm
from bot.telegram import texts
from tests.fake_telegram import FakeTelegram, Person
from tests.service.house import IDLIB, House

NINE = "Shelling killed nine villagers in Sarmin before sunrise."
ALSO_NINE = "A doctor in Sarmin said that nine civilians were killed when rockets hit the grain market."
TWELVE = "The shelling of Sarmin killed 12 civilians, hospital staff counted."
FIVE = "Mortar rounds killed five civilians in Saraqib, relatives told us."


def night() -> ChatSettings:
    """It is quiet from an hour ago until an hour from now, and critical alerts wait as well."""
    now = datetime.now(UTC)
    start, end = (time((now + timedelta(hours=hours)).hour, now.minute) for hours in (-1, 1))
    return ChatSettings(quiet=QuietHours(start, end), critical_passes=False)


async def test_what_happens_in_quiet_hours_is_kept_as_one_message_that_knows_all_of_it(
    house: House, telegram: FakeTelegram, ana: Person, ben: Person
):
    orchard, valley = await house.outlet("Orchard Post"), await house.outlet("Valley Radio")
    house.subscribe(ana.chat, ben.chat)
    house.store.choose_settings(ana.id, night(), datetime.now(UTC))
    async with house.open():
        orchard.publishes(NINE)
        await ben.hears()
        await house.recorded(reports=1)
        valley.publishes(TWELVE)
        await ben.hears()
        await house.recorded(reports=2)

    assert ana.chat.new.empty()
    (held,) = house.store.claim_messages(datetime.now(UTC) + timedelta(hours=2), 10, 60)
    assert (held.chat_id, held.message.silent) == (ana.id, False)  # it became critical and was not let through
    assert "12 killed" in held.message.text.plain


async def test_a_place_a_toll_and_a_digest_keep_back_what_was_not_asked_for(
    house: House, telegram: FakeTelegram, ana: Person, ben: Person
):
    orchard = await house.outlet("Orchard Post")
    cleo = telegram.person(9, "Cleo")
    house.subscribe(ana.chat, ben.chat, cleo.chat)
    house.store.prefer(ana.id, IDLIB, Preferences(minimum_toll=6))
    house.store.prefer(ben.id, IDLIB, Preferences(rhythm=Rhythm.DAILY))
    async with house.open():
        orchard.publishes(FIVE)
        assert "Saraqib" in (await cleo.hears())["text"]
        orchard.publishes(NINE)
        assert "Sarmin" in (await cleo.hears())["text"]
        assert "Sarmin" in (await ana.hears())["text"]
        await house.settled(reports=2)

    assert ana.chat.new.empty()
    assert ben.chat.new.empty()


async def test_a_muted_incident_stays_silent_also_when_its_toll_rises(
    house: House, telegram: FakeTelegram, ana: Person, ben: Person
):
    orchard, valley = await house.outlet("Orchard Post"), await house.outlet("Valley Radio")
    house.subscribe(ana.chat, ben.chat)
    async with house.open():
        orchard.publishes(NINE)
        await ana.hears()
        await ben.hears()
        await house.settled(reports=1)
        (incident,) = house.store.incidents_since(datetime.now(UTC) - timedelta(days=1))
        now = datetime.now(UTC)
        house.store.mute(ana.id, Mute(MuteKind.INCIDENT, incident.id, now + timedelta(hours=1)), now)
        valley.publishes(TWELVE)
        assert "12 killed" in (await ben.hears())["text"]
        await house.settled(reports=2)

    assert ana.chat.new.empty()
    assert ana.chat.edited.empty()


async def test_when_a_topic_is_deleted_its_alerts_come_to_the_group_which_is_told_once(
    house: House, telegram: FakeTelegram, ana: Person
):
    orchard = await house.outlet("Orchard Post")
    group = telegram.group(-1005, "Desk", ana, type="supergroup")
    group.topics.add(3)
    house.store.subscribe(group.id, IDLIB, datetime.now(UTC), topic_id=3)
    async with house.open():
        orchard.publishes(NINE)
        assert (await group.hears())["message_thread_id"] == 3
        group.topics.clear()
        orchard.publishes(FIVE)
        lost = await group.hears()
        orchard.publishes("Rockets killed six farmers in Binnish at dusk.")
        next_one = await group.hears()
        await house.settled(reports=3)

    assert lost["text"].endswith(texts.TOPIC_LOST)
    assert "message_thread_id" not in lost
    assert texts.TOPIC_LOST not in next_one["text"]

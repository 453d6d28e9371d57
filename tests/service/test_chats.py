"""What chats do to their alerts: block the bot, move, and be written to too fast."""

import time

from bot.outbox import LIMITS
from tests.fake_telegram import FakeTelegram, Person, Refuse, ResetAfter, State
from tests.fake_telegram.errors import too_many_requests
from tests.service.house import House, until

SARMIN = "Shelling killed 11 villagers in Sarmin before sunrise."
BINNISH = "Air strikes killed four civilians in Binnish after noon prayers."
SARMIN_RISES = "The shelling of Sarmin killed 17 civilians, hospital staff counted."


async def test_a_chat_that_blocks_the_bot_is_paused_and_the_others_still_hear(
    house: House, telegram: FakeTelegram, ana: Person, ben: Person
):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat, ben.chat)
    ana.chat.state = State.BLOCKED  # and the update that would tell is lost
    async with house.open():
        orchard.publishes(SARMIN)
        assert "Sarmin" in (await ben.hears())["text"]
        await house.settled(reports=1)
        orchard.publishes(BINNISH)
        assert "Binnish" in (await ben.hears())["text"]
        await house.settled(reports=2)

        chat = house.store.status(ana.id).chat
        assert chat is not None
        assert (chat.active, chat.paused_why) == (False, "Forbidden: bot was blocked by the user")
        assert len([call for call in telegram.calls("sendMessage") if call["chat_id"] == ana.id]) == 1

        ana.unblocks_bot()
        await until(lambda: house.store.status().paused_chats == 0)
        orchard.publishes("Rockets killed six farmers in Saraqib at dusk.")
        assert "Saraqib" in (await ana.hears())["text"]


async def test_a_chat_that_could_not_be_written_to_hears_again_when_it_speaks_and_one_that_asked_for_a_pause_not(
    house: House, telegram: FakeTelegram, ana: Person, ben: Person
):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat, ben.chat)
    ana.chat.state = State.BLOCKED
    async with house.open():
        ben.says("/pause")
        await ben.hears()
        orchard.publishes(SARMIN)
        await house.settled(reports=1)
        await until(lambda: house.store.status().paused_chats == 2)

        ana.chat.state = State.OK  # and the update that would tell is lost
        for person in (ana, ben):
            person.says("/help")
            await person.hears()
        orchard.publishes(BINNISH)
        assert "Binnish" in (await ana.hears())["text"]
        await house.settled(reports=2)

    assert ben.chat.new.empty()


async def test_a_channel_hears_what_its_administrator_chose_in_private_and_nothing_once_the_bot_is_out(
    house: House, telegram: FakeTelegram, ana: Person, ben: Person
):
    orchard = await house.outlet("Orchard Post")
    channel = telegram.group(-1009, "News", ana, type="channel")
    house.subscribe(ben.chat)
    async with house.open():
        ana.promotes_bot(channel)
        shown = await ana.hears()
        for label in ("Choose rules", "All rules", "›", "›"):
            if "Idlib" in str(shown["reply_markup"]):
                break
            ana.taps(shown, label)
            shown = await ana.chat.sees_edit()
        for label in ("Idlib", "Subscribe"):
            ana.taps(shown, label)
            shown = await ana.chat.sees_edit()
        orchard.publishes(SARMIN)
        assert "Sarmin" in (await channel.hears())["text"]
        await ben.hears()
        ana.dismisses_bot(channel)
        await until(lambda: house.store.status().paused_chats == 1)
        orchard.publishes(BINNISH)
        await ben.hears()
        await house.settled(reports=2)
        assert house.store.rules_of(channel.id)

        ana.promotes_bot(channel)
        await ana.hears()
        orchard.publishes("Rockets killed six farmers in Saraqib at dusk.")
        assert "Saraqib" in (await channel.hears())["text"]


async def test_the_alerts_of_a_group_follow_it_when_it_becomes_a_supergroup(
    house: House, telegram: FakeTelegram, ana: Person
):
    orchard = await house.outlet("Orchard Post")
    group, supergroup = telegram.group(-5, "Desk", ana), telegram.group(-1005, "Desk", ana, type="supergroup")
    house.subscribe(group)
    group.state, group.migrated_to = State.MIGRATED, supergroup.id  # and the updates that would tell are lost
    async with house.open():
        orchard.publishes(SARMIN)
        first = await supergroup.hears()
        await house.settled(reports=1)
        orchard.publishes(SARMIN_RISES)
        reply = await supergroup.hears()
        await house.settled(reports=2)

    assert "11 killed" in first["text"]
    assert reply["reply_to_message"]["message_id"] == first["message_id"]
    assert "17 killed" in supergroup.messages[first["message_id"]]["text"]
    assert group.new.empty()
    assert supergroup.new.empty()
    assert house.store.rules_of(group.id) == frozenset()
    assert house.store.rules_of(supergroup.id)


async def test_an_alert_that_telegram_puts_off_comes_when_it_may_and_once(
    house: House, telegram: FakeTelegram, ana: Person, ben: Person
):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat, ben.chat)
    telegram.faults.plan(Refuse(too_many_requests(retry_after=1)), "sendMessage")
    async with house.open():
        before = time.monotonic()
        orchard.publishes(SARMIN)
        await ana.hears()
        await ben.hears()
        waited_seconds = time.monotonic() - before
        await house.settled(reports=1)

    assert waited_seconds >= 1
    assert ana.chat.new.empty()
    assert ben.chat.new.empty()


async def test_an_alert_whose_answer_was_lost_is_repeated_once_and_says_so(
    house: House, telegram: FakeTelegram, ana: Person, monkeypatch
):
    monkeypatch.setattr("bot.outbox.REPEAT_SECONDS", 0.05)
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    telegram.faults.plan(ResetAfter(), "sendMessage")
    async with house.open():
        orchard.publishes(SARMIN)
        first, second = await ana.hears(), await ana.hears()
        await house.settled(reports=1)

    assert "sent again" not in first["text"]
    assert second["text"] == first["text"] + "\n\n(sent again: the first answer was lost)"
    assert ana.chat.new.empty()


async def test_two_alerts_to_one_chat_are_a_second_apart(house: House, ana: Person):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    house.sending = LIMITS
    async with house.open():
        before = time.monotonic()
        orchard.publishes(SARMIN)
        orchard.publishes(BINNISH)
        alerts = [await ana.hears(), await ana.hears()]
        waited_seconds = time.monotonic() - before

    assert waited_seconds >= 1
    assert [place in alert["text"] for place, alert in zip(("Sarmin", "Binnish"), alerts, strict=True)] == [True, True]

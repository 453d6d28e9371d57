"""Who may use the running bot, and what administrators do with it, through the real store, feeds and rules."""

from __future__ import annotations

import pytest

from bot.config import Access
from tests.fake_telegram import FakeTelegram, Person
from tests.service.house import House, until
from tests.service.press import PATH

SARMIN = "Shelling killed 11 villagers in Sarmin before sunrise."
BINNISH = "Air strikes killed four civilians in Binnish after noon prayers."
BOSS = 9
BY_INVITATION = Access(frozenset(), frozenset({BOSS}), invites=True)


@pytest.fixture
def boss(telegram: FakeTelegram) -> Person:
    return telegram.person(BOSS, "Boss")


async def answer(person: Person, words: str) -> str:
    person.says(words)
    return str((await person.hears())["text"])


async def test_a_stranger_comes_in_by_a_link_hears_alerts_and_is_shown_out(house: House, ana: Person, boss: Person):
    orchard = await house.outlet("Orchard Post")
    async with house.open(access=BY_INVITATION):
        assert "not open to everybody" in await answer(ana, "/subscribe")
        await boss.hears()  # the request
        link = (await answer(boss, "/admin invite 1 2")).rpartition("start=")[2]
        assert "Welcome" in await answer(ana, f"/start {link}")
        assert "hears about" in await answer(ana, "/start idlib-civilian-casualties")
        orchard.publishes(SARMIN)
        assert "Sarmin" in (await ana.hears())["text"]

        boss.says("/admin users")
        boss.taps(await boss.hears(), "Ana")
        assert "decided not to" in (await ana.hears())["text"]
        assert house.store.rules_of(ana.id) == frozenset()
        assert "does not work any more" in await answer(ana, f"/start {link}")

    async with house.open(access=BY_INVITATION):
        assert "not open to everybody" in await answer(ana, "/status")


async def test_strangers_and_those_who_were_shown_out_have_themselves_forgotten(
    house: House, telegram: FakeTelegram, ana: Person, ben: Person, boss: Person
):
    group = telegram.group(-5, "Desk", ana)
    async with house.open(access=BY_INVITATION):
        assert "not open to everybody" in await answer(ana, "/start")
        boss.taps(await boss.hears(), "Admit")
        await ana.hears()
        await answer(ana, "/start idlib-civilian-casualties")
        boss.says("/admin users")
        boss.taps(await boss.hears(), "Ana")
        await ana.hears()
        ben.says("/forget", group)
        assert "Only administrators" in (await group.hears())["text"]

        for number, (person, chat) in enumerate(((ana, ana.chat), (ben, ben.chat), (ana, group))):
            if number == 1:
                await answer(ben, "/start")
                await boss.hears()
            person.says("/forget", chat)
            person.taps(await chat.hears(), "Erase everything")
            said = (await chat.sees_edit())["text"]
            assert ("Nothing is kept" in said) is (chat is group)
    assert [each.chat_id for each in house.store.admissions()] == []
    assert house.store.status(ana.id).chat is None


async def test_a_stranger_who_is_forgotten_and_asks_again_troubles_the_administrators_once_a_day(
    house: House, ana: Person, boss: Person
):
    async with house.open(access=BY_INVITATION):
        assert "not open" in await answer(ana, "/start")
        await boss.hears()
        for _ in range(3):
            ana.says("/forget")
            ana.taps(await ana.hears(), "Erase everything")
            await ana.chat.sees_edit()
            ana.says("/start")
        assert "all is right" in await answer(boss, "/admin rules")
    assert boss.chat.new.empty()


async def test_a_link_for_one_lets_in_one(house: House, ana: Person, ben: Person, boss: Person):
    async with house.open(access=BY_INVITATION):
        link = (await answer(boss, "/admin invite")).rpartition("start=")[2]

        assert "Welcome" in await answer(ana, f"/start {link}")
        assert "does not work any more" in await answer(ben, f"/start {link}")
    assert link.encode() not in b"".join(path.read_bytes() for path in house.files())


async def test_a_request_that_was_granted_counts_after_a_restart(house: House, ana: Person, boss: Person):
    access = Access(frozenset(), frozenset({BOSS}))
    async with house.open(access=access):
        await answer(ana, "/start")
        boss.taps(await boss.hears(), "Admit")
        assert "Welcome" in (await ana.hears())["text"]

    async with house.open(access=access):
        assert "Tocsin" in await answer(ana, "/status")


async def test_a_feed_is_added_in_telegram_polled_and_still_asked_after_a_restart(
    house: House, ana: Person, boss: Person
):
    orchard = await house.outlet("Orchard Post")
    house.feeds.clear()
    house.subscribe(ana.chat)
    access = Access(administrators=frozenset({BOSS}))
    async with house.open(access=access):
        said = await answer(boss, f"/admin feeds add {orchard.feed.url}")
        assert "asked from now on" in said
        orchard.publishes(SARMIN)
        assert "Sarmin" in (await ana.hears())["text"]

    async with house.open(access=access):
        assert orchard.feed.url in await answer(boss, "/admin feeds")
        orchard.publishes("Air strikes killed four civilians in Binnish after noon prayers.")
        assert "Binnish" in (await ana.hears())["text"]

        assert "asked no more" in await answer(boss, f"/admin feeds remove {orchard.feed.url}")
        asked = len(orchard.asked_with)
        assert "There are no feeds" in await answer(boss, "/admin feeds")
    assert len(orchard.asked_with) <= asked + 1
    assert house.feed_health(orchard.feed.url).paused


async def test_a_feed_in_a_private_network_is_refused_like_any_other(house: House, boss: Person):
    access = Access(administrators=frozenset({BOSS}))
    async with house.open(access=access):
        said = await answer(boss, "/admin feeds add http://10.0.0.1/rss")

    assert "not of use" in said
    assert house.store.feed_states() == []


async def test_a_page_that_names_a_feed_has_it_proposed(house: House, boss: Person):
    page = (
        b'<!doctype html><html><head><link rel="alternate" type="application/rss+xml" href="/real.xml"></head></html>'
    )
    server = await house.page(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b"
        % (len(page), page)
    )
    house.feeds.clear()
    async with house.open(access=Access(administrators=frozenset({BOSS}))):
        said = await answer(boss, f"/admin feeds check {server.url(PATH)}")

    assert f"/admin feeds add {server.url('/real.xml')}" in said


async def test_a_message_to_all_reaches_every_active_chat_once(
    house: House, telegram: FakeTelegram, ana: Person, ben: Person, boss: Person
):
    house.subscribe(ana.chat, ben.chat)
    house.store.pause_chat(ben.id, "asked for", house.now)
    async with house.open(access=Access(administrators=frozenset({BOSS}))):
        boss.says("/admin broadcast Maintenance <tonight> & tomorrow")
        asked = await boss.hears()
        assert asked["text"].startswith("This goes to 1 chat:")
        boss.taps(asked, "Send")
        boss.taps(asked, "Send")

        assert (await ana.hears())["text"] == "Maintenance <tonight> & tomorrow"
        assert [await telegram.notice(), await telegram.notice()][1].startswith("Nothing was changed")
        await until(lambda: not house.store.status().waiting_since)
    assert ana.chat.new.empty()
    assert ben.chat.new.empty()


async def test_the_rules_are_told_and_read_anew_on_demand(house: House, boss: Person):
    async with house.open(access=Access(administrators=frozenset({BOSS}))):
        assert "all is right" in await answer(boss, "/admin rules reload")


async def test_whom_the_config_lets_in_no_more_hears_nothing_until_it_does_again(
    house: House, ana: Person, ben: Person, boss: Person
):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat, ben.chat)
    async with house.open(access=Access(frozenset({ben.id}), frozenset({BOSS}))):
        orchard.publishes(SARMIN)
        await ben.hears()
        await house.settled(reports=1)
        ana.blocks_bot()
        ana.unblocks_bot()
        orchard.publishes("Air strikes killed four civilians in Binnish after noon prayers.")
        await ben.hears()
        await house.settled(reports=2)
    assert ana.chat.new.empty()

    async with house.open():
        orchard.publishes("Rockets killed six farmers in Saraqib at dusk.")
        assert "Saraqib" in (await ana.hears())["text"]


async def test_a_group_that_the_config_lets_in_no_more_hears_nothing_until_it_is_back(
    house: House,
    telegram: FakeTelegram,
    ana: Person,
    *,
    ben: Person,
    boss: Person,
    caplog: pytest.LogCaptureFixture,
):
    orchard = await house.outlet("Orchard Post")
    group = telegram.group(-5, "Desk", ana, ben)
    house.subscribe(group, ben.chat)
    for number, story in enumerate((SARMIN, BINNISH), 1):
        async with house.open(access=Access(frozenset({ben.id}), frozenset({BOSS}))):
            ana.kicks_bot(group)
            ana.adds_bot(group)  # who is not let in lets nobody in
            ana.says("/resume", group)
            assert "not open" in (await group.hears())["text"]
            await boss.hears() if number == 1 else None
            orchard.publishes(story)
            await ben.hears()
            await house.settled(reports=number)
    assert group.new.empty()
    assert caplog.text.count("chat -5 may not use the bot any more") == 1

    async with house.open(access=Access(frozenset({ben.id, group.id}), frozenset({BOSS}))):
        orchard.publishes("Rockets killed six farmers in Saraqib at dusk.")
        assert "Saraqib" in (await group.hears())["text"]


async def test_a_group_in_which_an_administrator_of_the_bot_listens_needs_no_other_word(
    house: House, telegram: FakeTelegram, boss: Person
):
    orchard = await house.outlet("Orchard Post")
    group = telegram.group(-5, "Desk", boss)
    access = Access(frozenset(), frozenset({BOSS}))
    async with house.open(access=access):
        boss.says("/start idlib-civilian-casualties", group)
        assert "now hears about" in (await group.hears())["text"]
    async with house.open(access=access):
        orchard.publishes(SARMIN)
        assert "Sarmin" in (await group.hears())["text"]


async def test_a_group_that_was_let_in_stays_so_when_it_becomes_a_supergroup(
    house: House, telegram: FakeTelegram, ana: Person
):
    group = telegram.group(-5, "Desk", ana)
    house.subscribe(group)
    async with house.open(access=Access(frozenset({group.id}), frozenset({BOSS}))):
        supergroup = ana.upgrades(group, -1005)
        await until(lambda: house.store.rules_of(supergroup.id))
        ana.says("/status", supergroup)

        assert "Tocsin" in (await supergroup.hears())["text"]


async def test_readers_of_a_channel_look_at_its_sources_without_asking_anybody(
    house: House, telegram: FakeTelegram, ana: Person, ben: Person, boss: Person
):
    orchard = await house.outlet("Orchard Post")
    channel = telegram.group(-1009, "News", ana, type="channel")
    async with house.open(access=Access(frozenset({ana.id}), frozenset({BOSS}))):
        ana.promotes_bot(channel)
        await ana.hears()
        house.subscribe(channel)
        orchard.publishes(SARMIN)
        ben.taps(await channel.hears(), "Sources")

        assert "Orchard Post" in await telegram.notice()
    assert boss.chat.new.empty()

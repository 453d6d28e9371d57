"""Groups, and chats that come, go and move."""

import pytest

from bot.telegram import texts

pytestmark = pytest.mark.usefixtures("listening")


@pytest.fixture
def ben(telegram):
    return telegram.person(8, "Ben")


@pytest.fixture
def group(telegram, ana):
    """Ana is its administrator; Ben is not."""
    return telegram.group(-5, "Desk", ana, type="supergroup")


async def test_an_administrator_chooses_for_the_group(telegram, ana, group, desk):
    ana.says("/subscribe", group)
    ana.taps(await group.hears(), "Idlib")

    assert await telegram.notice() == "This chat now hears about: Civilian casualties in Idlib"
    assert desk.chosen == {group.id: {"idlib-civilian-casualties"}}


async def test_a_member_may_ask_but_not_choose(telegram, ana, ben, group, desk):
    ana.says("/subscribe", group)
    menu = await group.hears()

    ben.says("/status", group)
    assert (await group.hears())["text"].startswith("Listening")
    ben.says("/unsubscribe", group)
    assert (await group.hears())["text"] == texts.ADMINISTRATORS_ONLY
    ben.taps(menu, "Idlib")
    assert await telegram.notice() == texts.ADMINISTRATORS_ONLY
    assert desk.chosen[group.id] == set()


async def test_an_anonymous_administrator_may_choose(ana, group):
    ana.says_anonymously("/subscribe@tocsin_test_bot", group)

    assert (await group.hears())["text"] == texts.CHOOSE


async def test_who_writes_in_the_name_of_a_channel_decides_nothing(telegram, ana, ben, group, desk):
    channel = telegram.group(-1009, "Bens channel", ben, type="supergroup")
    for command in ("/subscribe", "/pause", "/start idlib-civilian-casualties"):
        ben.says_as(channel, command, group)
        assert (await group.hears())["text"] == texts.ADMINISTRATORS_ONLY

    assert (desk.chosen[group.id], desk.happened) == (set(), [])


async def test_a_tap_that_comes_twice_counts_once(telegram, ana, group, desk):
    ana.says("/subscribe", group)
    update = ana.taps(await group.hears(), "Idlib")
    await group.sees_edit()
    desk.chosen[group.id].clear()

    telegram.updates.repeat(update)
    ana.says("/status", group)

    assert (await group.hears())["text"].startswith("Listening to 0")


async def test_who_is_an_administrator_no_longer_decides_nothing_by_old_buttons(telegram, ana, group, desk):
    ana.says("/subscribe", group)
    menu = await group.hears()
    group.administrators.clear()

    ana.taps(menu, "Idlib")

    assert await telegram.notice() == texts.ADMINISTRATORS_ONLY
    assert desk.chosen[group.id] == set()


async def test_a_command_for_another_bot_is_not_ours(ana, group):
    ana.says("/subscribe@other_bot", group)
    ana.says("/status@tocsin_test_bot", group)

    assert (await group.hears())["text"].startswith("Listening")


async def test_a_command_in_a_topic_is_answered_there(telegram, ana, group):
    group.topics.add(3)
    update = ana.says("/status", group)
    telegram.updates.repeat({**update, "update_id": 1, "message": {**update["message"], **_in_topic(3)}})

    await group.hears()
    assert (await group.hears())["message_thread_id"] == 3


async def test_whoever_blocks_the_bot_is_paused_and_resumed_when_they_return(ana, desk, until):
    ana.blocks_bot()
    ana.unblocks_bot()

    await until(lambda: len(desk.happened) == 2)
    assert desk.happened == [("paused", ana.id, texts.BLOCKED), ("resumed", ana.id)]


async def test_a_group_that_removes_the_bot_is_paused_until_it_is_added_again(ana, group, desk, until):
    ana.kicks_bot(group)
    ana.adds_bot(group)

    await until(lambda: len(desk.happened) == 2)
    assert desk.happened == [("paused", group.id, texts.REMOVED), ("resumed", group.id)]


async def test_a_group_that_becomes_a_supergroup_moves(telegram, ana, desk, until):
    small = telegram.group(-6, "Small", ana)
    ana.upgrades(small, -1006)

    await until(lambda: len(desk.happened) == 2)
    assert set(desk.happened) == {("moved", -6, -1006)}


def _in_topic(topic):
    return {"message_thread_id": topic, "is_topic_message": True}

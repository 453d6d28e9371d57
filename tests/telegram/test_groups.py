"""Groups, and chats that come, go and move."""

import pytest

from bot.telegram import choosing_texts as words
from bot.telegram import texts
from tests.fake_telegram.methods import labels

IDLIB = "idlib-civilian-casualties"
SUBSCRIBED = "This chat now hears about: Civilian casualties in Idlib"

pytestmark = pytest.mark.usefixtures("listening")


@pytest.fixture
def group(telegram, ana):
    """Ana is its administrator; Ben is not."""
    return telegram.group(-5, "Desk", ana, type="supergroup")


async def subscribe(telegram, person, group):
    """Through the list of all rules, to the card of one, and yes."""
    person.says("/subscribe", group)
    person.taps(await group.hears(), "All rules")
    await telegram.notice()
    person.taps(await group.sees_edit(), "Idlib")
    await telegram.notice()
    person.taps(await group.sees_edit(), "Subscribe")


async def test_an_administrator_chooses_for_the_group_and_all_see_who_did(telegram, ana, group, store):
    await subscribe(telegram, ana, group)

    assert await telegram.notice() == SUBSCRIBED
    assert (await group.sees_edit())["text"].endswith(f"Ana: {SUBSCRIBED}")
    assert store.rules_of(group.id) == {IDLIB}


async def test_a_member_may_ask_but_not_choose(telegram, ana, ben, group, store):
    ana.says("/subscribe", group)
    menu = await group.hears()

    ben.says("/status", group)
    assert (await group.hears())["text"].startswith("Listening")
    for command in ("unsubscribe", "settings", "timezone UTC", "quiet off", "only x", "mute Idlib", "unmute"):
        ben.says(f"/{command}", group)
        assert (await group.hears())["text"] == texts.ADMINISTRATORS_ONLY
    ben.taps(menu, "All rules")
    assert await telegram.notice() == texts.ADMINISTRATORS_ONLY
    assert store.rules_of(group.id) == frozenset()


async def test_who_is_an_administrator_no_more_changes_nothing_by_an_old_button(telegram, ana, group, store):
    await subscribe(telegram, ana, group)
    await telegram.notice()
    card = await group.sees_edit()
    group.administrators.clear()

    ana.taps(card, "Unsubscribe")

    assert await telegram.notice() == texts.ADMINISTRATORS_ONLY
    assert store.rules_of(group.id) == {IDLIB}


async def test_alerts_go_to_the_topic_in_which_they_were_asked_for(telegram, ana, group, store, clock):
    group.topics.add(3)
    update = ana.says("/subscribe", group)
    await group.hears()
    in_topic = {**update, "update_id": 1, "message": {**update["message"], **_in_topic(3)}}
    telegram.updates.repeat(in_topic)

    for label in ("All rules", "Idlib", "Subscribe"):
        shown = await (group.hears() if label == "All rules" else group.sees_edit())
        ana.taps(shown, label)
        await telegram.notice()

    (mine,) = store.subscriptions_of(group.id, clock())
    assert mine.preferences.topic_id == 3


async def test_alerts_can_be_sent_to_another_topic(telegram, ana, group, store, clock):
    group.topics.add(3)
    store.subscribe(group.id, IDLIB, clock(), topic_id=4)
    update = ana.says("/unsubscribe", group)
    await group.hears()
    telegram.updates.repeat({**update, "update_id": 1, "message": {**update["message"], **_in_topic(3)}})
    ana.taps(await group.hears(), "Options")
    await telegram.notice()

    ana.taps(await group.sees_edit(), words.HERE)

    assert await telegram.notice() == "Civilian casualties in Idlib: alerts come to this topic from now on."
    (mine,) = store.subscriptions_of(group.id, clock())
    assert mine.preferences.topic_id == 3
    assert words.HERE not in labels(await group.sees_edit())


async def test_all_see_who_paused_the_group(ana, group):
    ana.says("/pause", group)
    assert (await group.hears())["text"] == f"Ana: {texts.PAUSED}"
    ana.says("/resume", group)
    assert (await group.hears())["text"] == f"Ana: {texts.RESUMED}"


async def test_a_member_who_greets_the_bot_ends_no_pause_of_the_group(ana, ben, group, desk):
    ana.says("/pause", group)
    await group.hears()

    ben.says("/start", group)
    assert (await group.hears())["text"] == texts.GREETING
    assert desk.happened == [("paused", group.id, texts.ASKED_FOR)]

    ana.says("/start", group)
    await group.hears()
    assert desk.happened[-1] == ("resumed", group.id)


async def test_an_anonymous_administrator_may_choose(ana, group):
    ana.says_anonymously("/subscribe@tocsin_test_bot", group)

    assert (await group.hears())["text"] == words.BROWSE


async def test_who_writes_in_the_name_of_a_channel_decides_nothing(telegram, ana, ben, group, desk):
    channel = telegram.group(-1009, "Bens channel", ben, type="supergroup")
    for command in ("/subscribe", "/pause", "/start idlib-civilian-casualties"):
        ben.says_as(channel, command, group)
        assert (await group.hears())["text"] == texts.ADMINISTRATORS_ONLY

    assert (desk.chosen[group.id], desk.happened) == (set(), [])


async def test_a_tap_that_comes_twice_counts_once(telegram, ana, group):
    ana.says("/subscribe", group)
    update = ana.taps(await group.hears(), "All rules")
    await group.sees_edit()

    telegram.updates.repeat(update)
    ana.says("/status", group)
    await group.hears()

    assert len(telegram.calls("answerCallbackQuery")) == 1


async def test_who_is_an_administrator_no_longer_decides_nothing_by_old_buttons(telegram, ana, group, store):
    ana.says("/subscribe", group)
    ana.taps(await group.hears(), "All rules")
    await telegram.notice()
    ana.taps(await group.sees_edit(), "Idlib")
    await telegram.notice()
    card = await group.sees_edit()
    group.administrators.clear()

    ana.taps(card, "Subscribe")

    assert await telegram.notice() == texts.ADMINISTRATORS_ONLY
    assert store.rules_of(group.id) == frozenset()


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


async def test_another_right_of_the_bot_ends_no_pause_that_was_asked_for(ana, group, desk):
    ana.says("/pause", group)
    await group.hears()

    ana.gives_bot_rights(group)
    ana.says("/status", group)
    await group.hears()

    assert desk.happened == [("paused", group.id, texts.ASKED_FOR)]


async def test_a_group_that_becomes_a_supergroup_moves(telegram, ana, desk, until):
    small = telegram.group(-6, "Small", ana)
    ana.upgrades(small, -1006)

    await until(lambda: len(desk.happened) == 2)
    assert set(desk.happened) == {("moved", -6, -1006)}


def _in_topic(topic):
    return {"message_thread_id": topic, "is_topic_message": True}

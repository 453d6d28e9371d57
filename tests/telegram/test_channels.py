"""Channels that hear alerts: chosen for by their administrators, in private."""

import pytest

from bot.telegram import choosing_texts as words
from bot.telegram import looking_texts, texts
from tests.fake_telegram import State
from tests.fake_telegram.methods import buttons_of, labels

pytestmark = pytest.mark.usefixtures("listening")

IDLIB = "idlib-civilian-casualties"


@pytest.fixture
def channel(telegram, ana):
    """Ana is its administrator; Ben is not."""
    return telegram.group(-1001, "Syria news", ana, type="channel")


async def test_who_adds_the_bot_is_asked_in_private_and_chooses_for_the_channel(ana, tap, channel, store, clock):
    ana.promotes_bot(channel)
    greeting = await ana.hears()
    assert "administrator of “Syria news”" in greeting["text"]
    assert channel.new.empty()

    shown, notice = await tap(greeting, words.CHOOSE_RULES, "All rules", "in Idlib", "Subscribe")
    assert notice == "This chat now hears about: Civilian casualties in Idlib"
    assert store.rules_of(channel.id) == {IDLIB}
    assert store.rules_of(ana.id) == frozenset()

    await tap(shown, "Options", "10+")
    (mine,) = store.subscriptions_of(channel.id, clock())
    assert mine.preferences.minimum_toll == 10


async def test_all_that_a_chat_chooses_can_be_chosen_for_a_channel(ana, tap, channel, store, clock):
    ana.promotes_bot(channel)
    store.subscribe(channel.id, IDLIB, clock())
    greeting = await ana.hears()

    shown, _ = await tap(greeting, words.HOW_IT_HEARS, words.SILENT)
    assert "Syria news" in shown["text"]
    assert store.settings_of(channel.id).silent
    assert not store.settings_of(ana.id).silent

    shown, _ = await tap(shown, words.BACK, words.WHAT_IT_HEARS, "in Idlib")
    assert store.rules_of(channel.id) == frozenset()


async def test_for_a_channel_a_rule_is_muted_in_private_and_heard_again(ana, tap, channel, store, clock):
    ana.promotes_bot(channel)
    store.subscribe(channel.id, IDLIB, clock())
    greeting = await ana.hears()

    shown, _ = await tap(greeting, words.HOW_IT_HEARS, "Mutes", "Mute", "in Idlib", "8 hours")
    assert [mute.target for mute in store.mutes_of(channel.id, clock())] == [IDLIB]
    assert store.mutes_of(ana.id, clock()) == ()

    await tap(shown, words.UNDO)
    assert store.mutes_of(channel.id, clock()) == ()


@pytest.mark.parametrize("leaves", ["demotes_bot", "dismisses_bot"])
async def test_a_channel_in_which_the_bot_may_not_post_is_paused_until_it_may(
    ana, channel, desk, store, until, *, leaves
):
    ana.promotes_bot(channel)
    await ana.hears()
    getattr(ana, leaves)(channel)
    await until(lambda: not store.channels())
    ana.promotes_bot(channel)
    await ana.hears()

    assert [what[0] for what in desk.happened if what[1] == channel.id] == ["resumed", "paused", "resumed"]


async def test_an_administrator_of_a_channel_has_everything_about_it_erased_after_a_second_tap(
    telegram, ana, tap, *, channel, store, clock
):
    ana.promotes_bot(channel)
    store.subscribe(channel.id, IDLIB, clock())
    shown, _ = await tap(await ana.hears(), words.HOW_IT_HEARS, looking_texts.FORGET_YES)
    assert shown["text"] == looking_texts.FORGET
    kept, _ = await tap(shown, looking_texts.FORGET_NO)
    assert store.rules_of(channel.id) == {IDLIB}

    shown, _ = await tap(kept, looking_texts.FORGET_YES, looking_texts.FORGET_YES)
    assert shown["text"].startswith("Erased: subscriptions (1)")
    assert (store.rules_of(channel.id), store.channels()) == (frozenset(), {})

    ana.forges_tap(shown, "cg:::")
    assert await telegram.notice() == texts.STALE_BUTTON


async def test_the_channels_one_administers_are_listed(ana, ben, tap, channel):
    ana.promotes_bot(channel)
    await ana.hears()

    ana.says("/channel")
    shown, _ = await tap(await ana.hears(), "Syria news")
    assert labels(shown) == [words.CHOOSE_RULES, words.WHAT_IT_HEARS, words.HOW_IT_HEARS]

    ben.says("/channel")
    assert (await ben.hears())["text"] == words.NO_CHANNELS


async def test_at_every_tap_telegram_is_asked_who_administers_the_channel(telegram, ana, tap, channel, store):
    ben = telegram.person(8, "Ben")
    ana.promotes_bot(channel)
    shown, _ = await tap(await ana.hears(), words.CHOOSE_RULES, "All rules", "in Idlib")
    data = next(buttons_of(shown["reply_markup"]))["callback_data"]

    ben.says("/help")
    ben.forges_tap(await ben.hears(), data)
    assert await telegram.notice() == words.NOT_YOUR_CHANNEL

    channel.administrators.clear()
    ana.taps(shown, "Subscribe")
    assert await telegram.notice() == words.NOT_YOUR_CHANNEL
    assert store.rules_of(channel.id) == frozenset()


async def test_a_channel_is_not_decided_for_in_a_group(telegram, ana, tap, channel, store):
    group = telegram.group(-5, "Desk", ana, type="supergroup")
    ana.promotes_bot(channel)
    shown, _ = await tap(await ana.hears(), words.CHOOSE_RULES)
    data = next(buttons_of(shown["reply_markup"]))["callback_data"]

    ana.says("/help", group)
    ana.forges_tap(await group.hears(), data)
    assert await telegram.notice() == words.NOT_YOUR_CHANNEL

    ana.says("/channel", group)
    assert (await group.hears())["text"] == words.PRIVATE_ONLY


async def test_a_channel_that_dismissed_the_bot_is_none_of_its_channels(telegram, ana, channel, store, until):
    ana.promotes_bot(channel)
    greeting = await ana.hears()
    ana.dismisses_bot(channel)
    await until(lambda: not store.channels())

    ana.taps(greeting, words.CHOOSE_RULES)

    assert await telegram.notice() == words.NOT_YOUR_CHANNEL


async def test_who_cannot_be_written_to_finds_the_channel_later(ana, channel, store, until, caplog):
    ana.chat.state = State.BLOCKED
    ana.promotes_bot(channel)
    await until(lambda: "cannot be told" in caplog.text)
    ana.chat.state = State.OK

    ana.says("/channel")

    assert labels(await ana.hears()) == ["Syria news"]


async def test_a_stranger_who_adds_the_bot_is_not_asked(telegram, channel, store, until, caplog):
    stranger = telegram.person(99, "Stranger")
    channel.administrators.add(stranger.id)
    stranger.promotes_bot(channel)

    await until(lambda: "a stranger, 99" in caplog.text)
    assert dict(store.channels()) == {}
    assert stranger.chat.new.empty()


async def test_a_button_for_a_channel_the_bot_does_not_know_changes_nothing(telegram, ana, store):
    ana.says("/subscribe")
    menu = await ana.hears()

    ana.forges_tap(menu, "cc-1009:::")

    assert await telegram.notice() == words.NOT_YOUR_CHANNEL

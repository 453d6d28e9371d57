"""Who was admitted, by whom and how, and what goes to all of them."""

from __future__ import annotations

from datetime import timedelta

from bot.core.model import Feed
from bot.store import Standing, Store
from tests.store.samples import NOW, at_once, claim, keys, later

DAY = timedelta(days=1)


def asks(store: Store, chat_id: int, most: int = 10) -> bool:
    return store.ask_admission(chat_id, f"chat {chat_id}", NOW - DAY, most, NOW)


# ---------------------------------------------------------------- requests
def test_a_stranger_troubles_the_administrators_once(store: Store):
    assert [asks(store, 5), asks(store, 5)] == [True, False]
    assert store.standing(5) is Standing.ASKED
    assert store.standing(6) is None


def test_so_many_strangers_a_day_are_heard_and_no_more(store: Store):
    assert [asks(store, chat, most=2) for chat in (1, 2, 3)] == [True, True, False]
    assert store.ask_admission(3, "later", NOW + timedelta(hours=1), 2, NOW + 2 * DAY)


def test_a_decision_says_how_the_chat_stands(store: Store):
    asks(store, 5)

    admitted = store.decide_admission(5, Standing.ADMITTED, 7, NOW)
    assert admitted is not None
    chat, changed = admitted
    assert (chat.standing, chat.name, chat.decided_by, changed) == (Standing.ADMITTED, "chat 5", 7, True)
    again = store.decide_admission(5, Standing.REFUSED, 8, NOW, {Standing.ASKED})
    assert again == (chat, False)  # the first one decided
    assert store.decide_admission(99, Standing.ADMITTED, 7, NOW) is None


def test_who_is_refused_listens_to_nothing_any_more(store: Store):
    asks(store, 5)
    store.decide_admission(5, Standing.ADMITTED, 7, NOW)
    store.subscribe(5, "idlib", NOW)
    assert [(each.chat_id, each.listens_to) for each in store.admissions()] == [(5, 1)]

    store.decide_admission(5, Standing.REFUSED, 7, NOW)
    assert store.rules_of(5) == frozenset()


def test_a_group_that_moves_stands_as_it_stood(store: Store):
    asks(store, -5)
    store.decide_admission(-5, Standing.ADMITTED, 7, NOW)

    store.move_chat(-5, -1005, NOW)

    assert (store.standing(-1005), store.standing(-5)) == (Standing.ADMITTED, None)


def heard(store: Store, *lets_in: int, administrators: tuple[int, ...] = (9,)) -> list[int]:
    """The chats that still hear of things when the bot starts with a config that lets these in."""
    store.enforce_access(lambda chat: chat in lets_in, administrators, NOW)
    return [each.chat_id for each in store.subscribers(["idlib"], NOW)]


def test_a_group_that_the_config_lets_in_no_more_is_paused_once_and_hears_again_when_it_does(store: Store):
    for chat in (-5, -6, 7):
        store.subscribe(chat, "idlib", NOW)

    assert store.enforce_access({-6, 7}.__contains__, (9,), NOW) == [-5]
    assert store.enforce_access({-6, 7}.__contains__, (9,), NOW) == []
    assert heard(store, -6, 7) == [-6, 7]
    assert heard(store, -5, -6, 7) == [-6, -5, 7]


def test_a_group_that_is_paused_for_another_reason_stays_so(store: Store):
    store.subscribe(-5, "idlib", NOW)
    store.pause_chat(-5, "Forbidden: bot was kicked from the group chat", NOW)

    assert heard(store) == []
    assert heard(store, -5) == []


def test_a_group_that_an_administrator_stands_for_hears_as_long_as_they_are_one(store: Store):
    store.subscribe(-5, "idlib", NOW)
    store.vouch(-5, 9, NOW)
    assert heard(store) == [-5]
    assert heard(store, administrators=(8,)) == []
    assert heard(store) == [-5]

    assert heard(store, -5) == [-5]  # now the config does, so nobody has to
    assert heard(store) == []


def test_a_channel_that_was_given_to_the_bot_and_a_group_that_moved_go_on_hearing(store: Store):
    store.add_channel(-1009, "News", NOW)
    for chat in (-1009, -5, -6):
        store.subscribe(chat, "idlib", NOW)
    store.vouch(-6, 9, NOW)
    for old, new in ((-5, -1005), (-6, -1006)):
        store.move_chat(old, new, NOW)

    assert heard(store, -5) == [-1009, -1006, -1005]


def test_a_group_that_is_admitted_no_more_is_paused_and_readmitted_it_hears_again(store: Store):
    asks(store, -5)
    store.decide_admission(-5, Standing.ADMITTED, 9, NOW)
    store.subscribe(-5, "idlib", NOW)
    store.decide_admission(-5, Standing.REFUSED, 9, NOW)
    store.vouch(-5, 9, NOW)
    assert store.subscribers(["idlib"], NOW) == []
    assert heard(store, -5) == []

    store.decide_admission(-5, Standing.ADMITTED, 9, NOW)
    assert heard(store) == [-5]


# ---------------------------------------------------------------- invitations
def test_a_code_admits_so_often_and_no_more(store: Store):
    store.invite("digest", 7, 2, NOW + DAY, NOW)

    assert [store.redeem("digest", chat, "x", NOW) for chat in (1, 2, 3)] == [True, True, False]
    assert [store.standing(chat) for chat in (1, 2, 3)] == [Standing.ADMITTED, Standing.ADMITTED, None]


def test_a_code_that_ran_out_or_never_was_admits_nobody(store: Store):
    store.invite("digest", 7, 2, NOW + DAY, NOW)

    assert not store.redeem("another", 1, "x", NOW)
    assert not store.redeem("digest", 1, "x", NOW + DAY)


def test_a_code_admits_who_asked_but_not_who_was_refused(store: Store):
    store.invite("digest", 7, 5, NOW + DAY, NOW)
    asks(store, 1)
    asks(store, 2)
    store.decide_admission(2, Standing.REFUSED, 7, NOW)

    assert [store.redeem("digest", chat, "x", NOW) for chat in (1, 2)] == [True, False]


def test_a_code_that_two_want_at_once_admits_one(store: Store):
    store.invite("digest", 7, 1, NOW + DAY, NOW)

    assert sorted(at_once(lambda chat: store.redeem("digest", chat, "x", NOW), [1, 2])) == [False, True]


# ---------------------------------------------------------------- messages to all
def test_a_message_to_all_goes_to_active_chats_once_and_after_everything_else(store: Store):
    for chat in (1, 2, 3, 4):
        store.subscribe(chat, "idlib", NOW)
    store.pause_chat(3, "blocked", NOW)
    asks(store, 4)
    store.decide_admission(4, Standing.REFUSED, 7, NOW)

    number, chats = store.draft_broadcast("Maintenance <tonight>", 7, NOW)
    assert chats == 2
    assert claim(store) == []
    assert store.send_broadcast(number, 8, NOW) is None
    assert store.send_broadcast(number, 7, NOW) == 2
    assert store.send_broadcast(number, 7, NOW) is None

    due = claim(store, later(seconds=1))
    assert [(each.chat_id, each.message.text.html) for each in due] == [
        (1, "Maintenance &lt;tonight&gt;"),
        (2, "Maintenance &lt;tonight&gt;"),
    ]
    assert keys(due) == [f"broadcast:{number}"] * 2
    assert {each.message.priority for each in due} == {9}


# ---------------------------------------------------------------- feeds added in Telegram
def active(store: Store) -> set[str]:
    return {state.feed.url for state in store.active_feeds()}


def test_a_feed_added_in_telegram_outlives_the_config_of_the_next_start(store: Store):
    listed, added = Feed("https://a.example/rss"), "https://b.example/rss"
    store.reconcile_feeds([listed], NOW)
    assert store.add_feed(added, "B", 7, NOW)
    assert not store.add_feed(added, "B", 7, NOW)

    store.reconcile_feeds([], NOW)

    assert active(store) == {added}
    assert store.pause_feed(added) is True
    assert active(store) == set()
    assert store.pause_feed(added) is False
    assert store.add_feed(added, "B", 7, NOW)
    assert active(store) == {added}


def test_a_feed_of_the_config_is_not_taken_away_in_telegram(store: Store):
    store.reconcile_feeds([Feed("https://a.example/rss")], NOW)

    assert store.pause_feed("https://a.example/rss") is None
    assert active(store) == {"https://a.example/rss"}


def test_a_feed_that_the_config_takes_over_goes_with_the_config(store: Store):
    store.add_feed("https://a.example/rss", "A", 7, NOW)
    store.reconcile_feeds([Feed("https://a.example/rss")], NOW)
    store.reconcile_feeds([], NOW)

    assert active(store) == set()

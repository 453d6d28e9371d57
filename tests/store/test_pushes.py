"""What was agreed with the hubs of feeds is remembered, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.model import DueWhy, Feed, Hub, Push, Ways
from bot.store import Listened, Store, UnchangedFeed
from tests.store.samples import NOW, later

PAUSE = timedelta(seconds=10)
MILL, QUAY = Feed("https://mill.example/rss"), Feed("https://quay.example/rss")
HUB = Hub("https://hub.example/", MILL.url)
PUSH = Push(
    HUB, "https://bot.example/t", "s", NOW, tries=1, lease_until=later(days=10), lease_seconds=864_000, error="why"
)


@pytest.fixture
def feed_id(store: Store) -> int:
    """The mill's: it names a hub and was polled now; the quay names none."""
    store.reconcile_feeds([MILL, QUAY], NOW)
    ids = {state.feed.url: state.id for state in store.active_feeds()}
    store.feeds_unchanged([UnchangedFeed(ids[MILL.url], next_due_at=later(hours=1), now=NOW, ways=Ways(hub=HUB))])
    return ids[MILL.url]


def test_a_feed_that_names_a_hub_is_listed_with_what_was_agreed(store: Store, feed_id: int):
    (before,) = store.listened_feeds()
    store.put_push(feed_id, PUSH)
    (after,) = store.listened_feeds()

    assert before == Listened(feed_id, MILL.url, asked=True, wanted=HUB, push=None)
    assert after.push == store.push_of(feed_id) == PUSH
    assert [state.push for state in store.claim_feeds(later(hours=1), 2, 60)] == [None, PUSH]


def test_a_feed_that_left_the_configuration_is_listed_as_not_asked(store: Store, feed_id: int):
    store.put_push(feed_id, PUSH)
    store.reconcile_feeds([QUAY], NOW)

    assert [(feed.feed_id, feed.asked) for feed in store.listened_feeds()] == [(feed_id, False)]


def test_a_push_makes_its_feed_due_at_once_but_not_right_after_a_poll(store: Store, feed_id: int):
    store.put_push(feed_id, PUSH)
    store.push_told(feed_id, later(seconds=3), PAUSE)
    mill = store.feed_states()[0]
    assert (mill.next_due_at, mill.due_why) == (later(seconds=10), DueWhy.PUSHED)

    store.feeds_unchanged([UnchangedFeed(feed_id, next_due_at=later(hours=1), now=later(seconds=10))])
    store.push_told(feed_id, later(minutes=5), PAUSE)
    assert store.feed_states()[0].next_due_at == later(minutes=5)


def test_a_push_does_not_put_off_a_poll_that_is_due_sooner(store: Store, feed_id: int):
    store.put_push(feed_id, PUSH)
    store.feeds_unchanged([UnchangedFeed(feed_id, next_due_at=later(seconds=2), now=NOW)])
    store.push_told(feed_id, later(seconds=1), PAUSE)

    assert store.feed_states()[0].next_due_at == later(seconds=2)


def test_what_is_agreed_anew_leaves_what_was_told_and_what_a_poll_says_changes_it(store: Store, feed_id: int):
    store.put_push(feed_id, replace(PUSH, missed=2))
    store.push_told(feed_id, later(minutes=1), PAUSE)
    store.put_push(feed_id, replace(PUSH, tries=0, missed=2))
    told = replace(PUSH, tries=0, missed=0, pushed_at=later(minutes=1))
    assert store.push_of(feed_id) == told

    store.settle_push(feed_id, replace(told, pushed_at=None, missed=1))
    assert store.push_of(feed_id) == replace(told, pushed_at=None, missed=1)


def test_where_nobody_listens_any_more_nothing_is_agreed(store: Store, feed_id: int):
    store.put_push(feed_id, PUSH)
    store.forget_pushes()

    assert store.push_of(feed_id) is None
    assert [feed.push for feed in store.listened_feeds()] == [None]

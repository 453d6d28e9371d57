"""Which feeds are polled, when, by whom, and what is kept of the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from bot.core.model import DueWhy, Feed, History, Ways, Whereabouts, Wishes
from bot.store import FeedState, Store, UnchangedFeed, Validators
from tests.store.samples import LEASE, NOW, at_once, later

PAPER = Feed("https://paper.example/rss", "The Paper", "SY", "ar", ("front",), 300.0)
WIRE = Feed("https://wire.example/atom")


def claim(store: Store, now: datetime = NOW, limit: int = 10) -> list[FeedState]:
    return store.claim_feeds(now, limit, LEASE)


def polled(store: Store, state: FeedState, next_due_at: datetime, now: datetime = NOW) -> None:
    store.feed_polled(
        state.id, validators=Validators('"1"', "Sat"), body_digest="abc", next_due_at=next_due_at, now=now
    )


def test_a_new_feed_is_due_at_once_and_was_never_polled(store: Store):
    store.reconcile_feeds([PAPER], NOW)
    (state,) = claim(store)
    assert state == FeedState(state.id, PAPER, Validators(), "", 0, False, None)


def test_a_claimed_feed_is_nobody_elses_until_the_lease_ends(store: Store):
    store.reconcile_feeds([PAPER], NOW)
    (first,) = claim(store)
    assert claim(store, later(seconds=LEASE - 1)) == []
    assert claim(store, later(seconds=LEASE)) == [first]


def test_the_feed_due_longest_comes_first(store: Store):
    store.reconcile_feeds([WIRE], NOW)
    store.reconcile_feeds([PAPER, WIRE], later(minutes=-5))
    assert [state.feed for state in claim(store, limit=1)] == [PAPER]
    assert [state.feed for state in claim(store, limit=1)] == [WIRE]


def test_feeds_in_doubt_get_no_more_than_their_share_however_long_they_are_due(store: Store):
    proven, slow, failing, new = (Feed(f"https://{name}.example/rss") for name in ("proven", "slow", "failing", "new"))
    store.reconcile_feeds([proven, slow, failing, new], later(minutes=-9))
    ids = {state.feed: state.id for state in claim(store, later(minutes=-9))}
    for feed in (proven, slow):
        store.feeds_unchanged([UnchangedFeed(ids[feed], next_due_at=NOW, now=later(minutes=-9))])
    store.feed_failed(ids[failing], error="answered 500", next_due_at=later(minutes=-1), now=later(minutes=-9))
    store.forget_leases()

    first, second = store.claim_feeds(NOW, 4, LEASE, most_doubtful=1, slow={ids[slow]})
    assert [(each.feed, each.is_doubtful) for each in (first, second)] == [(new, True), (proven, False)]
    rest = store.claim_feeds(NOW, 4, LEASE, most_doubtful=4, slow={ids[slow]})
    assert [(each.feed, each.is_doubtful) for each in rest] == [(failing, True), (slow, True)]


def test_a_poll_leaves_validators_and_the_next_time(store: Store):
    store.reconcile_feeds([PAPER], NOW)
    polled(store, claim(store)[0], later(minutes=5))
    assert claim(store, later(minutes=4)) == []
    (state,) = claim(store, later(minutes=5))
    assert state == FeedState(state.id, PAPER, Validators('"1"', "Sat"), "abc", 0, True, NOW)


def test_a_304_leaves_the_validators_alone(store: Store):
    store.reconcile_feeds([PAPER], NOW)
    polled(store, claim(store)[0], NOW)
    (state,) = claim(store)
    store.feeds_unchanged([UnchangedFeed(state.id, next_due_at=later(minutes=5), now=later(seconds=1))])
    (state,) = claim(store, later(minutes=5))
    assert (state.validators.etag, state.body_digest) == ('"1"', "abc")
    assert state.last_success_at == later(seconds=1)


def test_failures_add_up_until_a_success(store: Store):
    store.reconcile_feeds([PAPER], NOW)
    for _ in range(2):
        (state,) = claim(store)
        store.feed_failed(state.id, error="HTTP 500", next_due_at=NOW, now=NOW)
    (state,) = claim(store)
    assert (state.failures, state.polled_before) == (2, False)
    assert [(health.failures, health.last_error) for health in store.feed_states()] == [(2, "HTTP 500")]
    polled(store, state, NOW)
    assert [(health.failures, health.last_error) for health in store.feed_states()] == [(0, "")]


def test_a_failure_leaves_the_validators_and_the_last_success_alone(store: Store):
    store.reconcile_feeds([PAPER], NOW)
    polled(store, claim(store)[0], NOW)
    store.feed_failed(claim(store)[0].id, error="timeout", next_due_at=NOW, now=later(minutes=1))
    (state,) = claim(store)
    assert (state.validators.etag, state.last_success_at) == ('"1"', NOW)
    assert store.feed_states()[0].last_polled_at == later(minutes=1)


def test_a_feed_that_left_the_configuration_is_paused_and_comes_back_with_all_it_knew(store: Store):
    store.reconcile_feeds([PAPER, WIRE], NOW)
    for state in claim(store):
        polled(store, state, later(minutes=5))
    store.reconcile_feeds([WIRE], NOW)
    assert [(health.url, health.paused) for health in store.feed_states()] == [(PAPER.url, True), (WIRE.url, False)]
    assert [state.feed for state in claim(store, later(minutes=5))] == [WIRE]
    store.reconcile_feeds([PAPER, WIRE], later(minutes=5))
    (state,) = claim(store, later(minutes=5))
    assert (state.feed, state.validators.etag, state.polled_before) == (PAPER, '"1"', True)


def test_an_empty_configuration_pauses_all(store: Store):
    store.reconcile_feeds([PAPER, WIRE], NOW)
    store.reconcile_feeds([], NOW)
    assert claim(store) == []


def test_a_restart_does_not_poll_early(store: Store):
    store.reconcile_feeds([PAPER], NOW)
    polled(store, claim(store)[0], later(minutes=5))
    store.reconcile_feeds([PAPER], later(minutes=1))
    assert claim(store, later(minutes=4)) == []


def test_what_the_configuration_says_of_a_known_feed_is_taken_over(store: Store):
    store.reconcile_feeds([PAPER], NOW)
    changed = replace(PAPER, title="Paper", home=None, language="en", tags=(), interval_seconds=None)
    store.reconcile_feeds([changed], NOW)
    assert [state.feed for state in claim(store)] == [changed]


def test_two_workers_never_claim_the_same_feed(open_store: Callable[[], Store]):
    stores = [open_store(), open_store()]
    stores[0].reconcile_feeds([Feed(f"https://example.org/{number}") for number in range(60)], NOW)

    def drain(store: Store) -> list[int]:
        return [state.id for _ in range(12) for state in claim(store, limit=5)]

    mine, others = at_once(drain, stores)
    assert len(mine + others) == len({*mine, *others}) == 60


# ---------------------------------------------------------------- ways
WAYS = Ways(
    History((0.5,) * 24, 3.25, NOW, NOW),
    Wishes(60.0, 1800.0, 0b101, 0b11),
    Whereabouts("https://paper.example/rss", "https://paper.example/new", "https://paper.example/newer", 2),
)


def test_the_ways_of_a_feed_come_back_as_they_were_kept(store: Store):
    store.reconcile_feeds([PAPER], NOW)
    (state,) = claim(store)
    store.feeds_unchanged(
        [UnchangedFeed(state.id, next_due_at=later(minutes=5), now=NOW, due_why=DueWhy.NEWS, ways=WAYS)]
    )
    (state,) = claim(store, later(minutes=5))
    assert state.ways == WAYS
    (health,) = store.feed_states()
    assert (health.due_why, health.moved_to) == ("how often it has news", "https://paper.example/new")
    assert health.items_per_day == pytest.approx(12 / 3.25)
    assert store.active_feeds() == [state]


def test_a_feed_is_failing_since_the_first_failure_in_a_row(store: Store):
    store.reconcile_feeds([PAPER], NOW)
    (state,) = claim(store)
    for minute in (1, 2):
        store.feed_failed(state.id, error="timeout", next_due_at=NOW, now=later(minutes=minute))
    assert store.feed_states()[0].failing_since == later(minutes=1)
    polled(store, state, NOW, later(minutes=3))
    assert store.feed_states()[0].failing_since is None


def test_a_feed_that_is_gone_is_asked_again_when_it_was_taken_out_and_put_back(store: Store):
    store.reconcile_feeds([PAPER], NOW)
    store.feed_failed(claim(store)[0].id, error="gone", next_due_at=NOW, now=NOW, gone=True)
    store.reconcile_feeds([PAPER], later(minutes=1))
    assert claim(store, later(days=1)) == []
    store.reconcile_feeds([], later(days=1))
    store.reconcile_feeds([PAPER], later(days=1))
    assert [state.feed for state in claim(store, later(days=1))] == [PAPER]


def test_a_feed_that_is_gone_can_be_revived(store: Store):
    store.reconcile_feeds([PAPER], NOW)
    assert not store.revive_feed(PAPER.url, NOW)
    store.feed_failed(claim(store)[0].id, error="gone", next_due_at=later(days=1), now=NOW, gone=True)
    assert store.revive_feed(PAPER.url, NOW)
    assert [state.feed for state in claim(store)] == [PAPER]


def test_a_quarantined_feed_can_be_revived_and_one_that_backs_off_is_left_to_itself(store: Store):
    store.reconcile_feeds([PAPER], NOW)
    feed_id = claim(store)[0].id
    store.feed_failed(feed_id, error="500", next_due_at=later(days=1), now=NOW, due_why=DueWhy.FAILING)
    assert not store.revive_feed(PAPER.url, NOW)
    store.feed_failed(feed_id, error="died of it", next_due_at=later(days=1), now=NOW, due_why=DueWhy.QUARANTINE)
    assert store.revive_feed(PAPER.url, NOW)
    assert [state.feed for state in claim(store)] == [PAPER]


def test_a_moved_feed_keeps_what_it_knew_when_the_configuration_names_its_new_address(store: Store):
    store.reconcile_feeds([PAPER], NOW)
    (state,) = claim(store)
    store.feed_polled(state.id, validators=Validators('"1"'), body_digest="abc", next_due_at=NOW, now=NOW, ways=WAYS)
    new = replace(PAPER, url="https://paper.example/new")
    store.reconcile_feeds([new], NOW)
    (moved,) = claim(store)
    assert (moved.id, moved.feed, moved.validators.etag) == (state.id, new, '"1"')
    assert moved.ways.whereabouts.moved_to == ""


def test_a_moved_feed_stays_itself_beside_one_that_is_listed_at_its_new_address(store: Store):
    new = replace(PAPER, url="https://paper.example/new")
    store.reconcile_feeds([PAPER], NOW)
    store.feeds_unchanged([UnchangedFeed(claim(store)[0].id, next_due_at=NOW, now=NOW, ways=WAYS)])
    store.reconcile_feeds([PAPER, new], NOW)
    assert {state.feed for state in claim(store)} == {PAPER, new}


def test_what_is_left_of_a_wait_begins_anew_when_the_clock_was_set_back(store: Store):
    store.reconcile_feeds([PAPER], NOW)
    polled(store, claim(store)[0], later(minutes=5))
    assert claim(store, later(hours=-3)) == []
    (health,) = store.feed_states()
    assert (health.next_due_at, health.due_why) == (later(hours=-3, minutes=5), DueWhy.CLOCK)
    assert len(claim(store, later(hours=-3, minutes=5))) == 1


def test_a_new_feed_does_not_wait_for_a_clock_that_was_set_back(store: Store):
    store.reconcile_feeds([PAPER], NOW)
    assert len(claim(store, later(hours=-3))) == 1


def test_a_clock_that_is_a_few_seconds_behind_changes_nothing(store: Store):
    store.reconcile_feeds([PAPER], NOW)
    polled(store, claim(store)[0], later(minutes=5))
    claim(store, later(seconds=-30))
    assert store.feed_states()[0].next_due_at == later(minutes=5)


def test_feeds_that_fail_can_be_hastened_but_never_delayed(store: Store):
    store.reconcile_feeds([PAPER, WIRE], NOW)
    paper, wire = sorted(claim(store), key=lambda state: state.feed.url)
    for state, due in ((paper, later(hours=5)), (wire, later(minutes=-5))):
        store.feed_failed(state.id, error="no connection", next_due_at=due, now=NOW)
    store.hasten_feeds([paper.id, wire.id], NOW)
    assert [health.next_due_at for health in store.feed_states()] == [NOW, later(minutes=-5)]


def test_a_feed_that_answers_is_not_hastened(store: Store):
    store.reconcile_feeds([PAPER], NOW)
    polled(store, claim(store)[0], later(hours=5))
    store.hasten_feeds([store.feed_states()[0].id], NOW)
    assert store.feed_states()[0].next_due_at == later(hours=5)

"""What administrators hear of feeds: each thing once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.model import Feed
from bot.feedwatch import FeedWatch
from bot.store import Store, Validators
from bot.store.thread import StoreThread

START = datetime(2026, 3, 5, 12, tzinfo=UTC)
ADMINISTRATOR = 9
HOUR = timedelta(hours=1)


@dataclass
class Desk:
    """Feeds that answer or fail as a test says, and what the administrator hears of it."""

    store: Store
    thread: StoreThread
    now: datetime = START

    def __post_init__(self) -> None:
        self.starts_again()

    def starts_again(self) -> None:
        self.watch = FeedWatch(self.thread, [ADMINISTRATOR], lambda: self.now)

    def answer(self, *titles: str) -> None:
        for feed_id in self._ids(titles):
            self.store.feed_polled(
                feed_id, validators=Validators(), body_digest="", next_due_at=self.now + HOUR, now=self.now
            )

    def fail(self, *titles: str, gone: bool = False, error: str = "answered 500") -> None:
        for feed_id in self._ids(titles):
            self.store.feed_failed(feed_id, error=error, next_due_at=self.now + 24 * HOUR, now=self.now, gone=gone)

    def _ids(self, titles: tuple[str, ...]) -> list[int]:
        return [health.id for health in self.store.feed_states() if health.title in titles]

    async def hears(self) -> list[str]:
        """What the administrator is told now, the first line of each message."""
        await self.watch.look()
        due = self.store.claim_messages(self.now, 20, 60.0)
        for each in due:
            self.store.message_sent(each.id, 1, self.now)
        assert {each.chat_id for each in due} <= {ADMINISTRATOR}
        return [each.message.text.plain.splitlines()[0] for each in due]


TITLES = ("Mill Post", "Quay Radio", "Weir Times", "Lock News")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = Store.open(str(tmp_path / "desk.db"))
    store.reconcile_feeds([Feed(f"https://{n}.example/rss", title) for n, title in enumerate(TITLES)], START)
    thread = StoreThread(store)
    yield Desk(store, thread)
    thread.close()


async def test_a_feed_that_dies_is_told_once_and_its_return_once(desk: Desk):
    desk.answer(*TITLES)
    heard = []
    for _ in range(8):
        desk.now += HOUR
        desk.answer(*TITLES[1:])
        desk.fail("Mill Post")
        heard += await desk.hears()
        desk.starts_again()
    assert heard == ["⚠️ Mill Post does not answer any more"]
    desk.answer("Mill Post")
    assert await desk.hears() == ["✅ Mill Post answers again."]
    assert await desk.hears() == []


async def test_a_feed_that_is_gone_is_told_at_once(desk: Desk):
    desk.answer(*TITLES)
    assert await desk.hears() == []
    desk.fail("Quay Radio", gone=True, error="https://1.example/rss: gone for good (410)")
    assert await desk.hears() == ["⚠️ Quay Radio is gone"]
    assert await desk.hears() == []


async def test_an_outage_of_our_own_is_one_notice_and_its_end_another(desk: Desk):
    desk.answer(*TITLES)
    heard = []
    for _ in range(8):
        desk.now += HOUR
        desk.fail(*TITLES, error="no connection")
        heard += await desk.hears()
    assert heard == ["⚠️ 4 of 4 feeds cannot be reached"]
    desk.now += HOUR
    desk.answer("Weir Times")
    assert await desk.hears() == ["✅ Feeds can be reached again."]
    due = {health.title: health.next_due_at for health in desk.store.feed_states()}
    assert [title for title in TITLES if due[title] <= desk.now] == ["Mill Post", "Quay Radio", "Lock News"]
    desk.answer(*TITLES)
    assert await desk.hears() == []


async def test_a_feed_that_stays_away_after_an_outage_is_told_then(desk: Desk):
    desk.answer(*TITLES)
    for _ in range(8):
        desk.now += HOUR
        desk.fail(*TITLES)
        await desk.hears()
    desk.now += HOUR
    desk.answer(*TITLES[1:])
    assert await desk.hears() == ["✅ Feeds can be reached again."]
    desk.now += HOUR
    desk.fail("Mill Post")
    assert await desk.hears() == ["⚠️ Mill Post does not answer any more"]

"""Feeds as the store keeps them: which are asked when and by whom, how they do, and what their hubs were asked.

A newcomer reports a poll first and records its news after: a crash in between loses them, so the poll comes last.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from bot.core.model import Feed, Notice, Push, Ways
from bot.store import feeds as feed_rows
from bot.store import notices, pushes
from bot.store.base import StoreBase
from bot.store.engine import RECONCILING, take_lock
from bot.store.states import FeedHealth, FeedState, Listened, UnchangedFeed, Validators


class PollStore(StoreBase):
    """The part of the store that belongs to feeds. Every method is one transaction."""

    def reconcile_feeds(self, feeds: Sequence[Feed], now: datetime) -> None:
        """Make the feeds of config.yaml the active ones: new ones are due at once, those gone are paused."""
        with self._writing() as connection:
            take_lock(connection, RECONCILING)
            feed_rows.reconcile(connection, feeds, now)

    def claim_feeds(
        self,
        now: datetime,
        limit: int,
        lease_seconds: float,
        most_doubtful: int | None = None,
        slow: Collection[int] = frozenset(),
    ) -> list[FeedState]:
        """The feeds due longest, which nobody else gets until the lease ends or the poll is reported.

        At most so many of them are in doubt: those that fail, that never answered yet, and the `slow` ones.
        """
        most = limit if most_doubtful is None else most_doubtful
        with self._writing() as connection:
            return feed_rows.claim(connection, now, limit, lease_seconds, most_doubtful=most, slow=slow)

    def active_feeds(self) -> list[FeedState]:
        """All feeds that are asked, claimed or not."""
        with self._reading() as connection:
            return feed_rows.active(connection)

    def feed_polled(
        self,
        feed_id: int,
        *,
        validators: Validators,
        body_digest: str,
        next_due_at: datetime,
        now: datetime,
        due_why: str = "",
        ways: Ways | None = None,
    ) -> None:
        """The feed was read. Call it last, after its reports are recorded: a crash then costs a second look only."""
        with self._writing() as connection:
            feed_rows.polled(
                connection,
                feed_id,
                body_digest=body_digest,
                validators=validators,
                ways=ways,
                next_due_at=next_due_at,
                due_why=due_why,
                now=now,
            )

    def feeds_unchanged(self, unchanged: Sequence[UnchangedFeed]) -> None:
        """These feeds had nothing new: 304, or the same body. One transaction, for these are most of all polls."""
        with self._writing() as connection:
            feed_rows.unchanged(connection, unchanged)

    def feed_failed(
        self,
        feed_id: int,
        *,
        error: str,
        next_due_at: datetime,
        now: datetime,
        due_why: str = "",
        ways: Ways | None = None,
        gone: bool = False,
    ) -> None:
        """The feed could not be read; its validators stay. One that is gone is asked no more."""
        with self._writing() as connection:
            feed_rows.failed(
                connection,
                feed_id,
                error=error,
                ways=ways,
                gone=gone,
                next_due_at=next_due_at,
                due_why=due_why,
                now=now,
            )

    def add_feed(self, url: str, title: str, by: int, now: datetime) -> bool:
        """Ask a feed from now on that somebody named in Telegram, whatever config.yaml says; whether that is new."""
        with self._writing() as connection:
            return feed_rows.add(connection, url, title, by, now)

    def pause_feed(self, url: str) -> bool | None:
        """Ask a feed no more that was added in Telegram; None if config.yaml names it, whether there was one else."""
        with self._writing() as connection:
            return feed_rows.pause_added(connection, url)

    def revive_feed(self, url: str, now: datetime) -> bool:
        """Ask a feed again that was gone for good or quarantined; whether there was one."""
        with self._writing() as connection:
            return feed_rows.revive(connection, url, now)

    def hasten_feeds(self, feed_ids: Collection[int], now: datetime) -> None:
        """Ask those that still fail now instead of later, because our own network was why they failed."""
        with self._writing() as connection:
            feed_rows.hasten(connection, feed_ids, now)

    def tell_trouble(self, feed_id: int, notice: Notice, chats: Collection[int], now: datetime) -> None:
        """Tell the chats of a feed's trouble, or of its end, and remember with the feed that they were told."""
        with self._writing() as connection:
            notices.add(connection, notice, chats, now)
            feed_rows.trouble_told(connection, feed_id, notice.state)

    def feed_states(self) -> list[FeedHealth]:
        """How every feed is doing, paused ones too, by address."""
        with self._reading() as connection:
            return feed_rows.states(connection)

    # ---------------------------------------------------------------- hubs of feeds
    def listened_feeds(self) -> list[Listened]:
        """All feeds that name a hub or have a subscription, paused ones too."""
        with self._reading() as connection:
            return pushes.listened(connection)

    def push_of(self, feed_id: int) -> Push | None:
        """What stands between us and the hub of a feed, if anything."""
        with self._reading() as connection:
            return pushes.of(connection, [feed_id]).get(feed_id)

    def put_push(self, feed_id: int, push: Push) -> None:
        """What was asked of the hub of a feed, and agreed; what it told so far stays as it is."""
        with self._writing() as connection:
            pushes.put(connection, feed_id, push)

    def settle_push(self, feed_id: int, push: Push) -> None:
        """What a poll said of the hub of a feed."""
        with self._writing() as connection:
            pushes.settle(connection, feed_id, push)

    def push_told(self, feed_id: int, now: datetime, pause: timedelta) -> None:
        """Its hub told of news: the feed is due at once, but no sooner than a pause after it was last asked."""
        with self._writing() as connection:
            pushes.told(connection, feed_id, now, pause)

    def forget_pushes(self) -> None:
        """Nobody listens any more: all feeds are polled as usual."""
        with self._writing() as connection:
            pushes.forget(connection)

"""Which feeds died, and whether it is they or our own network; pure.

A newcomer's mistake is to call a feed dead after some failures: they may all be of one bad hour, and when many feeds
fail at once it is we who are cut off.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from bot.core.model import DueWhy
from bot.store import FeedHealth

DEAD_FAILURES: Final = 5
DEAD_AFTER: Final = timedelta(hours=6)
MANY: Final = 3
MANY_SHARE: Final = 0.5  # of all feeds that are asked
AT_ONCE: Final = timedelta(hours=1)  # within this, all feeds were asked again, most of them several times
CUT_OFF_FOR: Final = timedelta(minutes=10)  # shorter is not worth a message
RECOVERED_SHARE: Final = 0.1  # of all feeds; some may be inside our own network and always answer


class Trouble(StrEnum):
    """What administrators are told of a feed; NONE is that it answers."""

    NONE = ""
    FAILING = "failing"
    GONE = "gone"
    QUARANTINED = "quarantined"


def trouble_of(health: FeedHealth, now: datetime, cut_off: Collection[int], network_back_at: datetime | None) -> str:
    """What there is to tell of a feed, or what was told while there is nothing else.

    The feeds in `cut_off` fail because of our own network; the others are judged by polls after it came back.
    """
    if health.gone_at:
        return Trouble.GONE
    if not health.failures:
        return Trouble.NONE
    if health.due_why == DueWhy.QUARANTINE:
        return Trouble.QUARANTINED
    was_asked_since = network_back_at is None or (health.last_polled_at or network_back_at) > network_back_at
    is_dead = health.failures >= DEAD_FAILURES and now - (health.failing_since or now) >= DEAD_AFTER
    if is_dead and was_asked_since and health.id not in cut_off:
        return Trouble.FAILING
    return health.trouble_told


def cut_off(feeds: Sequence[FeedHealth], now: datetime) -> frozenset[int]:
    """The feeds that fail because our own network does, none if it works.

    They are those that once answered and began to fail at about one time, are many, and hardly any feed has answered
    since the last of them failed.
    """
    asked = [feed for feed in feeds if not feed.paused and not feed.gone_at]
    group = _fallen_together([feed for feed in asked if feed.failures and feed.failing_since and feed.last_success_at])
    if len(group) < max(MANY, MANY_SHARE * len(asked)):
        return frozenset()
    fell = [feed.failing_since for feed in group if feed.failing_since]
    answering = sum(1 for feed in asked if feed.last_success_at and feed.last_success_at > max(fell))
    if answering >= max(1, RECOVERED_SHARE * len(asked)) or now - min(fell) < CUT_OFF_FOR:
        return frozenset()
    return frozenset(feed.id for feed in group)


def _fallen_together(failing: Sequence[FeedHealth]) -> list[FeedHealth]:
    """The largest group of which each began to fail soon after the one before."""
    falling = sorted(failing, key=_fell)
    groups = [falling[:1]]
    for before, after in pairwise(falling):
        if _fell(after) - _fell(before) <= AT_ONCE:
            groups[-1].append(after)
        else:
            groups.append([after])
    return max(groups, key=len)


def _fell(feed: FeedHealth) -> datetime:
    assert feed.failing_since is not None
    return feed.failing_since

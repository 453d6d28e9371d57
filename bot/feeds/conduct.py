"""What one answer of a feed teaches, and when to ask again after it; pure.

A newcomer's mistake is to believe the first redirect: one wrong "moved for good" would lose a feed, so it takes several
in a row, and the feed keeps the address and the identity that the config gives it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.core.model import DueWhy, Push, Ways, Whereabouts
from bot.core.rhythm import begun, watched
from bot.feeds.errors import FeedError
from bot.feeds.fetch import Answer, Ask, Fetched
from bot.feeds.parse import ParsedFeed
from bot.feeds.schedule import Bounds, Due, Known, Yardstick, back_off, plan
from bot.feeds.websub import listening
from bot.feeds.wishes import wishes_of
from bot.store import FeedState, Validators

LEARNED_AFTER: Final = 3  # successes at the end of one wholly permanent chain
SLOW_SECONDS: Final = 3.0  # from the question to the last byte
SLOW_TO_PARSE_SECONDS: Final = 0.5
LOST_AFTER: Final = 5  # failures at an address that was learned: then the one in the config is asked again


def ask_of(state: FeedState) -> Ask:
    """What to ask a feed's server."""
    return Ask(
        url=state.ways.whereabouts.moved_to or state.feed.url,
        etag=state.validators.etag,
        last_modified=state.validators.last_modified,
        body_digest=state.body_digest,
        validated_url=state.ways.whereabouts.answered,
    )


def is_slow(fetch_seconds: float, parse_seconds: float) -> bool:
    """Would many such feeds hold up the others?"""
    return fetch_seconds > SLOW_SECONDS or parse_seconds > SLOW_TO_PARSE_SECONDS


# ---------------------------------------------------------------- what is remembered
def after_unchanged(state: FeedState, answer: Answer, now: datetime) -> Ways:
    """The ways of a feed that had nothing new."""
    return replace(_heard(state, answer), history=watched(state.ways.history, (), now))


def after_read(
    state: FeedState,
    answer: Fetched,
    parsed: ParsedFeed,
    news: Sequence[datetime | None],
    now: datetime,
) -> Ways:
    """The ways of a feed that was read; `news` says when the items that nobody knew were published."""
    ways = _heard(state, answer)
    wishes = wishes_of(answer.body, ways.wishes)
    wishes = replace(wishes, every_seconds=max(wishes.every_seconds, parsed.ttl_seconds or 0.0))
    first = state.ways.history.at is None
    everything = [entry.published for entry in parsed.entries]
    history = begun(everything, now) if first else watched(state.ways.history, news, now)
    return replace(ways, wishes=wishes, history=history, hub=answer.hub)


def after_failure(state: FeedState, error: FeedError) -> Ways:
    """The ways of a feed that could not be read: an address learned is forgotten when it leads nowhere."""
    where = state.ways.whereabouts
    is_lost = bool(where.moved_to) and (error.gone or state.failures + 1 >= LOST_AFTER)
    known = Whereabouts(answered=where.answered, moved_to="" if is_lost else where.moved_to)
    return replace(state.ways, whereabouts=known)


def is_gone(state: FeedState, error: FeedError) -> bool:
    """Has the feed ended for good? An address that was learned may be gone while the one in the config is not."""
    return error.gone and not state.ways.whereabouts.moved_to


def _heard(state: FeedState, answer: Answer) -> Ways:
    return replace(
        state.ways,
        wishes=replace(state.ways.wishes, fresh_seconds=answer.fresh_seconds),
        whereabouts=followed(state.ways.whereabouts, answer, state.feed.url),
    )


def followed(where: Whereabouts, answer: Answer, listed_url: str) -> Whereabouts:
    """Where the feed is after one more success. What led back to the address in the config is no move."""
    if not answer.permanent:
        return replace(where, answered=answer.url, moving_to="", times=0)
    times = where.times + 1 if answer.url == where.moving_to else 1
    if times < LEARNED_AFTER:
        return replace(where, answered=answer.url, moving_to=answer.url, times=times)
    return Whereabouts(answered=answer.url, moved_to="" if answer.url == listed_url else answer.url)


# ---------------------------------------------------------------- when to ask again
def known_of(state: FeedState) -> Known:
    """A feed that was never asked is taken to have validators, as most do."""
    known = _known(state, state.validators, state.ways)
    return known if state.polled_before else replace(known, has_validators=True)


def due_after_success(
    state: FeedState,
    validators: Validators,
    ways: Ways,
    push: Push | None,
    *,
    bounds: Bounds,
    yardstick: Yardstick,
    now: datetime,
    roll: float,
) -> Due:
    return listening(plan(_known(state, validators, ways), bounds, yardstick, now, roll), push, bounds, now, roll)


def due_after_failure(state: FeedState, error: FeedError, *, bounds: Bounds, now: datetime, roll: float) -> Due:
    failures = state.failures + 1
    due = back_off(known_of(state), bounds, failures=failures, retry_after=error.retry_after, now=now, roll=roll)
    if is_gone(state, error):
        return replace(due, why=DueWhy.GONE)
    return replace(due, why=DueWhy.QUARANTINE) if error.quarantine else due


def _known(state: FeedState, validators: Validators, ways: Ways) -> Known:
    has_validators = bool(validators.etag or validators.last_modified)
    return Known(state.feed.interval_seconds, has_validators, ways.wishes, ways.history)

"""The pace alone: whatever is asked of it, Telegram's limits hold."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.outbox import LIMITS, Pace

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

chats = st.sampled_from([1, 2, 3, -1, -2])
rounds = st.lists(st.tuples(st.floats(0, 20), st.lists(chats, max_size=40)), max_size=20)


def sent_by(pace: Pace, at: datetime, wanted: list[int]) -> list[tuple[int, datetime]]:
    """What one round sends, as `deliver` does it."""
    resting = pace.resting(at)
    chats = [chat for chat in dict.fromkeys(wanted) if chat not in resting][: pace.room(at)]
    for chat in chats:
        pace.book(chat, at)
    return [(chat, at) for chat in chats]


def busiest(times: list[datetime], window: timedelta) -> int:
    return max((sum(t <= other < t + window for other in times) for t in times), default=0)


@given(rounds)
def test_no_limit_is_ever_exceeded(rounds):
    pace, now, sent = Pace(LIMITS), NOON, []
    for pause_seconds, wanted in rounds:
        now += timedelta(seconds=pause_seconds)
        sent += sent_by(pace, now, wanted)

    assert busiest([at for _, at in sent], timedelta(seconds=1)) <= 30
    for chat in {chat for chat, _ in sent}:
        times = [at for sent_to, at in sent if sent_to == chat]
        assert busiest(times, timedelta(seconds=1)) <= 1
        assert chat > 0 or busiest(times, timedelta(seconds=60)) <= 20


def test_a_chat_that_was_written_to_rests_for_a_second():
    pace = Pace(LIMITS, [(1, NOON)])

    assert pace.resting(NOON + timedelta(seconds=0.9)) == {1}
    assert pace.resting(NOON + timedelta(seconds=1)) == frozenset()


def test_what_happened_over_a_minute_ago_is_forgotten():
    pace = Pace(LIMITS, [(-1, NOON - timedelta(seconds=61 + n)) for n in range(20, 0, -1)])

    assert pace.resting(NOON) == frozenset()


def test_a_pause_that_is_over_is_over():
    pace = Pace(LIMITS)
    pace.pause(1, NOON, timedelta(seconds=40))
    assert pace.room(NOON) == 0

    later = NOON + timedelta(seconds=40)
    assert pace.room(later) == 30
    assert pace.resting(later) == frozenset()


def test_a_clock_that_is_set_back_makes_no_chat_wait_for_the_time_it_was():
    pace = Pace(LIMITS, [(-1, NOON - timedelta(seconds=n)) for n in range(30, -1, -1)])
    pace.pause(2, NOON, timedelta(seconds=40))
    earlier = NOON - timedelta(hours=1)
    pace.follow_clock(earlier)

    assert pace.room(earlier + timedelta(seconds=1)) == LIMITS.overall.messages
    for seconds, resting in ((0, {-1, 2}), (39, {-1, 2}), (40, {-1}), (41, set())):
        assert pace.resting(earlier + timedelta(seconds=seconds)) == resting


def test_times_that_overlap_a_little_are_no_clock_set_back():
    pace = Pace(LIMITS, [(1, NOON)])
    pace.follow_clock(NOON - timedelta(seconds=0.5))

    assert pace.resting(NOON) == {1}

"""How the bot behaves at other people's servers, over whole days: what it asks, with which headers, and how often."""

from __future__ import annotations

import gzip
from datetime import timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest

from bot.core.model import DueWhy, Feed
from bot.feeds.schedule import Bounds
from tests.feeds.day import MORNING, PATH, Day, conditional, rss
from tests.feeds.feed_server import answer

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ETAG = 'W/"0-mill;{gate}"'
ODD_DATE = "Thu, 01 Jan 1970 0:00:00 +0000 (long ago)"
BODY = rss(MORNING - HOUR, MORNING - 3 * HOUR)


# ---------------------------------------------------------------- validators
async def test_the_first_request_is_unconditional_and_no_later_one_is(day: Day):
    day.answers(conditional(BODY, ETAG))
    async with day.begins() as service:
        await day.passes(service, hours=24)
    first, *later = day.header("if-none-match")
    assert first is None
    assert len(later) > 100
    assert set(later) == {ETAG}


async def test_both_validators_are_replayed_byte_for_byte_and_none_is_invented(day: Day):
    day.answers(answer(body=BODY, ETag=ETAG, Last_Modified=ODD_DATE))
    async with day.begins() as service:
        await day.passes(service, hours=1)
        day.answers(answer(body=rss(MORNING), ETag=ETAG))
        await day.passes(service, minutes=30)
        asked = len(day.asked)
        await day.passes(service, minutes=30)
    assert (day.header("if-none-match")[1], day.header("if-modified-since")[1]) == (ETAG, ODD_DATE)
    assert set(day.header("if-modified-since")[asked:]) == {None}


async def test_validators_and_the_next_poll_survive_a_restart(day: Day):
    day.answers(conditional(BODY, ETAG))
    async with day.begins() as service:
        await day.moment(service)
    due = day.health.next_due_at
    day.now += MINUTE
    async with day.begins() as service:
        await day.moment(service)
        assert len(day.asked) == 1
        await day.passes(service, hours=1)
    assert day.asked[1].at == due
    assert day.header("if-none-match")[1] == ETAG


@pytest.mark.parametrize(
    "broken",
    [
        answer(b"500 Internal Server Error", BODY, ETag='"of an error"'),
        answer(body=b"<!doctype html><title>Just a moment</title>", ETag='"of a page"'),
        answer(body=BODY, ETag='"of a part"')[:-40],
        answer(body=b"<rss><channel>", ETag='"of nothing"'),
    ],
    ids=["error", "page", "part", "not a feed"],
)
async def test_nothing_is_kept_of_an_answer_that_failed(day: Day, broken: bytes):
    day.answers(broken)
    async with day.begins() as service:
        await day.passes(service, hours=1)
        assert set(day.header("if-none-match")) == {None}
        day.answers(conditional(BODY, ETAG))
        await day.passes(service, hours=4)
        day.answers(broken)
        await day.passes(service, hours=2)
    assert day.header("if-none-match")[-1] == ETAG


async def test_a_304_refreshes_the_headers_and_leaves_the_rest(day: Day):
    day.answers(answer(body=BODY, ETag='"old"', Last_Modified="Mon"))
    async with day.begins() as service:
        await day.moment(service)
        day.answers(answer(b"304 Not Modified", ETag='"new"', Cache_Control="max-age=720"))
        await day.passes(service, hours=1)
    assert day.header("if-none-match")[1:3] == ['"old"', '"new"']
    assert day.header("if-modified-since")[2] == "Mon"
    assert min(day.waits[1:]) >= 12 * MINUTE


async def test_validators_that_the_server_sends_no_more_are_dropped_even_if_the_body_is_the_same(day: Day):
    day.answers(answer(body=BODY, ETag=ETAG))
    async with day.begins() as service:
        await day.moment(service)
        day.answers(answer(body=BODY))
        await day.passes(service, hours=2)
    assert day.header("if-none-match")[:2] == [None, ETAG]
    assert set(day.header("if-none-match")[2:]) == {None}
    assert day.health.due_why == DueWhy.UNCONDITIONAL


async def test_validators_are_shown_to_the_address_that_gave_them_alone(day: Day):
    day.answers(conditional(BODY, ETAG))
    async with day.begins() as service:
        await day.moment(service)
        day.answers(answer(b"302 Found", Location="/elsewhere"))
        day.answers(conditional(rss(MORNING), '"another"'), path="/elsewhere")
        await day.passes(service, minutes=30)
    asked = list(zip(day.paths, day.header("if-none-match"), strict=True))
    assert asked[1:5] == [(PATH, ETAG), ("/elsewhere", None), (PATH, None), ("/elsewhere", '"another"')]


# ---------------------------------------------------------------- how often
async def test_feeds_with_validators_wait_for_two_minutes_at_least_and_others_for_fifteen(day: Day):
    day.bounds = Bounds(interval_seconds=1)
    day.answers(conditional(BODY, ETAG))
    day.answers(answer(body=BODY), path="/plain")
    plain = Feed(day.server.url("/plain"))
    async with day.begins(day.feed, plain) as service:
        await day.passes(service, hours=8)
    waits = {path: waits_of(day, path) for path in (PATH, "/plain")}
    assert 2 * MINUTE <= min(waits[PATH]) < max(waits[PATH]) < 5 * MINUTE
    assert 15 * MINUTE <= min(waits["/plain"]) < max(waits["/plain"]) < 20 * MINUTE


async def test_a_feed_with_an_interval_of_its_own_is_asked_just_so_often(day: Day):
    day.answers(answer(body=rss(MORNING, channel="<ttl>60</ttl>"), Cache_Control="max-age=3600"))
    async with day.begins(Feed(day.feed.url, interval_seconds=60.0)) as service:
        await day.passes(service, hours=6)
    assert min(day.waits) >= MINUTE
    assert len(day.asked) >= 6 * 60 / 1.1
    assert day.health.due_why == DueWhy.OWN


WISHES = {
    "max-age": (answer(body=BODY, ETag=ETAG, Cache_Control="public, max-age=720"), 12),
    "Expires": (
        answer(body=BODY, ETag=ETAG, Date="Wed, 04 Mar 2026 05:00:00 GMT", Expires="Wed, 04 Mar 2026 05:12:00 GMT"),
        12,
    ),
    "ttl": (answer(body=rss(MORNING, channel="<ttl>12</ttl>"), ETag=ETAG), 12),
    "updatePeriod": (answer(body=rss(MORNING, channel="<sy:updatePeriod>hourly</sy:updatePeriod>"), ETag=ETAG), 15),
    "updateFrequency": (
        answer(
            body=rss(
                MORNING,
                channel="<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>5</sy:updateFrequency>",
            ),
            ETag=ETAG,
        ),
        12,
    ),
    "a day": (answer(body=BODY, ETag=ETAG, Cache_Control="max-age=86400"), 15),
    "skipDays": (answer(body=rss(MORNING, channel="<skipDays><day>Wednesday</day></skipDays>"), ETag=ETAG), 15),
}


@pytest.mark.parametrize(("page", "minutes"), WISHES.values(), ids=WISHES)
async def test_what_a_feed_asks_for_is_heeded_up_to_a_limit(day: Day, page: bytes, minutes: int):
    day.bounds = Bounds(interval_seconds=1)
    day.answers(page)
    async with day.begins() as service:
        await day.passes(service, hours=12)
    assert minutes * MINUTE <= min(day.waits)
    assert max(day.waits[1:]) <= minutes * 1.1 * MINUTE + 2 * MINUTE
    assert day.health.due_why == DueWhy.WISHED


async def test_hours_that_a_feed_skips_are_asked_as_rarely_as_wishes_go(day: Day):
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(12, 18))
    day.bounds = Bounds(interval_seconds=1)
    day.answers(answer(body=rss(MORNING, channel=f"<skipHours>{hours}</skipHours>"), ETag=ETAG))
    async with day.begins() as service:
        await day.passes(service, hours=24)
    asked_in = [sum(1 for each in day.asked if each.at.hour == hour) for hour in range(24)]
    assert max(asked_in[12:18]) <= 5
    assert min(asked_in[:12] + asked_in[18:]) >= 20


async def test_polls_keep_clear_of_the_full_hour_and_fall_out_of_step(day: Day):
    day.answers(conditional(BODY, ETAG))
    feeds = [Feed(f"{day.feed.url}?n={number}", interval_seconds=240.0) for number in range(2)]
    for feed in feeds:
        day.answers(conditional(BODY, ETAG), path=feed.url.partition(day.server.host)[2])
    async with day.begins(*feeds) as service:
        await day.passes(service, hours=12)
    planned = day.asked[len(feeds) :]
    assert len(planned) > 300
    assert not [each.at for each in planned if each.at.minute == 0 and each.at.second < 30]
    assert not [each.at for each in planned if each.at.minute == 59 and each.at.second >= 55]
    assert len({each.at for each in planned}) == len(planned)


# ---------------------------------------------------------------- failures
@pytest.mark.parametrize("status", [b"429 Too Many Requests", b"503 Service Unavailable"])
@pytest.mark.parametrize("wish", ["7200", format_datetime(MORNING + 2 * HOUR, usegmt=True)], ids=["seconds", "date"])
async def test_a_server_that_asks_for_patience_gets_it(day: Day, status: bytes, wish: str):
    day.answers(answer(status, Retry_After=wish))
    async with day.begins() as service:
        await day.moment(service)
        assert day.health.due_why == DueWhy.PATIENCE
        await day.passes(service, hours=3)
    assert 2 * HOUR <= day.waits[0] <= 2.2 * HOUR


@pytest.mark.parametrize("status", [b"404 Not Found", b"500 Internal Server Error"])
async def test_failures_are_asked_ever_more_rarely_and_a_success_ends_that(day: Day, status: bytes):
    day.answers(answer(status))
    async with day.begins() as service:
        await day.passes(service, hours=24)
        assert all(later > sooner for sooner, later in zip(day.waits, day.waits[1:], strict=False))
        assert len(day.asked) <= 9
        day.answers(conditional(BODY, ETAG))
        await day.passes(service, hours=24)
        assert (day.health.failures, day.health.failing_since) == (0, None)
        asked = len(day.asked)
        await day.passes(service, hours=1)
    assert len(day.asked) > asked + 5


async def test_a_feed_that_fails_is_looked_for_nowhere_else(day: Day):
    day.answers(answer(b"404 Not Found"))
    async with day.begins() as service:
        await day.passes(service, hours=24)
    assert set(day.paths) == {PATH}


async def test_a_feed_that_is_gone_is_asked_no_more_even_after_a_restart(day: Day):
    day.answers(conditional(BODY, ETAG))
    async with day.begins() as service:
        await day.moment(service)
        day.answers(answer(b"410 Gone"))
        await day.passes(service, hours=24)
    async with day.begins() as service:
        await day.passes(service, hours=24)
        await day.moment(service)
    assert len(day.asked) == 2
    assert day.health.gone_at is not None
    assert day.health.due_why == DueWhy.GONE


# ---------------------------------------------------------------- moves
@pytest.mark.parametrize("status", [b"301 Moved Permanently", b"308 Permanent Redirect"])
async def test_a_move_for_good_is_learned_after_three_successes_and_outlives_a_restart(day: Day, status: bytes):
    moves(day, status)
    async with day.begins() as service:
        await day.passes(service, hours=2)
    async with day.begins() as service:
        await day.passes(service, hours=2)
    assert day.paths[:6] == [PATH, "/new"] * 3
    assert set(day.paths[6:]) == {"/new"}
    assert (day.health.url, day.health.moved_to) == (day.feed.url, day.server.url("/new"))
    assert set(day.header("if-none-match")[7:]) == {ETAG}


@pytest.mark.parametrize("status", [b"302 Found", b"303 See Other", b"307 Temporary Redirect"])
async def test_a_move_that_is_not_for_good_is_never_learned(day: Day, status: bytes):
    moves(day, status)
    async with day.begins() as service:
        await day.passes(service, hours=8)
    assert day.paths == [PATH, "/new"] * (len(day.paths) // 2)
    assert day.health.moved_to == ""


async def test_one_temporary_hop_makes_the_whole_way_temporary(day: Day):
    day.answers(answer(b"301 Moved Permanently", Location="/hop"))
    moves(day, b"302 Found", "/hop")
    async with day.begins() as service:
        await day.passes(service, hours=8)
    assert day.health.moved_to == ""
    assert day.paths[-3:] == [PATH, "/hop", "/new"]


async def test_a_move_that_changes_its_mind_begins_to_count_anew(day: Day):
    moves(day, b"301 Moved Permanently")
    async with day.begins() as service:
        for page in ("/new", "/new", "/newer", "/new", "/new"):
            day.answers(answer(b"301 Moved Permanently", Location=page))
            day.answers(conditional(BODY, ETAG), path=page)
            day.now = max(day.now, day.health.next_due_at)
            await day.moment(service)
    assert day.health.moved_to == ""


async def test_a_learned_address_that_leads_nowhere_is_forgotten(day: Day):
    moves(day, b"301 Moved Permanently")
    async with day.begins() as service:
        await day.passes(service, hours=2)
        asked = len(day.asked)
        day.answers(conditional(BODY, '"of the old address"'))
        day.answers(answer(b"410 Gone"), path="/new")
        await day.passes(service, hours=2)
    assert day.paths[asked : asked + 3] == ["/new", PATH, PATH]
    assert day.header("if-none-match")[asked : asked + 3] == [ETAG, None, '"of the old address"']
    assert (day.health.moved_to, day.health.gone_at, day.health.failures) == ("", None, 0)


async def test_a_config_that_names_the_new_address_means_the_same_feed(day: Day):
    moves(day, b"301 Moved Permanently")
    async with day.begins() as service:
        await day.passes(service, hours=2)
    asked = len(day.asked)
    async with day.begins(Feed(day.server.url("/new"))) as service:
        await day.passes(service, hours=2)
    assert [(health.url, health.moved_to) for health in day.health_of_all()] == [(day.server.url("/new"), "")]
    assert set(day.header("if-none-match")[asked:]) == {ETAG}


def moves(day: Day, status: bytes, path: str = PATH) -> None:
    day.answers(answer(status, Location="/new"), path=path)
    day.answers(conditional(BODY, ETAG), path="/new")


# ---------------------------------------------------------------- manners
async def test_every_request_says_the_same_of_us_and_nothing_of_others(day: Day):
    page = answer(body=BODY, ETag=ETAG, Vary="User-Agent, Accept-Encoding", Set_Cookie="who=you; Max-Age=90000")
    day.answers(page)
    async with day.begins() as service:
        await day.passes(service, hours=24)
    assert set(day.paths) == {PATH}  # no query that dodges caches
    assert set(day.header("user-agent")) == {"Tocsin/1.2 (+https://example.org/bot)"}
    assert set(day.header("accept-encoding")) == {"gzip"}
    assert len(set(day.header("accept"))) == 1
    for name in ("cookie", "referer", "cache-control", "pragma"):
        assert set(day.header(name)) == {None}


async def test_a_packed_feed_is_read(day: Day):
    day.answers(answer(body=gzip.compress(BODY), Content_Encoding="gzip"))
    async with day.begins() as service:
        await day.moment(service)
    assert day.health.last_error == ""


async def test_a_host_is_asked_one_thing_at_a_time(day: Day):
    feeds = [Feed(day.server.url(f"/{number}")) for number in range(6)]
    for number in range(len(feeds)):
        day.answers(conditional(BODY, ETAG), path=f"/{number}")
    async with day.begins(*feeds) as service:
        await day.passes(service, hours=2)
    assert len(set(day.paths)) == len(feeds)
    assert day.server.busiest == 1


# ---------------------------------------------------------------- clocks
@pytest.mark.parametrize("jump", [-HOUR, 24 * HOUR, -24 * HOUR], ids=["an hour back", "a day on", "a day back"])
async def test_a_clock_that_jumps_delays_a_poll_by_an_interval_at_most(day: Day, jump: timedelta):
    day.answers(conditional(BODY, ETAG))
    async with day.begins(Feed(day.feed.url, interval_seconds=300.0)) as service:
        await day.passes(service, hours=1)
        asked = len(day.asked)
        day.now += jump
        jumped_at = day.now
        while len(day.asked) == asked:
            assert day.now - jumped_at <= 6 * MINUTE
            await day.moment(service)
            day.now += timedelta(seconds=10)
        await day.passes(service, hours=1)
    assert max(day.waits[asked:]) <= 8 * MINUTE


async def test_a_lease_from_before_the_clock_was_set_back_holds_nobody_up(day: Day):
    day.answers(conditional(BODY, ETAG))
    day.store.reconcile_feeds([day.feed], day.now)
    day.store.claim_feeds(day.now, 1, 120.0)
    async with day.begins() as service:
        day.store.claim_feeds(day.now, 1, 120.0)
        day.now -= HOUR
        await day.moment(service)
    assert day.paths == [PATH]


def waits_of(day: Day, path: str) -> list[timedelta]:
    times = [each.at for each in day.asked if each.request.path == path]
    return [later - sooner for sooner, later in pairwise(times)]

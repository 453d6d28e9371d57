"""WebSub's decisions: which hub a feed names, when it is asked, what of its words is believed."""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.model import DueWhy, Hub, Push
from bot.feeds.schedule import Bounds, Due
from bot.feeds.websub import (
    NO_HUB,
    Signature,
    after_poll,
    agreed,
    asked,
    denied,
    form_of,
    hub_of,
    is_to_ask,
    listening,
)

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
URL = "https://mill.example/feed"
HUB = Hub("https://hub.example/", URL)
CALLBACKS = "https://bot.example/hubs/"
NEW = Push(HUB, f"{CALLBACKS}token", "secret")
ALIVE = replace(NEW, lease_until=NOW + 10 * DAY, lease_seconds=864_000)
QUESTION = {"hub.mode": "subscribe", "hub.topic": URL, "hub.challenge": "c", "hub.lease_seconds": "3600"}

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Mill</title>
<link rel="hub" href="https://hub.example/"/><link href='https://mill.example/feed' rel='self'/></feed>"""
RSS = b"""<rss xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<atom:link rel="self" type="application/rss+xml" href="https://mill.example/feed"/>
<atom:link rel="hub" href="https://hub.example/"/><item><title>One</title></item></channel></rss>"""


# ---------------------------------------------------------------- what a feed names
@pytest.mark.parametrize("body", [ATOM, RSS])
def test_a_feed_names_its_hub_and_itself_before_its_first_item(body: bytes):
    assert hub_of((), body, URL) == HUB


def test_headers_name_them_too_and_go_before_the_body():
    headers = ['<https://other.example/>; rel="hub", <https://mill.example/feed?all=1>; rel=self']
    assert hub_of(headers, ATOM, URL) == Hub("https://other.example/", "https://mill.example/feed?all=1")
    assert hub_of(['</push>; type="text/plain"; rel="hub"', f"<{URL}>; rel=self"], b"", URL) == Hub(
        "https://mill.example/push", URL
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        ATOM.replace(b"'self'", b"'alternate'"),  # no address to subscribe to
        ATOM.replace(b"https://hub", b"javascript://hub"),
        ATOM.replace(b"https://hub.example/", b"https://[hub/"),
        b'<rss><channel><item><link rel="hub" href="https://h.example/"/><link rel="self" href="https://m.example/"/>',
    ],
)
def test_a_feed_that_names_no_usable_hub_has_none(body: bytes):
    assert hub_of((), body, URL) == NO_HUB


def test_an_escaped_address_is_unescaped():
    body = ATOM.replace(b"https://hub.example/", b"https://hub.example/?a=1&amp;b=2")
    assert hub_of((), body, URL).address == "https://hub.example/?a=1&b=2"


# ---------------------------------------------------------------- when it is asked
def test_a_hub_is_asked_when_a_feed_names_it_and_again_when_it_names_another():
    assert is_to_ask(HUB, None, CALLBACKS, NOW)
    assert not is_to_ask(HUB, ALIVE, CALLBACKS, NOW)
    assert is_to_ask(replace(HUB, address="https://new.example/"), ALIVE, CALLBACKS, NOW)
    assert not is_to_ask(NO_HUB, ALIVE, CALLBACKS, NOW)


def test_a_bot_with_another_address_asks_anew():
    assert is_to_ask(HUB, ALIVE, "https://new.example/hubs/", NOW)


def test_a_lease_is_renewed_before_it_ends():
    assert not is_to_ask(HUB, ALIVE, CALLBACKS, NOW + 8.9 * DAY)
    assert is_to_ask(HUB, ALIVE, CALLBACKS, NOW + 9.1 * DAY)
    short = replace(ALIVE, lease_until=NOW + HOUR, lease_seconds=3600)
    assert not is_to_ask(HUB, short, CALLBACKS, NOW + 47 * MINUTE)
    assert is_to_ask(HUB, short, CALLBACKS, NOW + 49 * MINUTE)


def test_a_hub_that_does_not_answer_is_asked_ever_more_rarely_but_for_ever():
    push, now, waits = NEW, NOW, []
    for _ in range(12):
        push, began = asked(push, now), now
        while not is_to_ask(HUB, push, CALLBACKS, now):
            now += MINUTE
        waits.append((now - began) // MINUTE)
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440, 1440]


def test_a_clock_that_is_set_back_neither_keeps_a_lease_alive_nor_a_hub_from_being_asked():
    assert not ALIVE.is_alive(NOW - HOUR)
    assert is_to_ask(HUB, asked(NEW, NOW), CALLBACKS, NOW - HOUR)


def test_what_is_sent_is_what_the_specification_asks_for():
    assert form_of(NEW) == {
        "hub.callback": "https://bot.example/hubs/token",
        "hub.mode": "subscribe",
        "hub.topic": URL,
        "hub.lease_seconds": "864000",
        "hub.secret": "secret",
    }


# ---------------------------------------------------------------- what it says
def test_what_was_asked_for_is_confirmed_for_as_long_as_the_hub_says():
    push = agreed(asked(NEW, NOW), QUESTION, NOW)
    assert push is not None
    assert (push.lease_until, push.lease_seconds, push.tries) == (NOW + HOUR, 3600, 0)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("0", 60), ("99999999", 2_592_000), ("-1", 864_000), ("9" * 400, 864_000), ("", 864_000), ("x", 864_000)],
)
def test_a_lease_that_makes_no_sense_is_bounded(said: str, seconds: int):
    push = agreed(asked(NEW, NOW), QUESTION | {"hub.lease_seconds": said}, NOW)
    assert push is not None
    assert push.lease_seconds == seconds


@pytest.mark.parametrize(
    "wrong",
    [
        {"hub.mode": "unsubscribe"},
        {"hub.topic": "https://other.example/feed"},
        {"hub.challenge": ""},
        {"hub.challenge": "c" * 1_001},
    ],
)
def test_what_was_not_asked_for_is_not_confirmed(wrong: dict[str, str]):
    assert agreed(asked(NEW, NOW), QUESTION | wrong, NOW) is None
    assert agreed(NEW, QUESTION, NOW) is None  # never asked at all


def test_a_hub_that_denies_ends_the_lease_and_is_asked_again_later():
    push = denied(ALIVE, {"hub.mode": "denied", "hub.topic": URL, "hub.reason": "no room"})
    assert push is not None
    assert (push.is_alive(NOW), push.error) == (False, "the hub denies it: no room")
    assert denied(ALIVE, QUESTION) is None


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signature_of_every_method_of_the_specification_is_known(method: str):
    header = f"{method}={hmac.new(b'secret', b'<feed/>', getattr(hashlib, method)).hexdigest()}"
    good, other_body, other_secret = Signature("secret", header), Signature("secret", header), Signature("s", header)
    for piece in (b"<fe", b"ed/>"):
        good.update(piece)
        other_secret.update(piece)
    other_body.update(b"<feed />")
    assert (good.is_good(), other_body.is_good(), other_secret.is_good()) == (True, False, False)


@pytest.mark.parametrize(
    "header", ["", "sha256", "sha256=", "md5=5ebe2294ecd0e0f08eab7690d2a6ee69", "sha256=\u00e9", "="]
)
def test_a_signature_that_is_none_is_bad(header: str):
    signature = Signature("secret", header)
    signature.update(b"")
    assert not signature.is_good()


# ---------------------------------------------------------------- what follows
BOUNDS = Bounds()
SOON = Due(NOW + 2 * MINUTE, DueWhy.SHORTEST)


def test_a_feed_whose_hub_tells_is_polled_rarely_and_as_usual_when_the_lease_is_over():
    assert listening(SOON, ALIVE, BOUNDS, NOW, 0.0) == Due(NOW + 30 * MINUTE, DueWhy.LISTENING)
    assert listening(SOON, ALIVE, BOUNDS, NOW + 10 * DAY, 0.0) == SOON
    assert listening(SOON, None, BOUNDS, NOW, 0.0) == SOON


def test_a_feed_with_an_interval_of_its_own_keeps_it():
    own = Due(NOW + MINUTE, DueWhy.OWN)
    assert listening(own, ALIVE, BOUNDS, NOW, 0.0) == own


def test_news_that_a_hub_told_of_is_looked_for_until_it_came_through_or_some_minutes_are_over():
    told = replace(ALIVE, pushed_at=NOW)
    assert listening(Due(NOW + HOUR, DueWhy.NEWS), told, BOUNDS, NOW + MINUTE, 0.0) == Due(
        NOW + 2 * MINUTE, DueWhy.PUSHED
    )
    assert listening(SOON, told, BOUNDS, NOW + 6 * MINUTE, 0.0).why == DueWhy.LISTENING
    found = after_poll(told, told, had_news_since=NOW - HOUR, now=NOW + MINUTE)
    assert (found.pushed_at, found.missed, found.is_alive(NOW)) == (None, 0, True)
    assert after_poll(told, told, had_news_since=None, now=NOW + MINUTE) == told


def test_a_hub_that_did_not_tell_is_no_longer_believed_and_asked_anew_ever_later():
    now = NOW + HOUR
    push = after_poll(ALIVE, ALIVE, had_news_since=NOW + MINUTE, now=now)
    assert (push.is_alive(now), push.missed) == (False, 1)
    assert not is_to_ask(HUB, push, CALLBACKS, now + 4 * MINUTE)
    assert is_to_ask(HUB, push, CALLBACKS, now + 5 * MINUTE)
    later = replace(push, missed=4)
    assert not is_to_ask(HUB, later, CALLBACKS, now + 39 * MINUTE)


def test_a_hub_need_not_tell_what_came_out_before_it_agreed():
    assert ALIVE.agreed_at == NOW
    assert after_poll(ALIVE, ALIVE, had_news_since=NOW - MINUTE, now=NOW + MINUTE) == ALIVE


def test_what_a_hub_told_while_the_feed_was_polled_is_looked_for_once_more():
    told_meanwhile = replace(ALIVE, pushed_at=NOW + HOUR)
    assert after_poll(ALIVE, told_meanwhile, had_news_since=NOW + MINUTE, now=NOW + HOUR) == told_meanwhile


@pytest.mark.parametrize("piece", [b"<link ", b"<link a", b'<link rel="hub" ', b"<a:link x=", b"<link " + b"a" * 900])
def test_a_hostile_head_costs_little(piece: bytes):
    began = time.process_time()
    for _ in range(5):
        hub_of((piece.decode() * 1000,), piece * (20_000 // len(piece)) + b">", URL)
    assert time.process_time() - began < 0.5

"""What feeds and servers ask for, read from headers and from what stands before the first item."""

from __future__ import annotations

import time

import pytest

from bot.core.model import Wishes
from bot.feeds.wishes import fresh_seconds, wishes_of

DATE = "Thu, 05 Mar 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"Cache-Control": "public, max-age=600"}, 600),
        ({"Cache-Control": 'MAX-AGE="600", must-revalidate'}, 600),
        ({"Cache-Control": "max-age=600", "Age": "200"}, 400),
        ({"Cache-Control": "max-age=600", "Age": "2000"}, 0),
        ({"Cache-Control": "no-cache, max-age=600"}, 0),
        ({"Cache-Control": "s-maxage=600"}, 0),
        ({"Cache-Control": "max-age=60", "Expires": "Thu, 05 Mar 2026 13:00:00 GMT", "Date": DATE}, 60),
        ({"Expires": "Thu, 05 Mar 2026 13:00:00 GMT", "Date": DATE}, 3600),
        ({"Expires": "Thu, 05 Mar 2026 11:00:00 GMT", "Date": DATE}, 0),
        ({"Expires": "Thu, 05 Mar 2026 13:00:00 GMT"}, 0),
        ({"Expires": "0", "Date": DATE}, 0),
        ({"Cache-Control": "max-age=soon"}, 0),
    ],
    ids=str,
)
def test_for_how_long_an_answer_is_fresh(headers: dict[str, str], seconds: float):
    assert fresh_seconds(headers) == seconds


@pytest.mark.parametrize(
    ("head", "wishes"),
    [
        ("<ttl> 30 </ttl>", Wishes(every_seconds=1800)),
        ("<ttl>soon</ttl>", Wishes()),
        ("<sy:updatePeriod> hourly </sy:updatePeriod>", Wishes(every_seconds=3600)),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>48</sy:updateFrequency>",
            Wishes(every_seconds=1800),
        ),
        ("<sy:updateFrequency>0</sy:updateFrequency>", Wishes(every_seconds=86_400)),
        ("<sy:updatePeriod>fortnightly</sy:updatePeriod>", Wishes()),
        ("<skipHours><hour>0</hour><hour>3</hour><hour>24</hour></skipHours>", Wishes(skipped_hours=0b1001)),
        ("<skipDays><day>Monday</day><day>sunday</day><day>Noday</day></skipDays>", Wishes(skipped_days=0b1000001)),
        ("<skipHours><hour>3</hour>", Wishes(skipped_hours=0b1000)),
    ],
    ids=str,
)
def test_what_a_feed_says_of_itself(head: str, wishes: Wishes):
    assert wishes_of(f"<rss><channel>{head}<item/></channel></rss>".encode(), Wishes()) == wishes


def test_what_stands_in_an_item_is_no_wish():
    assert wishes_of(b"<rss><channel><item><ttl>30</ttl></item></channel></rss>", Wishes()) == Wishes()


def test_what_a_feed_says_no_more_is_forgotten_and_what_the_headers_said_is_not():
    before = Wishes(60.0, 1800.0, 1, 1)
    assert wishes_of(b"<rss><channel/></rss>", before) == Wishes(fresh_seconds=60.0)


@pytest.mark.parametrize("piece", [b"<skipHours>", b"<ttl>1", b"<sy:updatePeriod> ", b"<ttl>" + b" " * 500, b"<x:"])
def test_no_head_takes_long(piece: bytes):
    began = time.process_time()
    wishes_of(piece * (10_000_000 // len(piece)), Wishes())
    assert time.process_time() - began < 0.2

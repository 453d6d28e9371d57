"""What a poll costs when little or nothing in the feed changed, beside parsing it all as feedparser does by itself."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from hashlib import blake2b
from io import BytesIO

import feedparser
import pytest

from bot.feeds import worker
from bot.feeds.slices import slice_items
from tests.bench.texts import ENGLISH, articles

ITEMS = 25
ROUNDS = 15
UNCHANGED_CHEAPER = 300  # times, at least
ONE_NEW_CHEAPER = 8

CONTENT_TYPE = "application/rss+xml"


PREFIXES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/"'
)
ITEM = """<item><title>{title}</title><link>https://example.org/{number}</link>
<dc:creator><![CDATA[The newsroom]]></dc:creator><pubDate>Thu, 05 Mar 2020 14:{number:02}:00 +0200</pubDate>
<category><![CDATA[News]]></category><category><![CDATA[North]]></category>
<guid isPermaLink="false">https://example.org/?p={number}</guid><description><![CDATA[<p>{title}</p>]]></description>
<content:encoded><![CDATA[{story}]]></content:encoded>
<media:content url="https://example.org/{number}.jpg" medium="image"><media:title>A street</media:title></media:content>
</item>
"""
PARAGRAPH = '<p>{} <a href="https://example.org/tags/{}" class="tag" rel="noopener">See <em>more</em></a><br/></p>'
PICTURE = '<figure class="wp"><img src="https://example.org/{}.jpg" alt="A street" width="600" height="400"/></figure>'


def feed(texts: list[str]) -> bytes:
    """As outlets publish them: a teaser, the whole story with its markup, a picture."""
    items = "".join(
        ITEM.format(title=text[:60].strip(), number=number, story=PICTURE.format(number) + _story(text))
        for number, text in enumerate(texts)
    )
    head = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" {PREFIXES}><channel><title>Village News</title>'
    return f"{head}<link>https://example.org</link><description>News</description>{items}</channel></rss>".encode()


def _story(text: str) -> str:
    sentences = text.split(". ")
    return "".join(PARAGRAPH.format(sentence, number) for number, sentence in enumerate(sentences))


def median_ms(do: Callable[[], object]) -> float:
    """CPU time of one call, in the middle of some rounds, after one that fills caches."""
    do()
    spent = []
    for _ in range(ROUNDS):
        started = time.process_time_ns()
        do()
        spent.append((time.process_time_ns() - started) / 1e6)
    return statistics.median(spent)


@pytest.fixture
def body() -> bytes:
    return feed(articles(ENGLISH, ITEMS))


def feedparser_alone(body: bytes) -> float:
    return median_ms(lambda: feedparser.parse(BytesIO(body)))


@pytest.mark.bench
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_body_that_did_not_change_costs_one_hash(body):
    digest = blake2b(body, digest_size=16).hexdigest()
    unchanged = median_ms(lambda: [blake2b(body, digest_size=16).hexdigest() == digest for _ in range(100)]) / 100
    parsed = feedparser_alone(body)

    size = f"{len(body) / 1e3:.0f} KB"
    print(f"\nunchanged, {size}: {unchanged:.4f} ms, feedparser {parsed:.1f} ms, {parsed / unchanged:.0f}x")
    assert parsed / unchanged >= UNCHANGED_CHEAPER


@pytest.mark.bench
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_one_new_item_costs_a_fraction_of_parsing_all_and_is_the_same(body):
    slices = slice_items(body, CONTENT_TYPE)
    assert slices is not None
    question = {"content_type": CONTENT_TYPE, "known": b"".join(slices.digests[1:]).hex()}
    nothing_known = {"content_type": CONTENT_TYPE, "known": ""}
    one_new, whole = (median_ms(partial(worker.answer, body, asked)) for asked in (question, nothing_known))
    parsed = feedparser_alone(body)

    print(f"\none new of {ITEMS}: {one_new:.2f} ms, all here {whole:.2f} ms ({whole / one_new:.1f}x), "
          f"all by feedparser alone {parsed:.2f} ms ({parsed / one_new:.1f}x)")  # fmt: skip
    assert worker.answer(body, question)["entries"] == worker.answer(body, nothing_known)["entries"][:1]
    assert parsed / one_new >= ONE_NEW_CHEAPER

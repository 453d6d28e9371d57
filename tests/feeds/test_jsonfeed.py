"""JSON Feed, as it is meant and as it comes."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Entry
from bot.feeds.errors import FeedError
from bot.feeds.jsonfeed import BYTES_MAX, is_json, read_json_feed

NOON = datetime(2020, 3, 5, 12, tzinfo=UTC)
VERSION = "https://jsonfeed.org/version/1.1"
ITEM = {
    "id": "g1",
    "url": "https://example.org/1",
    "external_url": "https://elsewhere.example/1",
    "title": "Shelling in Binnish",
    "content_html": "<p>Eleven villagers were killed.</p>",
    "summary": "Eleven killed",
    "date_published": "2020-03-05T14:10:00+02:00",
}


def feed(*items: Any, **more: Any) -> bytes:
    return json.dumps({"version": VERSION, "title": "News", "items": items} | more).encode()


def entry(**changes: Any) -> Entry:
    (found,) = read_json_feed(feed({**ITEM, **changes})).entries
    return found


def test_an_item_becomes_an_entry():
    assert entry() == Entry(
        guid="g1",
        link="https://example.org/1",
        title="Shelling in Binnish",
        html="<p>Eleven villagers were killed.</p>",
        published=datetime(2020, 3, 5, 12, 10, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "version",
    ["https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.0", VERSION, "http://jsonfeed.org/version/1"],
)
def test_all_versions_are_read(version: str):
    assert read_json_feed(feed(version=version)).title == "News"


@pytest.mark.parametrize(
    ("changes", "name", "expected"),
    [
        ({"id": 17}, "guid", "17"),
        ({"id": None}, "guid", ""),
        ({"id": True}, "guid", ""),
        ({"url": ""}, "link", "https://elsewhere.example/1"),
        ({"title": ["a"]}, "title", ""),
        ({"content_html": None, "content_text": "Twelve people"}, "html", "Twelve people"),
        ({"content_html": {}, "content_text": 5.5}, "html", "Eleven killed"),
        ({"date_published": "soon", "date_modified": "2020-03-05T12:00:00Z"}, "published", NOON),
        ({"date_published": "2020-03-05T12:00:00"}, "published", NOON),
        ({"date_published": "0001-01-01T00:00:00+14:00"}, "published", None),
        ({"date_published": None}, "published", None),
    ],
)  # fmt: skip
def test_a_field_that_is_odd_costs_itself_alone(changes: dict[str, Any], name: str, expected: object):
    assert getattr(entry(**changes), name) == expected


def test_an_item_that_is_none_is_left_out():
    assert [found.guid for found in read_json_feed(feed(None, "text", [], ITEM)).entries] == ["g1"]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (b'{"version": "2", "items": []}', "without the version"),
        (b'{"items": []}', "without the version"),
        (b"{", "Expecting"),
        (b'{"a":' * 100_000 + b"1", "nested too deeply"),
        (b'{"version": ' + b"9" * 10_000 + b"}", "this is not a feed"),
        (b"{" + b" " * BYTES_MAX, "larger than 5 MB"),
    ],
    ids=["another version", "no version", "half", "deep", "long number", "large"],
)
def test_what_is_no_json_feed_or_too_much_of_it_says_so(body: bytes, wrong: str):
    with pytest.raises(FeedError, match=wrong):
        read_json_feed(body)


def test_bytes_that_are_no_utf8_cost_themselves_alone():
    body = feed({"title": "cafXX"}).replace(b"XX", b"\xe9\xff")
    assert read_json_feed(body).entries[0].title.startswith("caf")


@pytest.mark.parametrize(("body", "expected"), [(b'\xef\xbb\xbf \n{"a"', True), (b"<rss>{", False), (b"", False)])
def test_json_is_known_by_its_first_character(body: bytes, *, expected: bool):
    assert is_json(body) is expected


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(ITEM)), inner, max_size=5),
    max_leaves=20,
)


@given(VALUES, VALUES)
def test_no_shape_of_json_is_more_than_a_feed_error(items: object, title: object):
    assert isinstance(read_json_feed(feed(items=items, title=title)).entries, tuple)

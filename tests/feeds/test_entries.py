"""What becomes of an entry: its words, its date, and the names under which it is known again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.html import is_html
from bot.core.model import Entry, Feed
from bot.feeds.entries import TEXT_MAX_BYTES, canonical_link, plain, to_report

FETCHED_AT = datetime(2026, 3, 5, 12, tzinfo=UTC)
FEED = Feed("https://desk:pw@Example.org/news/feed.xml", "Village News", home="SY", language="en", tags=("idlib",))
LONG = "Shelling killed eleven villagers and wounded six in Binnish on Tuesday, the rescue service of the town said. "
ENTRY = Entry(
    "g1", "https://example.org/news/1", "Shelling in Binnish", f"<p>{LONG}</p>", FETCHED_AT - timedelta(hours=1)
)


def test_a_report_has_the_words_of_the_entry_and_the_facts_of_the_feed():
    report = to_report(ENTRY, FEED, FETCHED_AT)
    assert (report.title, report.text) == ("Shelling in Binnish", LONG.strip())
    assert (report.source, report.home, report.language, report.tags) == ("Village News", "SY", "en", ("idlib",))
    assert (report.url, report.guid) == (ENTRY.link, "g1")
    assert len(report.id) == len(report.digest) == 32


def test_a_feed_without_title_is_named_by_its_host():
    assert to_report(ENTRY, Feed("https://example.org/feed"), FETCHED_AT).source == "example.org"


# ---------------------------------------------------------------- words
@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("<b>Kill</b> list", "Kill list"),
        ("Law &amp;amp; order", "Law & order"),
        ("&amp;lt;i&amp;gt;Eleven&amp;lt;/i&amp;gt; killed", "Eleven killed"),
        ("  Eleven\n killed  ", "Eleven killed"),
        ("Toll 5 < 6 & rising", "Toll 5 < 6 & rising"),
        ("nul\0 and \ud800surrogate", "nul and surrogate"),
        ("<\0b>Eleven</\0b> killed", "Eleven killed"),
    ],
)
def test_a_title_is_plain_however_often_it_was_escaped(title: str, expected: str):
    assert to_report(replace(ENTRY, title=title), FEED, FETCHED_AT).title == expected


def test_a_text_too_long_is_cut_between_words():
    text = to_report(replace(ENTRY, html="killed 150 " * 30_000), FEED, FETCHED_AT).text
    assert TEXT_MAX_BYTES - 20 < len(text.encode()) <= TEXT_MAX_BYTES
    assert set(text.split()) == {"killed", "150"}


PIECES = [
    "&amp;",
    "&lt;",
    "&gt;",
    "<p>",
    "</p>",
    "amp;",
    "lt;",
    "&#0;",
    "&#xD800;",
    "&nGt;",
    "\0",
    "\ud800",
    " ",
    "\n",
    "5 < 6",
]


@given(st.text() | st.lists(st.sampled_from(PIECES)).map("".join))
def test_a_report_is_the_same_whether_the_parser_made_its_entry_plain_or_not(text):
    written = replace(ENTRY, title=text, html=text)

    made_plain = replace(written, title=plain(written.title), html=plain(written.html))

    assert to_report(made_plain, FEED, FETCHED_AT) == to_report(written, FEED, FETCHED_AT)


@given(st.text() | st.lists(st.sampled_from(["&amp;", "&lt;", "&gt;", "<p>", "amp;", "lt;", "p"])).map("".join))
def test_plain_text_is_storable_and_without_markup(text: str):
    result = plain(text)
    assert not is_html(result)
    assert "\0" not in result
    result.encode()


# ---------------------------------------------------------------- dates
@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (None, FETCHED_AT),
        (FETCHED_AT + timedelta(days=1), FETCHED_AT),
        (datetime(2026, 3, 5, 10), datetime(2026, 3, 5, 10, tzinfo=UTC)),  # noqa: DTZ001  what is tested
        (datetime(2026, 3, 5, 10, tzinfo=timezone(timedelta(hours=2))), datetime(2026, 3, 5, 8, tzinfo=UTC)),
    ],
)
def test_published_is_known_past_and_utc(published: datetime | None, expected: datetime):
    report = to_report(replace(ENTRY, published=published), FEED, FETCHED_AT)
    assert report.published == expected
    assert report.published.tzinfo is UTC


# ---------------------------------------------------------------- links
@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/news/1", "https://example.org/news/1"),
        ("2?a=b#c", "https://example.org/news/2?a=b#c"),
        ("//other.org/x", "https://other.org/x"),
        (" https://other.org/x ", "https://other.org/x"),
        *(
            (link, "")
            for link in ("", "javascript:alert(1)", "mailto:a@b.c", "file:///etc/passwd", "http://[bad", "http://")
        ),
    ],
)
def test_a_link_is_one_that_a_person_can_open_or_none(link: str, url: str):
    assert to_report(replace(ENTRY, link=link), FEED, FETCHED_AT).url == url


@pytest.mark.parametrize(
    "other",
    [
        "HTTPS://Example.ORG:443/news/1?id=7",
        "https://example.org./news/1?id=7#comments",
        "https://example.org/news/1?utm_source=rss&id=7&UTM_Medium=feed&fbclid=x&at_campaign=y&gclid=z",
        "https://reader@example.org/news/1?id=7",
    ],
)
def test_links_that_lead_to_one_story_are_one(other: str):
    assert canonical_link(other) == "https://example.org/news/1?id=7"


@pytest.mark.parametrize(
    "other",
    ["https://example.org/news/1?id=8", "https://example.org/News/1?id=7", "https://example.org:8443/news/1?id=7"],
)
def test_links_that_may_lead_elsewhere_stay_apart(other: str):
    assert canonical_link(other) != "https://example.org/news/1?id=7"


@given(st.text() | st.from_regex(r"https?://[\w.:@\[\]-]{1,20}/[^\s]{0,20}", fullmatch=True))
def test_a_canonical_link_is_its_own_canonical_link(url: str):
    link = canonical_link(url)
    assert canonical_link(link) == link


# ---------------------------------------------------------------- identity
def keys(entry: Entry, feed: Feed = FEED) -> set[str]:
    return set(to_report(entry, feed, FETCHED_AT).keys)


@pytest.mark.parametrize(
    "again",
    [
        replace(ENTRY, guid="g1#2", title="Shelling in Binnish kills 11"),
        replace(ENTRY, link="https://new.example.org/a", html="<p>Rewritten.</p>"),
        replace(ENTRY, guid="", link="", html=f"<div>{LONG.upper()}</div>", published=None),
    ],
    ids=["same link", "same guid", "same words"],
)
def test_an_entry_that_comes_again_shares_a_key(again: Entry):
    assert keys(ENTRY) & keys(again)


def test_a_guid_says_nothing_about_another_feed():
    other = replace(ENTRY, link="https://example.org/2", html="Something else.")
    assert not keys(ENTRY) & keys(other, Feed("https://other.org/feed"))


def test_a_guid_given_to_a_new_story_shows_in_the_digest():
    old, new = (to_report(replace(ENTRY, html=html), FEED, FETCHED_AT) for html in ("Old story.", "New story."))
    assert set(old.keys) & set(new.keys)
    assert old.digest != new.digest
    assert old.id != new.id


def test_markup_and_tracking_do_not_make_another_report():
    again = replace(ENTRY, link=f"{ENTRY.link}?utm_source=x", html=f"<div class='new'>{LONG}</div>")
    assert to_report(again, FEED, FETCHED_AT).id == to_report(ENTRY, FEED, FETCHED_AT).id


def test_the_same_short_words_another_night_are_another_report():
    alert = Entry("a1", "https://example.org/alerts/1", "Air alert", "", FETCHED_AT - timedelta(days=1))
    tonight = replace(alert, guid="a2", link="https://example.org/alerts/2", published=FETCHED_AT)
    assert not keys(alert) & keys(tonight)


def test_the_front_page_is_no_name_of_a_story():
    first, second = (replace(ENTRY, guid=guid, link="https://example.org/", html=guid) for guid in ("1", "2"))
    assert not keys(first) & keys(second)


def test_every_report_has_a_key():
    assert keys(Entry("", "", "", "", None))


@given(st.builds(Entry, st.text(), st.text(), st.text(), st.text(), st.none() | st.datetimes(timezones=st.just(UTC))))
def test_no_entry_is_refused(entry: Entry):
    report = to_report(entry, FEED, FETCHED_AT)
    assert report == to_report(entry, FEED, FETCHED_AT)
    assert report.published <= FETCHED_AT

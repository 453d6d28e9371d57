"""Digests: what is in them, how they read, and that Telegram takes them whatever names people give."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.core.digests import (
    LONGEST_CAPTION,
    LONGEST_TEXT,
    Digest,
    Entry,
    Period,
    Reader,
    entries_of,
    picture_of,
    remembered,
    render_digest,
    totals,
    with_towns,
)
from bot.core.messages import where
from bot.core.model import (
    Count,
    Delivery,
    Incident,
    Mute,
    MuteKind,
    Place,
    Preferences,
    Resembled,
    Rhythm,
    Severity,
    Source,
    Subscriber,
    ToldRule,
    at_least,
    exactly,
)
from bot.core.places.gazetteer import Gazetteer
from bot.core.places.gazetteer import Source as Table
from bot.core.places.table import Row, table_of
from bot.core.tongue import ENGLISH
from tests.fake_telegram.formatting import captioned, formatted

DAILY = Rhythm.DAILY
DAMASCUS = ZoneInfo("Asia/Damascus")
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
TODAY = Period(NOW - timedelta(days=1), NOW)
READER = Reader(ENGLISH, DAMASCUS, "Asia/Damascus")
# ---------------------------------------------------------------- what
BINNISH = Place("gn:1", "Binnish", "settlement", "SY", ("Idlib",), 35.96, 36.71, ("gn:2", "gn:3"), "Syria")
SUBSCRIBED = Subscriber(1, "idlib", preferences=Preferences(rhythm=DAILY))


def happened(name: str = "raid", *, hours: float = 3, **changes: object) -> Incident:
    """An incident that was first and last heard of so many hours ago."""
    at = NOW - timedelta(hours=hours)
    incident = Incident(
        id=name, types=frozenset(), place=BINNISH, victims=None, first_seen=at, last_seen=at, killed=exactly(4),
        injured=None, casualties=None, said_killed=4, said_injured=0, severity=Severity.HIGH, quote="Four were killed.",
        sources=(Source("r1", "The Paper", "https://paper.example/1", at, exactly(4)),), rules=frozenset({"idlib"}),
        told=(ToldRule("idlib", "Idlib", Severity.HIGH),),
    )  # fmt: skip
    return replace(incident, **changes)  # type: ignore[arg-type]


def listed(*incidents: Incident, subscribed: Subscriber = SUBSCRIBED, known: tuple[str, ...] = ()) -> list[str]:
    entries = entries_of(TODAY, [subscribed], incidents, NOW, rules={"idlib"}, listed=known)
    return [entry.incident.id for entry in entries]


def test_a_digest_lists_what_was_heard_in_its_time_the_most_severe_first():
    critical = (ToldRule("idlib", "Idlib", Severity.CRITICAL),)
    told = listed(happened("small", killed=exactly(1)), happened("large"), happened("worst", told=critical))

    assert told == ["worst", "large", "small"]


def test_what_reached_us_late_is_told_once():
    late = happened(hours=30)

    assert listed(late) == ["raid"]
    assert listed(late, known=("raid",)) == []


def test_an_incident_that_was_told_before_comes_again_when_more_is_known():
    grown = happened(hours=30, last_seen=NOW - timedelta(hours=2))

    (entry,) = entries_of(TODAY, [SUBSCRIBED], [grown], NOW, rules={"idlib"}, listed=("raid",))

    assert entry.again


def test_what_comes_after_the_hour_is_left_to_the_next_digest():
    assert listed(happened(hours=-0.1)) == []


def test_what_a_chat_does_not_want_is_left_out():
    asks_for_more = replace(SUBSCRIBED, preferences=Preferences(rhythm=DAILY, minimum_toll=5))
    muted = replace(SUBSCRIBED, mutes=(Mute(MuteKind.PLACE, "gn:2", NOW + timedelta(hours=1)),))

    assert listed(happened(), subscribed=asks_for_more) == []
    assert listed(happened(), subscribed=muted) == []


def test_what_is_told_with_care_comes_later_and_without_its_place():
    careful = (("idlib", Delivery(place="admin1", delay=timedelta(hours=6))),)

    assert listed(happened(careful=careful)) == []
    (entry,) = entries_of(TODAY, [SUBSCRIBED], [happened(hours=7, careful=careful)], NOW, rules={"idlib"})
    assert entry.incident.place is not None
    assert entry.incident.place.name == "Idlib"
    assert entry.incident.quote == "… were killed."
    assert entry.incident.sources[0].url == ""


def test_the_care_of_any_rule_that_the_chat_listens_to_counts():
    careful = (("other", Delivery(place="country")),)

    (entry,) = entries_of(TODAY, [SUBSCRIBED], [happened(careful=careful)], NOW, rules={"idlib", "other"})

    assert entry.incident.place is not None
    assert entry.incident.place.name == "Syria"


def test_what_was_told_is_remembered_while_it_may_come_again():
    entries = entries_of(TODAY, [SUBSCRIBED], [happened()], NOW, rules={"idlib"})

    assert remembered(entries, ["earlier", "forgotten"], [happened("earlier")]) == ("earlier", "raid")


# ---------------------------------------------------------------- totals
def total_of(*incidents: Incident) -> Count | None:
    return totals([Entry(incident, Severity.HIGH) for incident in incidents])[0].killed


def test_a_total_is_a_range_over_separate_incidents():
    assert total_of(happened("a", killed=exactly(4)), happened("b", killed=Count(2, 5))) == Count(6, 9)
    assert total_of(happened("a", killed=exactly(4)), happened("b", killed=at_least(3))) == Count(7, None)
    assert total_of(happened("a", killed=exactly(4)), happened("b", killed=None)) == exactly(4)
    assert total_of(happened("a", killed=None)) is None


def test_sources_that_contradict_each_other_are_a_range_and_no_sum():
    at = NOW - timedelta(hours=3)
    sources = (Source("r1", "One", "", at, exactly(9)), Source("r2", "Two", "", at, exactly(4)))

    assert total_of(happened(killed=exactly(9), sources=sources)) == Count(4, 9)


def test_an_incident_that_may_be_another_one_counts_at_the_high_end_alone():
    twin = happened("twin", resembles=Resembled("raid", BINNISH, exactly(4), NOW), killed=exactly(6))

    assert total_of(happened(), twin) == Count(4, 10)


def test_totals_are_told_by_province_the_gravest_first():
    aleppo = replace(BINNISH, id="gn:9", name="Aleppo", admin=("Aleppo",))
    entries = [
        Entry(happened("a"), Severity.HIGH),
        Entry(happened("b", place=aleppo, killed=exactly(9)), Severity.HIGH),
    ]

    assert [where(total.area) for total in totals(entries)] == ["Aleppo (Syria)", "Idlib (Syria)"]


# ---------------------------------------------------------------- as it reads
def digest(*entries: Entry, quiet: tuple[str, ...] = (), rhythm: Rhythm = DAILY) -> Digest:
    return Digest(rhythm, TODAY, entries, quiet, 2)


def test_a_digest_says_when_how_many_where_and_what():
    worse = happened("b", killed=at_least(12))
    (text,) = render_digest(
        digest(Entry(worse, Severity.CRITICAL), Entry(happened(), Severity.HIGH, again=True), quiet=("The Post",)),
        READER,
    )

    assert text.plain.splitlines() == [
        "Daily digest · 2026-11-21 11:00 - 2026-11-22 11:00 (Asia/Damascus)",
        "2 incidents: 🔴 1  🟠 1",
        "2 alerts came at once.",
        "",
        "By area",
        "Idlib (Syria): 2 incidents, killed: at least 16",
        "Ranges add up the lowest and the highest figure of each separate incident; they are no counts.",
        "",
        "Gone quiet: The Post",
        "",
        "🔴 Critical (1)",
        "• 22.11. 08:00 Binnish (Idlib, Syria) · at least 12 killed · 1 source · report",
        "🟠 High (1)",
        "• 22.11. 08:00 Binnish (Idlib, Syria) · 4 killed · 1 source · more is known · report",
    ]
    assert formatted({"text": text.html, "parse_mode": "HTML"}).text == text.plain


def test_a_digest_of_nothing_says_so():
    (text,) = render_digest(replace(digest(), alerts_at_once=0), READER)

    assert text.plain.splitlines()[1:] == ["No incidents."]


def test_a_long_list_is_cut_between_entries_and_says_how_many_more():
    many = [Entry(happened(f"raid-{number}"), Severity.HIGH) for number in range(100)]

    (text,) = render_digest(digest(*many), READER)

    shown = text.plain.count("• ")
    assert text.plain.endswith(f"and {100 - shown} more: /latest")
    assert 30 < shown < 100


def test_under_a_picture_stands_what_fits_and_the_list_follows():
    short = render_digest(digest(Entry(happened(), Severity.HIGH)), READER, LONGEST_CAPTION)
    many = [Entry(happened(f"raid-{number}"), Severity.HIGH) for number in range(30)]
    caption, text = render_digest(digest(*many), READER, LONGEST_CAPTION)

    assert len(short) == 1
    assert "30 incidents" in caption.plain
    assert "•" not in caption.plain
    assert text.plain.count("• ") == 30


FOREIGN = st.text(st.characters(), max_size=300) | st.sampled_from(
    [
        "@durov #tag /start $USD",
        "mail@paper.example",
        "paper.example/x t.me/x",
        "<b>",
        "</blockquote>",
        "&lt;script&gt;",
        "\x00",
        "\u202e",
        "javascript:alert(1)",
        "x" * 5000,
        "🕯️" * 900,
        "&",
        '"',
    ],
)
FOREIGN_URL = FOREIGN | FOREIGN.map("https://paper.example/{}".format)


@st.composite
def foreign_digests(draw: st.DrawFn) -> Digest:
    """Whatever places, sources and feeds are called."""
    place = replace(BINNISH, name=draw(FOREIGN), admin=(draw(FOREIGN),))
    sources = (Source("r1", draw(FOREIGN), draw(FOREIGN_URL), NOW, exactly(4)),)
    number = draw(st.integers(0, 60))
    entries = [Entry(happened(f"i{n}", place=place, sources=sources), list(Severity)[n % 3]) for n in range(number)]
    return digest(*entries, quiet=tuple(draw(st.lists(FOREIGN, max_size=8))))


@given(made=foreign_digests(), caption=st.sampled_from([LONGEST_CAPTION, LONGEST_TEXT]))
def test_whatever_places_sources_and_feeds_are_called_telegram_takes_the_digest(made: Digest, caption: int):
    texts = render_digest(made, READER, caption)

    assert len(texts) <= 2
    if caption == LONGEST_CAPTION:
        captioned({"caption": texts[0].html, "parse_mode": "HTML"})
    for text in texts:
        read = formatted({"text": text.html, "parse_mode": "HTML"})
        assert read.text.split() == text.plain.split()
        assert {e["type"] for e in read.entities} <= ALLOWED | HARMLESS
        assert all(e["url"].startswith(("https://", "http://")) for e in read.entities if e["type"] == "text_link")


ALLOWED = {"bold", "italic", "text_link", "bot_command"}
HARMLESS = {"url", "hashtag", "cashtag", "email", "phone_number"}  # in names: they reach nobody by themselves


# ---------------------------------------------------------------- its picture
def test_a_picture_shows_each_place_once_by_its_highest_figure():
    entries = [Entry(happened("a"), Severity.HIGH), Entry(happened("b", killed=exactly(9)), Severity.CRITICAL)]

    picture = picture_of(digest(*entries), entries, READER)

    assert picture is not None
    (mark,) = picture.marks
    assert (mark.name, mark.figure, mark.incidents, mark.severity) == ("Binnish", 9, 2, Severity.CRITICAL)
    assert not mark.is_area


def test_a_picture_names_places_as_those_who_look_at_it_know_them():
    spoken = replace(ENGLISH, language="fr", place=lambda place: replace(place, name=f"{place.name} en français"))
    town = Row("gn:9", "settlement", "SY", "Idlib", lat=35.93, lon=36.63, population=100_000)
    entries = [Entry(happened(), Severity.HIGH)]

    picture = picture_of(digest(*entries), entries, replace(READER, tongue=spoken))

    assert picture is not None
    picture = with_towns(picture, Gazetteer([Table(table_of([town]))]), spoken)
    assert [mark.name for mark in picture.marks] == ["Binnish en français"]
    assert [town.name for town in picture.towns] == ["Idlib en français"]


def test_an_area_is_no_pin_and_a_country_has_no_place_on_the_map():
    province = replace(BINNISH, id="gn:2", name="Idlib", kind="admin1", admin=())
    country = replace(BINNISH, id="gn:3", name="Syria", kind="country", admin=())
    entries = [Entry(happened("a", place=province), Severity.HIGH), Entry(happened("b", place=country), Severity.HIGH)]

    picture = picture_of(digest(*entries), entries, READER)

    assert picture is not None
    assert [(mark.name, mark.is_area) for mark in picture.marks] == [("Idlib", True)]
    assert picture.unplaced == "1 incident has no place on the map"
    assert picture_of(digest(*entries[1:]), entries, READER) is None


def test_the_bars_are_the_last_seven_days_of_the_chats_calendar_also_those_without_incidents():
    late = happened(hours=9.5)  # half past one in the morning in Damascus
    picture = picture_of(digest(Entry(happened(), Severity.HIGH)), [Entry(late, Severity.HIGH)], READER)

    assert picture is not None
    assert picture.days == tuple((date(2026, 11, 16 + day), int(day == 6)) for day in range(7))

"""What people read: right in its words, and always something that Telegram accepts."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.messages import clean, render, render_change, safe_link, where
from bot.core.model import (
    SOME,
    Alert,
    Count,
    Event,
    Incident,
    Place,
    Reason,
    Resembled,
    Rule,
    Severity,
    Source,
    ToldRule,
    Victims,
    at_least,
    exactly,
    more_than,
    vaguely,
)
from tests.core.reports import NOON, report

BINNISH = Place("gn:171451", "Binnish", "settlement", "SY", ("Idlib",), country_name="Syria")
RULE = Rule("idlib", "Civilian casualties in Idlib", frozenset({"civilian-casualties"}))
REPORT = report(
    "Shelling killed 15 civilians.", title="Market shelled", url="https://news.example/1", source="The Paper"
)
INCIDENT = Incident(
    id="i1", types=frozenset({"civilian-casualties"}), place=BINNISH, victims=Victims.CIVILIAN,
    first_seen=NOON, last_seen=NOON, killed=exactly(15), injured=at_least(20), casualties=None,
    said_killed=15, said_injured=20, severity=Severity.CRITICAL, quote="Shelling killed 15 civilians.",
    sources=(Source("r1", "The Paper", "https://news.example/1", NOON),), rules=frozenset({"idlib"}),
)  # fmt: skip
EVENT = Event("civilian-casualties", "text", 0, 28, "Shelling killed 15 civilians", exactly(15))
ALERT = Alert(RULE, INCIDENT, EVENT, REPORT, Reason.FIRST_REPORT, Severity.CRITICAL, loud=True)


def test_the_alert_says_what_where_how_many_and_who_says_so():
    assert render(INCIDENT, [ALERT]).html == (
        "🔴 <b>Civilian casualties in Idlib</b>\n"
        "<b>Binnish (Idlib, Syria)</b>\n"
        "15 killed, at least 20 injured (civilians)\n"
        "<blockquote>Shelling killed 15 civilians.</blockquote>\n"
        'The Paper · 1 source · first told <tg-time unix="1583409600" format="Dt">5 March 2020, 12:00 UTC</tg-time>'
        " · “Market shelled”"
    )


def test_a_change_says_what_is_new_and_what_was_said():
    change = replace(ALERT, reason=Reason.TOLL_CHANGED, said_killed=9)

    assert render_change(INCIDENT, change).plain == "Toll now 15 killed (was 9). Binnish (Idlib, Syria). 1 source."


def test_victims_who_are_not_identified_are_said_to_be_so():
    unknown = replace(INCIDENT, victims=Victims.UNKNOWN, injured=None)

    assert "15 killed (victims not identified)" in render(unknown, [ALERT]).plain


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (exactly(1), "1 killed"),
        (Count(9, 16), "9-16 killed"),
        (at_least(15), "at least 15 killed"),
        (more_than(30), "more than 30 killed"),
        (vaguely(2), "at least 2 killed"),
        (vaguely(24), "dozens killed"),
        (vaguely(200), "hundreds killed"),
        (SOME, "killed, number not given"),
        (Count(None, 20), "up to 20 killed"),
        (Count(40, 40, approximate=True), "about 40 killed"),
    ],
)
def test_a_count_is_said_as_sure_as_it_is(count, words):
    incident = replace(INCIDENT, killed=count, injured=None)

    assert f"\n{words} (civilians)\n" in render(incident, [ALERT]).plain


def test_sources_that_differ_are_named_with_what_they_tell_and_the_toll_is_a_range():
    later = [Source(f"r{n}", name, "", NOON + timedelta(hours=n), exactly(killed)) for n, name, killed in TOLD]
    incident = replace(INCIDENT, sources=tuple(later), copies=9)

    said = render(incident, [ALERT]).plain

    assert "\n12-15 killed, at least 20 injured (civilians)\n" in said
    assert "\nKilled by source: Agency 12, The Paper 15, Radio 9\n" in said
    assert "3 sources, 9 copies" in said


TOLD = [(0, "Radio", 9), (1, "Agency", 10), (2, "The Paper", 15), (3, "Agency", 12)]


def test_who_tells_the_same_is_not_listed_and_an_older_figure_is_no_second_opinion():
    same = tuple(Source(f"r{n}", f"Outlet {n}", "", NOON, exactly(15)) for n in range(3))
    before = Source("r0", "Radio", "", NOON - timedelta(hours=2), exactly(9))

    assert "Killed by source" not in render(replace(INCIDENT, sources=same), [ALERT]).plain
    assert "\n15 killed, " in render(replace(INCIDENT, sources=(before, *same)), [ALERT]).plain


def test_the_dead_of_another_class_stand_beside_the_toll_and_are_never_added():
    beside = Source("r1", "The Paper", "", NOON, exactly(15), others=((Victims.COMBATANT, exactly(3)),))

    said = render(replace(INCIDENT, sources=(beside,)), [ALERT]).plain

    assert "\n15 killed, at least 20 injured (civilians); 3 killed (combatants)\n" in said


def test_a_place_that_was_wrong_is_said_aloud():
    sarmin = replace(BINNISH, id="gn:164782", name="Sarmin")
    alert = replace(ALERT, reason=Reason.CORRECTED, said_killed=15, said_place=sarmin)

    assert render_change(INCIDENT, alert).plain == (
        "Place corrected (was Sarmin (Idlib, Syria)). Binnish (Idlib, Syria). 1 source."
    )


def test_a_denial_stands_beside_what_was_told_and_is_answered_aloud():
    denied = replace(INCIDENT, denial="The army denied <it>.")
    alert = replace(ALERT, incident=denied, reason=Reason.DENIED)

    assert "\nDenied: <i>The army denied &lt;it&gt;.</i>\n" in render(denied, [alert]).html
    assert "\nDenied: The army denied <it>.\n" in render(denied, [alert]).plain
    assert render_change(denied, alert).plain.startswith("Denied: “The army denied <it>.”. Binnish")


def test_an_incident_that_may_be_an_earlier_one_says_so():
    earlier = Resembled("i0", replace(BINNISH, name="Idlib", admin=()), exactly(7), NOON)

    said = render(replace(INCIDENT, resembles=earlier), [ALERT]).plain

    assert "\nPossibly the same as: Idlib (Syria), 7 killed, first told " in said


def test_a_place_is_not_named_twice():
    assert where(Place("x", "Syria", "country", "SY", country_name="Syria")) == "Syria"
    assert where(None) == "Place not named"


NASTY = st.text(st.characters() | st.sampled_from("<>&\"'\u202e\u200b\x00\n😀ـ/"), max_size=300)


@given(NASTY, st.integers(5, 80))
def test_cleaned_text_is_one_line_within_its_length_and_cleaning_it_again_changes_nothing(text, longest):
    cleaned = clean(text, longest)

    assert len(cleaned) <= longest
    assert "\n" not in cleaned
    assert "\u202e" not in cleaned
    assert clean(cleaned, longest) == cleaned


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "tg://resolve?domain=x", "https://x/<b>", "", "file:///etc/passwd"]
)
def test_a_link_that_is_no_web_address_is_left_out(url):
    assert safe_link(url) == ""


def test_of_many_rules_a_message_names_the_first():
    told = tuple(ToldRule(f"r{n}", f"Rule {n} {'x' * 70}", Severity.NORMAL) for n in range(60))

    text = render(replace(INCIDENT, told=told), [replace(ALERT, incident=INCIDENT)]).plain

    assert " and 56 more" in text.splitlines()[0]
    assert len(text) < 4096

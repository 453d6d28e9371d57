"""Alerts in every language: as a monitor would read them, and always something that Telegram accepts.

The texts stand in alerts.yaml; Telegram's own parser judges whatever a feed may send.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.core.composing import compose, told_silence
from bot.core.listing import lines
from bot.core.messages import render, render_change, render_silence
from bot.core.model import (
    Alert,
    Count,
    Doer,
    Frequency,
    MessageKind,
    Place,
    Reason,
    Rendered,
    Resembled,
    Severity,
    Source,
    Subscriber,
    ToldRule,
    Victims,
    at_least,
    exactly,
)
from bot.core.nearmisses import Missed, weekly_notice
from bot.core.notices import DeadFeed, SilentFeed, feed_notice, feeds_notice, network_notice
from bot.core.pipeline import Rulebook
from bot.core.silence import Silent
from bot.tongues import Tongues, languages, tongue
from tests.core.reports import NOON, report
from tests.core.test_composing import outcome as told_outcome
from tests.core.test_messages import ALERT, INCIDENT, REPORT, RULE
from tests.core.test_stories import told
from tests.fake_telegram.formatting import TEXT_LIMIT, formatted

STORIES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("alerts.yaml").read_text(encoding="utf-8"))
ISOLATES = dict.fromkeys(map(ord, "\u200e\u200f\u2060\u2066\u2067\u2068\u2069"))
SPAN = timedelta(hours=1)


# ---------------------------------------------------------------- as a monitor reads them
def said(story: dict[str, Any], language: str, rulebook: Rulebook) -> list[str]:
    """All that a chat gets, in plain words without the characters that only set the direction."""
    reports = [
        report(line["text"], line.get("title", ""), NOON + SPAN * number, id=f"r{number}", source=line["source"])
        for number, line in enumerate(story["reports"])
    ]
    tongues = Tongues(lambda: rulebook.knowledge)
    living: dict[str, set[int]] = {}
    heard = []
    for outcome in told(reports, rulebook):
        titled = tuple(replace(a, rule=replace(a.rule, title=story["rule"])) for a in outcome.alerts)
        for message in compose(
            replace(outcome, alerts=titled), [Subscriber(1, "r", language)], living, NOON, tongue_of=tongues.of
        ):
            living[message.incident_id or ""] = {1}
            heard.append(f"{message.kind.value}\n{message.text.plain.translate(ISOLATES)}")
    return heard


@pytest.mark.parametrize(("story", "language"), [(s, lang) for s in STORIES for lang in s["says"]])
def test_a_story_is_told_in_the_words_of_the_language(story, language, rulebook):
    assert said(story, language, rulebook) == [text.rstrip("\n") for text in story["says"][language]]


def test_every_language_has_a_story():
    assert {language for story in STORIES for language in story["says"]} == set(languages())


# ---------------------------------------------------------------- whatever a feed sends
# Several times as long as a message may be; a feed may send more, but that only takes longer to cut.
HOSTILE = (
    *("<b>" * 6_000, "</blockquote>" * 2_000, "&lt;" * 5_000, "\u202e\u2066" * 10_000, "\x00" * 20_000),
    *("😀" * 6_000, "\ud800" * 20_000, "قتل " * 5_000, "@a " * 6_000, "/a " * 6_000),
    *("\x0e\x12\x15123\x16" * 2_000, "\x14\x0f" * 100, "{title} {0} %s \\g<0>", "tg://resolve?domain=x " * 9, " "),
    *(
        "<a href='tg://user?id=1'>x</a>",
        "<tg-time unix='1'>x</tg-time>",
        "`*_[x](https://x.example)_*`",
        "\u2069\u2069x",
    ),
)
LINKS = (
    *(
        "javascript:alert(1)",
        "tg://resolve?domain=x",
        "https://x.example/<b>",
        "data:text/html,x",
        "https://x.example/'",
    ),
    *(
        "https://x.example/" + "a" * 100_000,
        "http://x.example/قصف",
        "HTTPS://x.example",
        "https://x.example/\u202e",
        "",
    ),
)
LETTERS = st.characters() | st.sampled_from("<>&\"'@/:#\u202e\u200b\x00\x0e\x13\x16\n😀ـ")
FOREIGN = st.text(LETTERS, max_size=300) | st.sampled_from(HOSTILE)
# What Telegram makes of our own markup, and what it finds in any text by itself that leads nowhere but the web.
OURS = {"bold", "italic", "blockquote", "expandable_blockquote", "date_time"}
HARMLESS = {"url", "email", "hashtag", "cashtag", "phone_number"}


def fullest(title: str, quote: str, name: str, place: str, url: str) -> Alert:
    """An alert that says all that an alert can say, as long as it can be."""
    there = Place("x", place, "settlement", "SY", (place, name, title), country_name=quote or "Syria")
    sources = tuple(Source(f"r{n}", f"{n} {name}"[:-1] + name, url, NOON, Count(n, None)) for n in range(1, 9))
    others = ((Victims.COMBATANT, Count(1000, 2000)), (Victims.UNKNOWN, at_least(3)))
    incident = replace(
        INCIDENT, place=there, quote=quote, denial=quote, copies=1000, killed=at_least(8), injured=Count(3000, 4000),
        sources=(replace(sources[0], others=others), *sources[1:]), actors=frozenset({"RU", "SY", "TR", "CD", "XX"}),
        blamed=frozenset({"some-militia"}),
        kinds=frozenset({"attack-on-infrastructure", "attack-on-aid-workers", "x" * 48, "y" * 48}),
        resembles=Resembled("i0", there, exactly(7), NOON),
        told=tuple(ToldRule(f"r{n}", f"{n} {title}", Severity.HIGH, (("ar", f"{n} {title}"),)) for n in range(9)),
    )  # fmt: skip
    rule = replace(RULE, title=name, titles=(("ar", name),))
    alert = replace(ALERT, report=replace(REPORT, title=title, url=url), rule=rule, said_place=there)
    return replace(alert, incident=incident)


def messages(alert: Alert, language: str) -> list[Rendered]:
    spoken = replace(tongue(language), actor=lambda _: Doer(alert.incident.quote))
    silent = Silent(replace(alert.rule, silence=timedelta(hours=12)), NOON, 7)
    changes = [replace(alert, reason=reason) for reason in Reason]
    return [
        render(alert.incident, [alert], spoken),
        *(render_change(alert.incident, change, spoken) for change in changes),
        render_silence(silent, 5, spoken),
    ]


def foreign_entities(parameters: dict[str, Any]) -> set[str]:
    """What is live in a message and not ours; raises what Telegram would answer to a message that it refuses."""
    shown = formatted(parameters)
    assert len(shown.text) <= TEXT_LIMIT - ROOM_FOR_LABELS
    found = {entity["type"] for entity in shown.entities} - HARMLESS
    urls = [shown.text.encode("utf-16-le")[e["offset"] * 2 : (e["offset"] + e["length"]) * 2].decode("utf-16-le")
            for e in shown.entities if e["type"] == "url"]  # fmt: skip
    return found | {
        url for url in urls if "://" in url and not url.lower().startswith(("http://", "https://", "ftp://"))
    }


ROOM_FOR_LABELS = 100  # "(sent again ...)" in the longest language


@given(data=st.data(), language=st.sampled_from(languages()))
def test_whatever_a_feed_says_telegram_accepts_it_and_nothing_in_it_is_live(data, language):
    title, quote, name, place = (data.draw(FOREIGN) for _ in range(4))
    url = data.draw(FOREIGN | st.sampled_from(LINKS))

    for rendered in messages(fullest(title, quote, name, place, url), language):
        assert foreign_entities({"text": rendered.html, "parse_mode": "HTML"}) <= OURS
        assert foreign_entities({"text": rendered.plain}) == set()
        assert rendered.link == "" or rendered.link.startswith(("http://", "https://"))
        assert len(rendered.link) < TEXT_LIMIT


@pytest.mark.parametrize("language", ["en", "ar", "ru"])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_an_alert_that_is_hostile_through_and_through_is_still_one(language, hostile):
    for rendered in messages(fullest(hostile, hostile, hostile, hostile, hostile), language):
        assert foreign_entities({"text": rendered.html, "parse_mode": "HTML"}) <= OURS
        assert foreign_entities({"text": rendered.plain}) == set()


@given(name=FOREIGN, said=FOREIGN)
def test_nothing_is_live_in_what_administrators_are_told_either(name, said):
    missed = Missed("idlib", said, "", 3, said)
    notices = (
        weekly_notice([missed], 9, "2020-W10", {"idlib": name}),
        feed_notice(1, name, "failing", said),
        feeds_notice([DeadFeed(name, "gone", None, said)], [SilentFeed(name, NOON, 0.1)], 2, "2020-W10"),
        network_notice(3, 4, said),
    )

    for notice in notices:
        assert foreign_entities({"text": notice.text.html, "parse_mode": "HTML"}) <= OURS
        assert foreign_entities({"text": notice.text.plain}) == set()


@given(quote=FOREIGN, url=FOREIGN)
def test_nothing_is_live_in_a_list_of_the_past_either(quote, url):
    incident = replace(INCIDENT, quote=quote, sources=(Source("r1", "The Paper", url, NOON),))

    told_of, *rest = lines(incident, tongue("ar"))

    assert foreign_entities({"text": "\n".join([told_of, *rest])}) == set()


# ---------------------------------------------------------------- its parts
def test_a_spike_and_a_silence_go_by_the_title_in_the_language_of_the_chat():
    rule = replace(RULE, titles=(("fr", "Victimes civiles à Idlib"), ("ar", "ضحايا مدنيون في إدلب")))
    spike = replace(
        ALERT, rule=replace(rule, frequency=Frequency(5, SPAN)), reason=Reason.FREQUENT, reports=5, loud=True
    )
    silent = Silent(replace(rule, silence=timedelta(hours=12)), NOON, 7)

    assert render_change(INCIDENT, spike, tongue("fr")).plain.startswith("Victimes civiles à Idlib (5 ")
    assert render(INCIDENT, [spike], tongue("ar")).plain.startswith("\u200f🔴 ضحايا مدنيون في إدلب (5 ")
    assert "Victimes civiles à Idlib\n" in render_silence(silent, 0, tongue("fr")).plain
    assert "Civilian casualties in Idlib\n" in render_silence(silent, 0, tongue("tr")).plain


def test_a_chat_that_hears_an_incident_again_reads_the_titles_that_stood_when_each_rule_told_it():
    told = (ToldRule("syria", "Syria", Severity.HIGH, (("es", "Siria"),)), ToldRule("idlib", "Of old", Severity.HIGH))
    rule = replace(RULE, titles=(("es", "Idlib hoy"),))

    first = render(replace(INCIDENT, told=told), [replace(ALERT, rule=rule)], tongue("es")).plain.splitlines()[0]

    assert first == "🔴 Siria, Idlib hoy"


def test_a_long_quote_is_folded_until_it_is_tapped():
    assert "<blockquote>short" in render(replace(INCIDENT, quote="short"), [ALERT]).html
    assert "<blockquote expandable>long" in render(replace(INCIDENT, quote="long " * 100), [ALERT]).html


def test_the_time_is_shown_in_the_readers_zone_and_falls_back_to_utc():
    rendered = render(INCIDENT, [ALERT], tongue("ar"))
    (moment,) = [
        e for e in formatted({"text": rendered.html, "parse_mode": "HTML"}).entities if e["type"] == "date_time"
    ]

    assert moment["unix_time"] == NOON.timestamp()
    assert "5 مارس 2020، 12:00 بالتوقيت العالمي" in rendered.plain


def test_a_quote_names_its_source_where_there_are_several():
    later = Source("r2", "Radio", "", NOON + SPAN, exactly(15))
    both = replace(INCIDENT, sources=(replace(INCIDENT.sources[0], killed=exactly(15)), later))

    assert "civilians.\n— The Paper</blockquote>" in render(both, [ALERT]).html
    assert "—" not in render(INCIDENT, [ALERT]).html


def test_who_is_said_to_have_done_it_is_named_by_country():
    struck = replace(INCIDENT, kinds=frozenset({"airstrike", "my-own-kind"}), actors=frozenset({"RU"}))

    assert "\nAir strike, my own kind, attributed to Russia\n" in render(struck, [ALERT], tongue("en")).plain
    assert (
        "\nİnsansız hava aracı saldırısı\n"
        in render(replace(struck, kinds=frozenset({"drone-strike"}), actors=frozenset()), [ALERT], tongue("tr")).plain
    )


def test_each_chat_is_written_to_in_its_own_language_and_so_is_its_silence():
    subscribers = [Subscriber(1, "idlib", "fr"), Subscriber(2, "idlib", ""), Subscriber(3, "idlib", "uk")]
    outcome = told_outcome(ALERT)
    silent = Silent(replace(RULE, silence=timedelta(hours=12)), NOON, 7)

    heard = list(compose(outcome, subscribers, {}, NOON, tongue_of=tongue))
    quiet = list(told_silence(silent, subscribers, 0, NOON, tongue))

    assert [m.text.language for m in heard] == [m.text.language for m in quiet] == ["fr", "en", "uk"]
    assert [m.kind for m in heard] == [MessageKind.NEW] * 3
    assert "Aucune nouvelle depuis 12 h" in quiet[0].text.plain

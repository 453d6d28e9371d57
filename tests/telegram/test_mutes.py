"""What a chat does not want to hear of for a while."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.model import Mute, MuteKind
from bot.telegram import choosing_texts as words
from bot.telegram import texts
from tests.fake_telegram.methods import labels
from tests.store.samples import incident, outcome, record, report
from tests.telegram.scene import NOON

pytestmark = pytest.mark.usefixtures("listening")

IDLIB = "idlib-civilian-casualties"


@pytest.fixture
def muted(ana, store, clock):
    """What Ana muted, until when, and who that was."""

    def look():
        return [(mute.kind, mute.target, mute.until - clock(), mute.by) for mute in store.mutes_of(ana.id, clock())]

    return look


@pytest.fixture
def listens(ana, store):
    """Ana listens to the rule on Idlib."""
    store.subscribe(ana.id, IDLIB, NOON)


@pytest.mark.parametrize(("label", "span"), [("1 hour", 1), ("8 hours", 8), ("1 week", 7 * 24)])
@pytest.mark.usefixtures("listens")
async def test_a_rule_is_muted_for_a_while(ana, tap, muted, label, span):
    ana.says("/mute")
    shown, notice = await tap(await ana.hears(), "Idlib", label)

    assert muted() == [(MuteKind.RULE, IDLIB, timedelta(hours=span), "Ana")]
    assert notice.startswith("“Civilian casualties in Idlib” is muted until 2026-11-2")

    shown, notice = await tap(shown, words.UNDO)
    assert notice == "“Civilian casualties in Idlib” is heard again."
    assert shown["text"] == words.NO_MUTES
    assert muted() == []


@pytest.mark.usefixtures("listens")
async def test_an_incident_told_lately_is_muted(ana, tap, store, rulebook, muted):
    place = rulebook.knowledge.gazetteer.find("Sarmin")
    told = replace(incident("raid", last_seen=NOON), first_seen=NOON - timedelta(hours=1), place=place)
    record(store, outcome(report(), replace(told, rules=frozenset({IDLIB}))))
    ana.says("/mute")
    menu = await ana.hears()
    assert labels(menu) == ["Civilian casualties in Idlib", "📍 Sarmin (Idlib, Syria), 22 November 2026"]

    await tap(menu, "Sarmin", "8 hours")

    assert muted() == [(MuteKind.INCIDENT, "raid", timedelta(hours=8), "Ana")]


@pytest.mark.parametrize(("typed", "span"), [("Saraqib", 8), ("Jabal Zawiya 1w", 7 * 24), ("Saraqib 1h", 1)])
async def test_a_place_is_muted_by_its_name(ana, muted, typed, span):
    ana.says(f"/mute {typed}")

    assert "is muted until" in (await ana.hears())["text"]
    ((kind, _, left, by),) = muted()
    assert (kind, left, by) == (MuteKind.PLACE, timedelta(hours=span), "Ana")


async def test_a_place_that_is_none_is_not_muted(ana, muted):
    ana.says("/mute Saraqeebb")

    assert "no place is called “Saraqeebb”" in (await ana.hears())["text"]
    assert muted() == []


async def test_what_is_muted_is_listed_and_heard_again_by_a_tap(ana, tap, muted):
    for place in ("Saraqib", "Sarmin"):
        ana.says(f"/mute {place}")
        await ana.hears()
    ana.says("/unmute")
    listed = await ana.hears()
    assert listed["text"].splitlines()[0] == "Muted: Saraqib, until 2026-11-22 20:00, by Ana"

    shown, _ = await tap(listed, "Saraqib")

    assert labels(shown) == ["Hear again: Sarmin", words.BACK]
    assert len(muted()) == 1


async def test_a_mute_that_ended_by_itself_cannot_be_ended_again(telegram, ana, clock, muted):
    ana.says("/mute Saraqib 1h")
    answer = await ana.hears()
    clock.passes(hours=1)

    ana.taps(answer, words.UNDO)

    assert await telegram.notice() == texts.STALE_BUTTON
    assert muted() == []


async def test_many_mutes_come_eight_a_page(ana, tap, store, clock):
    for number in range(10):
        until = NOON + timedelta(hours=number + 1)
        store.mute(ana.id, Mute(MuteKind.PLACE, f"p{number}", until, f"Place {number}", "Ana"), NOON)
    ana.says("/settings")
    shown = await ana.hears()
    assert shown["text"].endswith("\nand 2 more: /unmute")

    shown, _ = await tap(shown, "Mutes (10)", "›")

    assert labels(shown) == ["Hear again: Place 8", "Hear again: Place 9", "‹", "2/2", "›", words.BACK]


async def test_without_anything_to_mute_it_says_what_can_be_muted(ana):
    ana.says("/mute")
    assert (await ana.hears())["text"] == words.NOTHING_TO_MUTE
    ana.says("/unmute")
    assert (await ana.hears())["text"] == words.NO_MUTES

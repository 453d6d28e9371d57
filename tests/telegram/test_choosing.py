"""Looking through the rules and choosing among them, as one person sees it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.model import Delivery, Mute, MuteKind, Preferences
from bot.telegram import choosing_texts as words
from bot.telegram import texts
from tests.fake_telegram.methods import buttons_of, labels
from tests.store.samples import incident, outcome, record, report
from tests.telegram.scene import NOON

pytestmark = pytest.mark.usefixtures("listening")

IDLIB, GAZA, SYRIA = "idlib-civilian-casualties", "gaza-civilian-casualties", "syria-civilian-casualties"


@pytest.fixture
def card(ana, tap):
    async def open_card(title="Casualties in Idlib"):
        ana.says("/subscribe")
        shown, _ = await tap(await ana.hears(), "All rules", "in Idlib")
        return shown

    return open_card


def happened(store, rulebook, name, days_ago, **changes):
    """An incident of the Idlib rule."""
    at = NOON - timedelta(days=days_ago)
    place = rulebook.knowledge.gazetteer.find("Sarmin")
    told = replace(incident(name, last_seen=at), first_seen=at, place=place, rules=frozenset({IDLIB}), **changes)
    record(store, outcome(report(name), told), now=at)


# ---------------------------------------------------------------- browsing
async def test_rules_are_found_by_place(ana, tap):
    ana.says("/subscribe")
    shown, _ = await tap(await ana.hears(), "By place")
    assert labels(shown) == ["Palestine (1)", "Syria (2)", "Ukraine (1)", "Anywhere (1)", words.BACK]

    shown, _ = await tap(shown, "Syria")
    assert [label.split(" · ")[0] for label in labels(shown)] == [
        "▫️ Civilian casualties in Idlib",
        "▫️ Civilian casualties in Syria",
        words.BACK,
    ]

    shown, _ = await tap(shown, words.BACK, words.BACK)
    assert shown["text"] == words.BROWSE


async def test_rules_are_found_by_kind_of_event(ana, tap):
    ana.says("/subscribe")
    shown, _ = await tap(await ana.hears(), "By event")
    health = next(label for label in labels(shown) if "health" in label.lower())

    shown, _ = await tap(shown, health)

    assert labels(shown)[0].startswith("▫️ Attacks on health care")


async def test_many_rules_come_eight_a_page(ana, tap, choosing, rulebook):
    first = rulebook.rules[0]
    many = tuple(replace(first, id=f"rule-{n}", title=f"Rule {n:02}", severity=()) for n in range(1, 21))
    choosing._rulebook = lambda: replace(rulebook, rules=many)
    ana.says("/subscribe")
    shown, _ = await tap(await ana.hears(), "All rules")
    assert labels(shown) == [f"▫️ Rule {n:02}" for n in range(1, 9)] + ["‹", "1/3", "›", words.BACK]

    shown, notice = await tap(shown, "‹")
    assert notice == ""
    assert labels(shown) == [f"▫️ Rule {n}" for n in range(17, 21)] + ["‹", "3/3", "›", words.BACK]

    shown, _ = await tap(shown, "Rule 20", words.BACK)
    assert "3/3" in labels(shown)


async def test_without_rules_there_is_nothing_to_choose(ana, choosing, rulebook):
    choosing._rulebook = lambda: replace(rulebook, rules=())
    ana.says("/subscribe")

    message = await ana.hears()
    assert message["text"] == texts.NO_RULES
    assert "reply_markup" not in message


# ---------------------------------------------------------------- one rule
async def test_a_card_says_how_often_a_rule_told_and_shows_the_last_alert(ana, card, store, rulebook):
    for name, days_ago in (("fresh", 1), ("week", 6), ("month", 20), ("old", 40)):
        happened(store, rulebook, name, days_ago)
    happened(store, rulebook, "elsewhere", 1, quote="Not this one.")
    record(store, outcome(report("again"), replace(incident("elsewhere"), rules=frozenset({GAZA}))))

    lines = (await card())["text"].splitlines()

    assert lines[:3] == [
        "Civilian casualties in Idlib",
        "Severity: critical, high, normal",
        "Told in the last 7 days: 2, in the last 30 days: 3",
    ]
    assert lines[4:7] == [words.SAMPLE, "🔴 Civilian casualties in Idlib", "Sarmin (Idlib, Syria)"]


async def test_a_sample_is_told_as_carefully_as_the_rule_asks(ana, card, store, rulebook):
    care = ((IDLIB, Delivery("admin1", timedelta(hours=2), hide_names=True)),)
    happened(store, rulebook, "raid", 1, careful=care, quote="Shells killed Omar in Sarmin.")

    text = (await card())["text"]

    assert "Idlib (Syria)" in text
    for hidden in ("Sarmin", "Omar", "paper.example"):
        assert hidden not in text


async def test_a_rule_that_told_nothing_yet_shows_the_example_of_its_own_tests(card):
    text = (await card())["text"]

    assert "in the last 30 days: 0" in text
    assert words.EXAMPLE in text
    assert "(Idlib, Syria)" in text


async def test_a_tap_on_the_card_subscribes_and_the_next_one_unsubscribes(ana, tap, card, store):
    shown, notice = await tap(await card(), "Subscribe")
    assert notice == "This chat now hears about: Civilian casualties in Idlib"
    assert store.rules_of(ana.id) == {IDLIB}
    assert labels(shown) == ["Options", "Unsubscribe", words.BACK]
    assert shown["text"].endswith("Now: any severity, everywhere in it, any toll, at once, with a sound")

    shown, notice = await tap(shown, "Unsubscribe")
    assert notice == "This chat no longer hears about: Civilian casualties in Idlib"
    assert store.rules_of(ana.id) == frozenset()
    assert labels(shown) == ["Subscribe", words.BACK]


async def test_two_quick_taps_on_the_same_button_do_what_one_does(telegram, ana, card, store):
    shown = await card()

    ana.taps(shown, "Subscribe")
    ana.taps(shown, "Subscribe")

    assert await telegram.notice() == "This chat now hears about: Civilian casualties in Idlib"
    assert await telegram.notice() == "This chat heard about it already: Civilian casualties in Idlib"
    assert store.rules_of(ana.id) == {IDLIB}


# ---------------------------------------------------------------- leaving
async def test_unsubscribe_shows_only_what_the_chat_listens_to_and_can_be_undone(ana, tap, store, clock):
    store.subscribe(ana.id, GAZA, clock())
    chosen = Preferences(minimum_toll=10)
    store.prefer(ana.id, GAZA, chosen)
    ana.says("/unsubscribe")
    menu = await ana.hears()
    assert labels(menu) == ["✅ Civilian casualties in Gaza", "Options"]

    emptied, notice = await tap(menu, "Gaza")
    assert notice.startswith("This chat no longer hears about")
    assert emptied["text"] == texts.NO_SUBSCRIPTIONS
    assert store.rules_of(ana.id) == frozenset()

    await tap(emptied, words.UNDO)
    (mine,) = store.subscriptions_of(ana.id, clock())
    assert (mine.rule_id, mine.preferences) == (GAZA, chosen)


async def test_a_rule_that_is_no_more_can_still_be_left(ana, tap, store, clock):
    store.subscribe(ana.id, "old-rule", clock())
    ana.says("/unsubscribe")

    _, notice = await tap(await ana.hears(), "old-rule")

    assert notice == "This chat no longer hears about: old-rule"
    assert store.rules_of(ana.id) == frozenset()


# ---------------------------------------------------------------- what a tap is worth
@pytest.mark.parametrize(
    "data",
    [
        "",
        IDLIB,
        "xx::::",
        "bc:0123456789abcdef::a.1234",
        "by:0123456789abcdef::",
        "bn:0123456789abcdef::",
        "bl:0123456789abcdef::",
        "bc:::",
        "br:::p00000000.0",
        "oo:0123456789abcdef::",
        "om:0123456789abcdef:critical:",
        "sp::xx:",
        "so::00000000:",
        "sq::2500-0000:",
        "sc::2:",
        "ss::x:",
        "ms:0123456789abcdef::",
        "mr:0123456789abcdef:1h:",
        "mt:0123456789abcdef:1h:",
        "mu::1:",
        "mu::x:",
        "x" * 64,
        "by\n",
    ],
)
async def test_forged_data_changes_nothing_and_says_so(telegram, ana, store, clock, data):
    store.subscribe(ana.id, GAZA, clock())
    store.mute(8, Mute(MuteKind.RULE, GAZA, NOON + timedelta(days=1)), clock())
    before = store.subscriptions_of(ana.id, clock())
    ana.says("/subscribe")
    menu = await ana.hears()

    ana.forges_tap(menu, data)

    assert await telegram.notice() == texts.STALE_BUTTON
    assert store.subscriptions_of(ana.id, clock()) == before
    assert len(store.mutes_of(8, clock())) == 1


async def test_data_of_one_chat_is_worth_nothing_in_another(telegram, ana, card, store):
    data = next(buttons_of((await card())["reply_markup"]))["callback_data"]
    ben = telegram.person(8, "Ben")
    ben.says("/subscribe")

    ben.forges_tap(await ben.hears(), data)

    assert await telegram.notice() == texts.STALE_BUTTON
    assert store.rules_of(ben.id) == frozenset()


async def test_the_button_of_a_rule_that_has_gone_changes_nothing(telegram, ana, card, store, choosing):
    shown, rulebook = await card(), choosing._rulebook()
    choosing._rulebook = lambda: replace(rulebook, rules=())

    ana.taps(shown, "Subscribe")

    assert await telegram.notice() == texts.STALE_BUTTON
    assert store.rules_of(ana.id) == frozenset()


async def test_a_tap_on_a_message_too_old_to_change_still_counts(telegram, ana, card, store):
    shown = await card()
    edits = len(telegram.calls("editMessageText"))

    ana.taps_inaccessible(shown, next(buttons_of(shown["reply_markup"]))["callback_data"])

    assert await telegram.notice() == "This chat now hears about: Civilian casualties in Idlib"
    assert store.rules_of(ana.id) == {IDLIB}
    assert len(telegram.calls("editMessageText")) == edits


async def test_a_list_deleted_under_the_finger_is_no_accident(telegram, ana, card, caplog, until):
    shown = await card()
    edits = len(telegram.calls("editMessageText"))
    ana.chat.messages.clear()

    ana.taps(shown, "Subscribe")

    assert await telegram.notice() == "This chat now hears about: Civilian casualties in Idlib"
    await until(lambda: len(telegram.calls("editMessageText")) > edits)
    ana.says("/status")
    await ana.hears()
    assert "could not be handled" not in caplog.text

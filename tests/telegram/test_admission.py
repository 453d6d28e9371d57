"""Strangers, codes that let them in, and administrators who are asked."""

import pytest

from bot.telegram import admission, texts
from bot.telegram.admission import Gate
from tests.fake_telegram import State
from tests.fake_telegram.methods import buttons_of
from tests.telegram.admindesk import CODE

pytestmark = pytest.mark.usefixtures("listening")


@pytest.fixture
def stranger(ana, desk):
    desk.strangers.add(ana.id)
    return ana


def turned_away(number):
    return admission.TURNED_AWAY.format(number=number)


# ---------------------------------------------------------------- strangers
async def test_a_stranger_is_turned_away_once_and_asked_for_once(stranger, boss, desk):
    for _ in range(3):
        stranger.says("/subscribe")
    stranger.says("/weather")

    assert (await stranger.hears())["text"] == turned_away(stranger.id)
    request = await boss.hears()
    assert request["text"] == "Ana asks to use the bot (7)."
    assert [button["text"] for button in buttons_of(request["reply_markup"])] == ["Admit", "Refuse"]
    boss.says("/status")
    await boss.hears()
    assert stranger.chat.new.empty()
    assert boss.chat.new.empty()
    assert desk.chosen[stranger.id] == set()


async def test_where_there_is_no_administrator_a_stranger_is_told_what_to_do(stranger, admin_desk):
    admin_desk.administrators = frozenset()
    stranger.says("/start")

    assert (await stranger.hears())["text"] == admission.ASK_YOURSELF.format(number=stranger.id)


async def test_a_strangers_tap_is_answered_and_changes_nothing(telegram, ana, desk):
    ana.says("/subscribe")
    menu = await ana.hears()
    desk.strangers.add(ana.id)

    ana.taps(menu, "All rules")

    assert await telegram.notice() == admission.NOT_OPEN
    assert telegram.calls("editMessageText") == []


async def test_after_a_while_a_stranger_is_turned_away_in_words_again(admin_desk):
    now = 100.0
    gate = Gate(admin_desk, clock=lambda: now)

    assert [gate._is_told(7), gate._is_told(7), gate._is_told(8)] == [False, True, False]
    now += 3600
    assert gate._is_told(7) is False


async def test_a_name_that_plays_tricks_is_shown_plainly(telegram, boss, desk):
    trickster = telegram.person(11, "A\u202eevil\u0000\n" + "x" * 300)
    desk.strangers.add(11)
    trickster.says("/start")

    asked = (await boss.hears())["text"]
    assert "\u202e" not in asked
    assert "\n" not in asked
    assert len(asked) < 200


# ---------------------------------------------------------------- administrators decide
async def test_an_administrator_admits_and_the_stranger_hears_of_it(telegram, stranger, boss, desk):
    stranger.says("/start")
    await stranger.hears()

    boss.taps(await boss.hears(), "Admit")

    assert (await boss.chat.sees_edit())["text"] == "Admitted: Ana (7)."
    assert (await stranger.hears())["text"] == admission.WELCOME
    stranger.says("/status")
    assert (await stranger.hears())["text"].startswith("Listening")


async def test_an_administrator_refuses_and_the_stranger_hears_of_that_too(stranger, boss):
    stranger.says("/start")
    await stranger.hears()

    boss.taps(await boss.hears(), "Refuse")

    assert (await boss.chat.sees_edit())["text"] == "Refused: Ana (7)."
    assert (await stranger.hears())["text"] == admission.NOT_ADMITTED


async def test_a_second_decision_changes_nothing_and_says_so(telegram, stranger, boss, admin_desk):
    stranger.says("/start")
    await stranger.hears()
    request = await boss.hears()
    boss.taps(request, "Admit")
    assert await telegram.notice() == ""

    boss.taps(request, "Refuse")

    assert await telegram.notice() == admission.DECIDED_ALREADY
    assert admin_desk.standings == {stranger.id: True}


async def test_a_request_that_a_stranger_grants_himself_is_stale(telegram, ana, stranger, admin_desk):
    stranger.says("/start")
    refusal = await stranger.hears()

    stranger.forges_tap(refusal, f"adm:q+{stranger.id}")

    assert await telegram.notice() == admission.NOT_OPEN
    assert admin_desk.standings == {}


async def test_a_request_that_a_member_grants_is_stale(telegram, ana, admin_desk):
    admin_desk.asked[8] = "Ben"
    ana.says("/help")
    ana.forges_tap(await ana.hears(), "adm:q+8")

    assert await telegram.notice() == texts.STALE_BUTTON
    assert admin_desk.standings == {}


async def test_a_request_for_a_chat_that_never_asked_is_stale(telegram, boss):
    boss.says("/help")
    boss.forges_tap(await boss.hears(), "adm:q+12345")

    assert await telegram.notice() == texts.STALE_BUTTON


async def test_a_stranger_who_has_gone_meanwhile_is_no_accident(stranger, boss, caplog):
    stranger.says("/start")
    await stranger.hears()
    stranger.chat.state = State.BLOCKED

    boss.taps(await boss.hears(), "Admit")

    assert (await boss.chat.sees_edit())["text"] == "Admitted: Ana (7)."
    boss.says("/status")
    await boss.hears()
    assert "chat 7 cannot be told" in caplog.text
    assert "could not be handled" not in caplog.text


async def test_a_group_of_strangers_asks_under_its_name(telegram, ana, boss, desk):
    group = telegram.group(-5, "Night desk", ana)
    desk.strangers.update({ana.id, group.id})
    ana.says("/start", group)

    assert (await group.hears())["text"] == turned_away(-5)
    assert (await boss.hears())["text"] == "Night desk asks to use the bot (-5)."


# ---------------------------------------------------------------- codes
async def test_a_link_with_a_code_lets_a_stranger_in(stranger, boss):
    stranger.says(f"/start {CODE}")

    assert (await stranger.hears())["text"] == admission.WELCOME
    stranger.says("/status")
    assert (await stranger.hears())["text"].startswith("Listening")
    assert boss.chat.new.empty()


async def test_a_code_that_does_not_work_says_so(stranger, desk):
    stranger.says("/start join-ffffffffffffffffffffff")

    assert (await stranger.hears())["text"] == admission.BAD_CODE
    assert desk.strangers == {stranger.id}


async def test_who_is_in_already_uses_no_code_up(ana):
    ana.says(f"/start {CODE}")

    assert (await ana.hears())["text"] == admission.ALREADY_IN


async def test_a_group_is_let_in_by_its_administrators_alone(telegram, ana, desk):
    ben = telegram.person(8, "Ben")
    group = telegram.group(-5, "Desk", ana)
    desk.strangers.update({ana.id, ben.id, group.id})

    ben.says(f"/start {CODE}", group)
    assert (await group.hears())["text"] == texts.ADMINISTRATORS_ONLY
    ana.says_anonymously(f"/start {CODE}", group)
    assert (await group.hears())["text"] == admission.WELCOME
    assert group.id not in desk.strangers

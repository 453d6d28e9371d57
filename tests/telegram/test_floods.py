"""A thousand commands a minute: answers are bounded, and whoever behaves does not notice."""

import asyncio

import pytest

from bot.outbox import LIMITS
from bot.telegram import texts
from bot.telegram.floods import EVERYBODY, GROUP, PERSON, Floods, Verdict


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def floods(clock):
    return Floods(clock)


def verdicts(floods, person, times, clock, pause_seconds=0.06):
    found = []
    for _ in range(times):
        found.append(floods.verdict(person, person))
        clock.now += pause_seconds
    return found


# ---------------------------------------------------------------- the buckets alone
def test_a_thousand_commands_in_a_minute_get_forty_answers_and_one_notice(floods, clock):
    found = verdicts(floods, 7, 1000, clock)

    assert found.count(Verdict.ANSWER) in range(PERSON.number, 2 * PERSON.number + 1)
    assert found.count(Verdict.SAY_ENOUGH) == 1


def test_one_who_asks_now_and_then_is_always_answered(floods, clock):
    assert set(verdicts(floods, 7, 500, clock, PERSON.seconds / PERSON.number)) == {Verdict.ANSWER}


def test_one_persons_flood_is_not_anothers(floods, clock):
    verdicts(floods, 7, 100, clock)

    assert floods.verdict(8, 8) is Verdict.ANSWER


def test_a_person_has_one_measure_in_all_chats_together(floods, clock):
    found = [floods.verdict(-chat, 7) for chat in range(1, 100)]

    assert found.count(Verdict.ANSWER) <= PERSON.number


def test_a_group_has_a_measure_of_its_own(floods, clock):
    found = []
    for user in range(1, 200):
        found.append(floods.verdict(-5, user))
        clock.now += 0.1

    assert found.count(Verdict.ANSWER) <= GROUP.number + 20 * GROUP.number / GROUP.seconds
    assert GROUP.number < LIMITS.group.messages
    assert found.count(Verdict.SAY_ENOUGH) == 1


def test_all_together_get_no_more_answers_a_second_than_leave_room_for_alerts(floods, clock):
    found = [floods.verdict(user, user) for user in range(1, 500)]

    assert found.count(Verdict.ANSWER) == EVERYBODY.number
    assert Verdict.SAY_ENOUGH not in found


def test_after_a_quiet_while_the_next_flood_is_told_again(floods, clock):
    verdicts(floods, 7, 100, clock)
    clock.now += 60

    assert verdicts(floods, 7, 100, clock).count(Verdict.SAY_ENOUGH) == 1


def test_what_is_remembered_of_people_is_bounded(floods, clock, monkeypatch):
    monkeypatch.setattr("bot.telegram.floods.REMEMBERED", 50)
    for user in range(500):
        clock.now += 1
        floods.verdict(user, user)

    assert len(floods._buckets) == 50


# ---------------------------------------------------------------- with Telegram at the other end
@pytest.mark.usefixtures("listening")
async def test_a_flood_of_commands_is_answered_in_part_and_then_once(telegram, ana, boss):
    for _ in range(200):
        ana.says("/status")
    heard = [(await ana.hears())["text"] for _ in range(PERSON.number + 1)]
    await asyncio.sleep(0.2)  # all together have twenty answers a second, and she had twenty
    boss.says("/help")
    await boss.hears()

    assert heard[-1] == texts.ENOUGH
    assert all(text.startswith("Listening") for text in heard[:-1])
    assert ana.chat.new.qsize() <= 1


@pytest.mark.usefixtures("listening")
async def test_talk_in_a_group_is_no_flood(telegram, ana):
    group = telegram.group(-5, "Desk", ana)
    for _ in range(200):
        ana.says("what a day", group)
    ana.says("/status", group)

    assert (await group.hears())["text"].startswith("Listening")


@pytest.mark.usefixtures("listening")
async def test_a_flood_of_taps_changes_no_more_than_the_measure(telegram, ana, desk):
    ana.says("/subscribe")
    menu = await ana.hears()
    for _ in range(100):
        ana.taps(menu, "All rules")
    for _ in range(PERSON.number):
        await telegram.notice()
    await asyncio.sleep(0.2)  # all together have twenty answers a second, and she had twenty
    boss = telegram.person(10, "Cleo")
    boss.says("/help")
    await boss.hears()

    assert len(telegram.calls("answerCallbackQuery")) <= PERSON.number + 1


@pytest.mark.usefixtures("listening")
async def test_commands_for_other_bots_are_no_flood(telegram, ana):
    group = telegram.group(-5, "Desk", ana)
    for _ in range(100):
        ana.says("/weather", group)
        ana.says("/status@other_bot", group)
    ana.says("/status@tocsin_test_bot", group)

    assert (await group.hears())["text"].startswith("Listening")


@pytest.mark.usefixtures("listening")
async def test_a_flood_of_anonymous_administrators_is_that_of_their_group_alone(telegram, ana):
    loud, quiet = telegram.group(-5, "Loud", ana), telegram.group(-6, "Quiet", ana)
    for _ in range(100):
        ana.says_anonymously("/status", loud)
    for _ in range(GROUP.number + 1):
        await loud.hears()
    await asyncio.sleep(1)  # all together have twenty answers a second
    ana.says_anonymously("/status", quiet)

    assert (await quiet.hears())["text"].startswith("Listening")

"""/digest as people type it: for which time, in which topic, and at which hour from now on."""

from datetime import time, timedelta

import pytest

from bot.telegram import texts
from bot.telegram.digesting import HOW

pytestmark = pytest.mark.usefixtures("listening")


@pytest.mark.parametrize(
    ("said", "span"),
    [
        ("/digest", timedelta(hours=24)),
        ("/digest now", timedelta(hours=24)),
        ("/digest 6h", timedelta(hours=6)),
        ("/digest 7d", timedelta(days=7)),
        ("/digest 28 D", timedelta(days=28)),
    ],
)
async def test_a_digest_is_of_a_day_or_of_as_long_as_is_asked(ana, digests, until, said, span):
    ana.says(said)
    await until(lambda: digests.asked)

    assert digests.asked == [(ana.id, None, span)]


@pytest.mark.parametrize("said", ["/digest yesterday", "/digest 0h", "/digest 29d", "/digest at noon", "/digest at 24"])
async def test_what_is_no_time_is_answered_with_how_to_say_it(ana, digests, said):
    ana.says(said)

    assert (await ana.hears())["text"] == HOW
    assert digests.asked == []
    assert digests.hours == {}


async def test_in_a_forum_the_digest_comes_to_the_topic_in_which_it_was_asked_for(telegram, ana, digests, until):
    group = telegram.group(-5, "Desk", ana, type="supergroup")
    group.topics.add(3)
    ana.says("/digest", group, topic=3)
    await until(lambda: digests.asked)

    assert digests.asked == [(-5, 3, timedelta(days=1))]


async def test_who_listens_to_nothing_is_told_so(ana, digests):
    digests.listens = False
    ana.says("/digest")

    assert (await ana.hears())["text"] == texts.NO_SUBSCRIPTIONS


async def test_the_hour_is_chosen_and_the_answer_says_what_it_was(ana, digests):
    for said in ("/digest at 06:30", "/digest at 7"):
        ana.says(said)
        await ana.hears()
    ana.says("/digest at 21.15")

    assert "Digests come at 21:15" in (heard := (await ana.hears())["text"])
    assert "It was: 07:00." in heard
    assert digests.hours == {ana.id: time(21, 15)}


async def test_in_a_group_administrators_choose_the_hour_and_everybody_may_ask_for_a_digest(
    telegram, ana, digests, until
):
    ben = telegram.person(8, "Ben")
    group = telegram.group(-5, "Desk", ana)
    ben.says("/digest at 06:30", group)
    assert (await group.hears())["text"] == texts.ADMINISTRATORS_ONLY
    ben.says("/digest", group)
    await until(lambda: digests.asked)

    assert digests.hours == {}


async def test_strangers_get_no_digest(ana, desk, digests):
    desk.strangers.add(ana.id)
    ana.says("/digest")

    assert "not open to everybody" in (await ana.hears())["text"]
    assert digests.asked == []

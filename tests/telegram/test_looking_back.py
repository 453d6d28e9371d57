"""What people ask about the past, links that subscribe at once, and pauses: as one person sees them."""

import pytest

from bot.telegram import texts

pytestmark = pytest.mark.usefixtures("listening")

BINNISH = "2020-03-05 12:00 UTC  Binnish (Idlib, Syria)  3 killed"
SARMIN = "2020-03-04 09:00 UTC  Sarmin (Idlib, Syria)  2 killed"


async def test_a_link_subscribes_in_one_tap(ana, desk):
    ana.says("/start gaza-civilian-casualties")
    assert (await ana.hears())["text"] == "This chat now hears about: Civilian casualties in Gaza"
    assert desk.chosen[ana.id] == {"gaza-civilian-casualties"}

    ana.says("/start gaza-civilian-casualties")
    assert (await ana.hears())["text"] == "This chat heard about it already: Civilian casualties in Gaza"


async def test_a_link_to_a_rule_that_is_no_more_changes_nothing(ana, desk):
    ana.says("/start atlantis")

    assert (await ana.hears())["text"] == texts.UNKNOWN_RULE
    assert desk.chosen[ana.id] == set()


async def test_in_a_group_only_administrators_follow_links_and_pause(telegram, desk):
    ben, cat = telegram.person(8, "Ben"), telegram.person(9, "Cat")
    group = telegram.group(-5, "Desk", ben)
    for words in ("/start gaza-civilian-casualties", "/pause", "/resume"):
        cat.says(words, group)
        assert (await group.hears())["text"] == texts.ADMINISTRATORS_ONLY

    assert desk.chosen[group.id] == set()
    assert desk.happened == []


async def test_latest_tells_what_was_told_also_of_one_place(ana, desk):
    ana.says("/latest")
    assert (await ana.hears())["text"] == texts.NO_SUBSCRIPTIONS

    desk.chosen[ana.id].add("idlib-civilian-casualties")
    ana.says("/latest")
    assert (await ana.hears())["text"] == texts.NOTHING_TOLD

    desk.told = [BINNISH, SARMIN]
    ana.says("/latest")
    assert (await ana.hears())["text"] == f"{BINNISH}\n\n{SARMIN}"
    ana.says("/latest Sarmin")
    assert (await ana.hears())["text"] == SARMIN
    ana.says("/latest Nowhere")
    assert (await ana.hears())["text"] == "No rule of this chat, and unknown place 'Nowhere'"


async def test_search_finds_by_words(ana, desk):
    desk.told = [BINNISH, SARMIN]
    ana.says("/search")
    assert (await ana.hears())["text"] == texts.SEARCH_FOR_WHAT
    ana.says("/search Sarmin killed")
    assert (await ana.hears())["text"] == SARMIN
    ana.says("/search ceasefire")
    assert (await ana.hears())["text"] == texts.NOTHING_FOUND


async def test_a_long_list_is_cut_between_entries(ana, desk):
    desk.chosen[ana.id].add("idlib-civilian-casualties")
    desk.told = ["x" * 1500] * 5
    ana.says("/latest")

    assert (await ana.hears())["text"] == "\n\n".join(["x" * 1500] * 2)


async def test_a_pause_is_kept_until_it_is_ended(ana, desk):
    ana.says("/pause")
    assert (await ana.hears())["text"] == texts.PAUSED
    ana.says("/resume")
    assert (await ana.hears())["text"] == texts.RESUMED
    assert desk.happened == [("paused", ana.id, texts.ASKED_FOR), ("resumed", ana.id)]

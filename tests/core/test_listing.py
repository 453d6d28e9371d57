"""What a search in the past finds, and what it does not."""

from dataclasses import replace

import pytest

from bot.core.caution import veiled
from bot.core.listing import says
from bot.core.model import Delivery, Place, Source
from bot.core.tongue import ENGLISH
from tests.core.reports import NOON
from tests.core.test_messages import INCIDENT

BINNISH = Place("gn:1", "Binnish", "settlement", "SY", ("Idlib",), country_name="Syria")
RAID = replace(
    INCIDENT,
    place=BINNISH,
    quote="Four villagers were killed at dawn.",
    types=frozenset({"airstrike"}),
    sources=(
        Source("r1", "The Paper", "https://news.example/1", NOON, title="Raid on a vegetable market"),
        Source("r2", "Radio Hour", "https://radio.example/2", NOON),
    ),
)
BINNISH_IN_ARABIC = replace(ENGLISH, language="ar", place=lambda place: replace(place, name="بنش", admin=("إدلب",)))


@pytest.mark.parametrize(
    "words", ["villagers", "VEGETABLE market", "binnish", "idlib", "syria dawn", "air strike", "radio hour", "veg"]
)
def test_a_search_finds_what_was_quoted_where_it_was_what_it_was_and_whoever_told(words):
    assert says(words, RAID)


@pytest.mark.parametrize("words", ["soldiers", "villagers soldiers", "table", "", "!?", "https"])
def test_a_search_finds_nothing_where_a_word_is_missing_or_there_is_none(words):
    assert not says(words, RAID)


def test_a_place_is_found_by_its_name_in_the_language_of_who_asks_and_in_english():
    assert says("بنش", RAID, BINNISH_IN_ARABIC)
    assert says("Binnish", RAID, BINNISH_IN_ARABIC)
    assert not says("بنش", RAID)


def test_what_a_careful_rule_hides_is_not_found_either():
    shown = veiled(RAID, Delivery("admin1", hide_names=True))

    assert says("idlib killed", shown)
    assert not any(says(word, shown) for word in ("binnish", "vegetable", "radio"))

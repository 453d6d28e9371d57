"""A text that comes again is recognised however it is dressed up; a text with something new in it never is."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from bot.core.copies import EDITED_WINDOW, SAME_TEXT, SMALLEST_PART, Leads, copy_of, told_of
from bot.core.model import Told
from bot.core.reading import read
from tests.core.reports import NOON, report

STORY = (
    "Shelling killed nine civilians in Binnish on Thursday. The market had just opened and was full of people who had"
    " come from the villages around to buy bread and to sell olives, and the ambulances needed an hour to reach them."
)


@pytest.fixture
def told(rulebook):
    def told(text: str, title: str = "", after: timedelta = timedelta(hours=1), name: str = "b") -> Told:
        return told_of(read(report(text, title=title, id=name, published=NOON + after), rulebook.knowledge))

    return told


@pytest.fixture
def first(told):
    return told(STORY, "Market shelled", timedelta(0), "a")


def test_a_text_is_a_copy_under_any_title(first, told):
    assert copy_of(told(STORY, "Binnish: what we know of the strike on the market, by our correspondents"), [first])


def test_a_text_is_a_copy_when_its_end_was_cut(first, told):
    assert copy_of(told(STORY[:-40]), [first])


def test_a_text_is_a_copy_when_a_few_words_were_edited(first, told):
    edited = STORY.replace("had just opened", "had opened just then").replace("buy bread", "purchase bread")
    assert copy_of(told(edited), [first])


def test_another_toll_makes_it_another_report_even_in_words(first, told):
    assert copy_of(told(STORY.replace("nine", "sixteen")), [first]) is None


def test_another_toll_in_the_title_alone_makes_it_another_report(first, told):
    assert copy_of(told(STORY, "Market shelled, 16 killed"), [first]) is None


def test_another_place_in_the_same_formula_makes_it_another_report(first, told):
    assert copy_of(told(STORY.replace("Binnish", "Saraqib")), [first]) is None


def test_the_next_day_only_the_same_words_are_a_copy(first, told):
    later = EDITED_WINDOW + timedelta(hours=1)
    assert copy_of(told(STORY, after=later), [first])
    assert copy_of(told(STORY.replace("Thursday", "Friday"), after=later), [first]) is None


def test_short_texts_are_copies_only_when_they_are_equal(told):
    first = told("Two civilians were killed by shelling in Binnish.", name="a")
    assert copy_of(told("Two civilians were killed by shelling in Binnish."), [first])
    assert copy_of(told("Two civilians were killed by the shelling in Binnish."), [first]) is None


# ---------------------------------------------------------------- many leads
WORDS = st.lists(st.sampled_from([f"word{n}" for n in range(40)]), min_size=1, max_size=40)


def filed(*leads: str, published: datetime = NOON) -> Leads:
    index = Leads()
    for number, lead in enumerate(leads):
        index.add(number, lead, published)
    return index


def test_the_same_lead_is_found_again_and_the_last_filed_comes_first():
    assert filed("a short lead", "another one", "a short lead").like("a short lead") == [2, 0]


def test_a_lead_of_one_word_is_found():
    assert filed("curfew").like("curfew") == [0]


@given(st.lists(WORDS, min_size=1, max_size=30), st.data())
def test_whatever_is_edited_in_a_long_lead_it_is_found_as_by_comparing_with_all(texts, data):
    leads = [" ".join(sorted(words * 3)[:60]) for words in texts]
    asked = data.draw(st.sampled_from(leads)).split()
    del asked[data.draw(st.integers(0, len(asked) - 1))]
    lead = " ".join(asked)
    cutoff = SAME_TEXT if len(asked) >= 25 else 100.0
    expected = {number for number, each in enumerate(leads) if fuzz.ratio(lead, each) >= cutoff}
    assert set(filed(*leads).like(lead)) == expected


@settings(max_examples=5)
@given(st.integers(0, 4 * SMALLEST_PART - 1))
def test_leads_are_found_in_whichever_part_they_are_filed(number):
    leads = [f"report {n} of the hill{n % 7} and the river{n % 11} town{n}" for n in range(4 * SMALLEST_PART)]
    assert filed(*leads).like(leads[number]) == [number]


def test_what_is_old_is_forgotten_part_by_part():
    index = filed(*(f"old town{n}" for n in range(SMALLEST_PART)))
    index.add(SMALLEST_PART, "new town", NOON + timedelta(days=4))
    index.forget(NOON + timedelta(days=1))
    assert len(index) == 1
    assert index.like("old town1") == []
    assert index.like("new town") == [SMALLEST_PART]

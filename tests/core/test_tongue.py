"""What stands in a sentence and would run the other way, or be turned by it, has a direction of its own."""

from dataclasses import replace

import pytest

from bot.core.tongue import END_OF_ISOLATE, ENGLISH, ISOLATE

ARABIC = replace(ENGLISH, language="ar")


@pytest.mark.parametrize("name", ["Orchard Post", "2020-03-05 07:30", "2020-03-05", "+30 2", "f7p5kozh"])
def test_in_a_language_that_runs_to_the_left_latin_words_and_dates_stand_apart(name):
    assert ARABIC.isolated(name) == f"{ISOLATE}{name}{END_OF_ISOLATE}"
    assert ENGLISH.isolated(name) == name


@pytest.mark.parametrize("name", ["إدلب", "07:30", "21", ""])
def test_what_runs_as_the_sentence_does_is_left_as_it_is(name):
    assert ARABIC.isolated(name) == name


def test_an_arabic_name_stands_apart_in_an_english_sentence():
    assert ENGLISH.isolated("إدلب") == f"{ISOLATE}إدلب{END_OF_ISOLATE}"
    assert ENGLISH.isolated(ENGLISH.isolated("إدلب")) == f"{ISOLATE}إدلب{END_OF_ISOLATE}"

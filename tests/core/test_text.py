"""Folding, words and sentences: what people write in many ways becomes one, and the way back is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.text import INNER_GAPS, fold, fold_word, sentences, tokenise, words_alone

ANY_TEXT = st.text(st.characters(codec="utf-8") | st.sampled_from("ـَُ\u200b\u200f\u00ad١٢ۀیکéİ.,\n 'مقتل"), max_size=120)


@pytest.mark.parametrize(
    ("plain", "written"),
    [
        pytest.param("massacre", "mаssаcre", id="Cyrillic look-alikes"),
        pytest.param("massacre", "mas\u00adsacre", id="soft hyphen"),
        pytest.param("massacre", "mass\u200bacre", id="zero-width space"),
        pytest.param("massacre", "ｍａｓｓａｃｒｅ", id="full width"),
        pytest.param("massacre", "\u202emassacre\u202c", id="turned round"),
        pytest.param("idlib", "İDLİB", id="dotted capital"),
        pytest.param("قصف", "قصـــف", id="tatweel"),
        pytest.param("قصف", "قَصْف", id="vowel marks"),
        pytest.param("ادلب", "إدلب", id="hamza"),
        pytest.param("غزه", "غزة", id="ta marbuta"),
        pytest.param("مجزره", "ﻣﺠﺰﺭﺓ", id="presentation forms"),
        pytest.param("قصف", "قص7ف", id="a digit inside an Arabic word"),
        pytest.param("strasse", "STRAßE", id="sharp s"),
        pytest.param("15", "١٥", id="Arabic digits"),
        pytest.param("15", "۱۵", id="Persian digits"),
    ],
)
def test_spellings_of_one_word_fold_alike(plain, written):
    assert fold_word(written) == plain


MENDED = st.sampled_from(
    ["ق.ص.ف", "قـ ـصف", "ق . ص", "و15 مدنيا", "15مدنيا", "15km", "a_b", "x²", "\u2028", "\xa0", "\x1c", " ", "."]
)


@given(st.lists(ANY_TEXT | MENDED, max_size=6).map("".join))
def test_words_alone_are_those_of_a_text_cut_into_words_with_their_places(text):
    assert tuple(words_alone(text)) == tokenise("text", text).words


@given(ANY_TEXT)
def test_folding_a_folded_text_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(ANY_TEXT)
def test_every_word_slices_back_to_the_source(text):
    prose = tokenise("text", text)

    for index, word in enumerate(prose.words):
        assert fold(prose.slice(index, index)).replace(" ", "") == word.replace(" ", "")


@given(ANY_TEXT)
def test_sentences_hold_every_word_once_and_in_order(text):
    prose = tokenise("text", text)

    held = [index for s in sentences(prose, frozenset()) for index in range(s.first, s.end)]

    assert held == list(range(len(prose.words)))


def split(text: str) -> list[str]:
    prose = tokenise("text", text)
    return [prose.slice(s.first, s.end - 1) for s in sentences(prose, frozenset({"dr", "gen", "st"}))]


def test_an_abbreviation_does_not_end_a_sentence():
    assert split("Dr. Amal of the U.N. spoke. Gen. Harb left.") == ["Dr. Amal of the U.N. spoke", "Gen. Harb left"]


def test_an_arabic_question_mark_ends_a_sentence():
    assert split("أين الإسعاف؟ وصل بعد ساعة.") == ["أين الإسعاف", "وصل بعد ساعة"]


def test_a_line_wrapped_at_the_margin_is_one_sentence_and_a_headline_is_another():
    text = "SHELLING GOES ON\nThe shells fell for three hours on the quarter that lies\nbehind the mill."

    assert split(text) == [
        "SHELLING GOES ON",
        "The shells fell for three hours on the quarter that lies\nbehind the mill",
    ]


def test_a_word_broken_by_tatweel_and_spaces_is_whole_again():
    assert tokenise("text", "مقـ ـتل مدني").words == ("مقتل", "مدني")


def test_and_before_digits_is_no_part_of_the_number():
    prose = tokenise("text", "15 قتيلا و20 جريحا")

    assert prose.words == ("15", "قتيلا", "20", "جريحا")
    assert prose.slice(2, 2) == "20"


@pytest.mark.parametrize("gap", sorted(INNER_GAPS))
def test_the_gaps_that_are_passed_over_end_no_sentence(gap):
    prose = tokenise("text", f"Three{gap}villagers fled")

    assert prose.gaps[0] == gap
    assert list(sentences(prose, frozenset())) == [(0, 3)]

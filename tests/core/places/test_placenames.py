"""Places in the language of who reads of them, as far as their names are known; and never a name that is doubtful."""

from dataclasses import replace
from functools import partial

import pytest

from bot.core.caution import coarse
from bot.core.messages import where
from bot.core.placenames import name_in
from bot.core.places import gazetteer_of
from bot.core.places.table import Row
from bot.core.reading import Knowledge
from bot.tongues import Tongues, tongue


@pytest.fixture
def tongues(rulebook) -> Tongues:
    return Tongues(lambda: rulebook.knowledge)


@pytest.mark.parametrize(
    ("place", "language", "said"),
    [
        ("gn:171451", "ar", "بنش (إدلب، سوريا)"),  # by the script, in a country that writes so
        ("gn:171451", "fr", "Binnish (Idlib, Syrie)"),  # no French name is known
        ("gn:706483", "ru", "Харьков (Украина)"),  # a place file says so
        ("gn:281124", "tr", "Khan Yunis (Gazze, Filistin Bölgeleri)"),
        ("gn:203312", "ru", "ДР Конго"),
        ("gn:711350", "uk", "Буча (Київщина, Україна)"),  # by the script: there is one name alone
        ("gn:698740", "uk", "Odesa (Одещина, Україна)"),  # by the script there would be several
        ("gn:171451", "en", "Binnish (Idlib, Syria)"),
    ],
)
def test_a_place_is_called_as_its_reader_calls_it(place, language, said, rulebook, tongues):
    known = rulebook.knowledge.gazetteer.get(place)

    assert where(known, tongues.of(language)) == said


def test_a_province_that_stands_for_its_village_is_translated_too(rulebook, tongues):
    binnish = rulebook.knowledge.gazetteer.get("gn:171451")

    assert where(coarse(binnish, "admin1"), tongues.of("ar")) == "إدلب (سوريا)"
    assert where(coarse(binnish, "country"), tongues.of("ar")) == "سوريا"


def test_a_place_that_no_table_has_keeps_its_name_in_its_translated_country(rulebook, tongues):
    village = replace(rulebook.knowledge.gazetteer.get("gn:171451"), id="ov:gone", name="Gone", parents=())

    assert where(village, tongues.of("fr")) == "Gone (Idlib, Syrie)"


def test_without_a_gazetteer_the_country_alone_is_translated(rulebook):
    assert where(rulebook.knowledge.gazetteer.get("gn:171451"), tongue("es")) == "Binnish (Idlib, Siria)"


def test_a_name_of_another_alphabet_is_not_taken_for_one_of_the_language():
    row = partial(Row, kind="settlement", country="UA", name="Lis")
    rows = [row("a", aliases=("Ліс",)), row("b", aliases=("Лыс",)), row("c", aliases=("Лис", "Лес"))]
    gazetteer = gazetteer_of(rows)

    assert [name_in(place, "uk", gazetteer) for place in "abc"] == ["Ліс", "", ""]
    assert [name_in(place, "ru", gazetteer) for place in "abc"] == ["", "Лыс", ""]


def test_tongues_follow_a_gazetteer_that_is_replaced_and_know_their_default():
    known = [Knowledge({}, gazetteer_of([Row("a", "settlement", "UA", "Lis")]))]
    tongues = Tongues(lambda: known[0], "uk")
    lis = known[0].gazetteer.find("Lis")

    assert where(lis, tongues.of("")) == "Lis (Україна)"
    known[0] = Knowledge({}, gazetteer_of([Row("a", "settlement", "UA", "Lis", ("Ліс",))]))
    assert where(lis, tongues.of("", "xx")) == "Ліс (Україна)"

"""Names that were once misread, each with the place it means or with the reason why it means none.

The sentences were written for these tests. A place reads "Saraqib (Idlib, SY)", as `described` has it.
"""

import pytest

from bot.core.places import described, find_places, says_dateline
from bot.core.text import tokenise


def places(text: str, rulebook, home: str | None = None) -> list[str]:
    """The places of a text in order, each once."""
    found = find_places([tokenise("text", text)], rulebook.knowledge.gazetteer, home).toponyms
    return list(dict.fromkeys(described(toponym.place) for toponym in found))


def reasons(text: str, rulebook, home: str | None = None) -> dict[str, str]:
    """The names of a text that are no places, with why."""
    rejected = find_places([tokenise("text", text)], rulebook.knowledge.gazetteer, home).rejected
    return {name.surface: name.why for name in rejected}


PLACES = [
    # spellings of one name
    ("Saraqeb was shelled overnight.", None, ["Saraqib (Idlib, SY)"]),
    ("Edleb: dozens dead.", None, ["Idlib (SY)"]),
    ("Shells fell on Ma'arrat Misrin and Kafranbel.", None, ["Maarat Misrin (Idlib, SY)", "Kafr Nabl (Idlib, SY)"]),
    ("Jets hit Maaret al-Nouman in Syria.", None, ["Maarat al-Numan (Idlib, SY)", "Syria (SY)"]),
    ("Air strikes on Idlib-based factions.", None, ["Idlib (SY)"]),
    ("The front of al-Futayra is quiet.", None, ["al-Fatira (Jabal Zawiya, Idlib, SY)"]),
    # other scripts, with particles and case endings
    ("قتل مدنيون في سراقب وبكفرنبل", None, ["Saraqib (Idlib, SY)", "Kafr Nabl (Idlib, SY)"]),
    ("قصف بريف إدلب", None, ["Idlib (SY)"]),
    ("قصف على مدينة #سراقب", None, ["Saraqib (Idlib, SY)"]),
    ("У Харкові загинули троє людей.", None, ["Kharkiv (Kharkiv, UA)"]),
    ("В Куп'янську поранено двох.", None, ["Kupyansk (Kharkiv region, UA)"]),
    ("Обстрел Авдеевки в Украине", None, ["Avdiyivka (Donetsk region, UA)", "Ukraine (UA)"]),
    ("Взрыв в Изюме, Украина", None, ["Izium (Kharkiv region, UA)", "Ukraine (UA)"]),
    ("İdlib'de saldırı: 3 ölü", None, ["Idlib (SY)"]),
    ("Une frappe près d'Idlib a tué trois civils.", None, ["Idlib (SY)"]),
    ("פצועים בירושלים", None, ["Jerusalem (Al Quds, IL)"]),
    ("حمله در حلب و کابل", None, ["Aleppo (SY)", "Kabul (Kabul, AF)"]),
    # homonyms
    ("Sinjar in Iraq was shelled.", None, ["Sinjār (Nineveh, IQ)", "Iraq (IQ)"]),
    ("Tripoli in Lebanon saw clashes.", None, ["Tripoli (Ash Shimāl, LB)", "Lebanon (LB)"]),
    ("Clashes in Tripoli killed three Libyan guards.", None, ["Tripoli (Tripoli (Libya), LY)"]),
    ("Clashes in Tripoli killed three.", "LB", ["Tripoli (Ash Shimāl, LB)"]),
    ("Envoys spoke of the role of Turkey in Syria.", None, ["Turkey (TR)", "Syria (SY)"]),
    ("A shell hit Rafah in Syria.", None, ["Syria (SY)"]),
    ("Georgia and Russia signed a truce.", None, ["Georgia (GE)", "Russia (RU)"]),
    ("Police in Atlanta, Georgia, were called.", None, ["Atlanta (Georgia, US)", "Georgia (US)"]),
    ("Strikes on Gaza killed 20 people.", None, ["Gaza Strip (PS)"]),
    ("Strikes on Gaza killed 20 people, said Israel.", None, ["Gaza Strip (PS)", "Israel (IL)"]),
    ("Floods hit Gaza province in Mozambique.", None, ["Gaza (MZ)", "Mozambique (MZ)"]),
    ("A blast shook Minsk, the capital.", None, ["Minsk (Horad Minsk, BY)"]),
    # a small place and its company
    ("Attack in Djibo, northern Burkina Faso", None, ["Djibo (Sahel (Burkina Faso), BF)", "Burkina Faso (BF)"]),
    ("The village of Harem in Idlib was hit.", None, ["Harim (Idlib, SY)", "Idlib (SY)"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "home", "expected"), PLACES, ids=[text[:40] for text, _, _ in PLACES])
def test_a_name_means_the_right_place(text, home, expected, rulebook):
    assert places(text, rulebook, home) == expected


NO_PLACES = [
    ("Hamas fighters clashed with the army.", "Hamas", "never a place"),
    ("Former prime minister Hama Amadou died.", "Hama", "phrase"),
    ("Ahmed Saraqeb scored twice.", "Saraqeb", "given name"),
    ("Add a pinch of Aleppo pepper.", "Aleppo", "phrase"),
    ("He ordered a Moscow mule.", "Moscow", "phrase"),
    ("A blade of Damascus steel was sold.", "Damascus", "phrase"),
    ("They served chicken Kiev.", "Kiev", "phrase"),
    ("Putin told Russia Today that he would come.", "Russia", "phrase"),
    ("The HASS course began in Syria.", "HASS", "acronym"),
    ("Michael Jordan retired again.", "Jordan", "given name"),
    ("Chad Smith plays the drums.", "Chad", "longer name"),
    ("Gen. Homs inspected the troops.", "Homs", "title"),
    ("Mr Lincoln met Jackson.", "Lincoln", "title"),
]


@pytest.mark.parametrize(("text", "name", "why"), NO_PLACES, ids=[text[:40] for text, _, _ in NO_PLACES])
def test_a_name_that_is_no_place_is_kept_with_the_reason(text, name, why, rulebook):
    assert why in reasons(text, rulebook)[name]
    assert name not in {
        t.surface for t in find_places([tokenise("text", text)], rulebook.knowledge.gazetteer, None).toponyms
    }


@pytest.mark.parametrize(
    "text",
    [
        "Turkish soldiers and Syrian rebels met.",
        "Sherlock Holms solved it.",
        "The Harem restaurant reopened.",
        "She may march in May, said the Police Minister.",
        "Kelly, Mary and Cole had tea.",
    ],
)
def test_peoples_persons_and_words_are_no_places(text, rulebook):
    assert places(text, rulebook) == []


@pytest.mark.parametrize("dateline", ["BEIRUT (Reuters) -", "BEIRUT:", "BEIRUT, 16 Sept. (Reuters) -"])
def test_a_dateline_says_so(dateline, rulebook):
    first, second = find_places(
        [tokenise("text", f"{dateline} Shelling killed three people in Hama on Monday.")],
        rulebook.knowledge.gazetteer,
        None,
    ).toponyms

    assert says_dateline(first.why)
    assert not says_dateline(second.why)


def test_a_place_of_another_province_is_not_taken_for_the_one_that_is_named(rulebook):
    text = "Shells fell on Kafr Nabl in Deir ez-Zor governorate."

    assert "Kafr Nabl (Idlib, SY)" not in places(text, rulebook)


def test_every_surface_stands_where_its_offsets_say(rulebook):
    text = "In Ma'arrat Misrin, al-Futayra, Куп'янську and بكفرنبل, near d'Idlib."

    found = find_places([tokenise("text", text)], rulebook.knowledge.gazetteer, "SY").toponyms

    assert found
    assert all(text[t.start : t.end] == t.surface for t in found)

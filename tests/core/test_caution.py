"""Alerts of rules that ask for care: province, delay, no names; and for the most careful rule of a chat."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.caution import coarse, most_careful, veiled, without_names
from bot.core.composing import compose
from bot.core.messages import render
from bot.core.model import Coarse, Delivery, MessageKind, Place, Reason, Subscriber
from tests.core.reports import NOON
from tests.core.test_composing import outcome
from tests.core.test_messages import ALERT, BINNISH, INCIDENT, RULE

SARAQIB = Place("gn:1", "Tell Mardikh", "settlement", "SY", ("Idlib", "Saraqib"), country_name="Syria")
PROVINCE = Place("gn:2", "Idlib", "admin1", "SY", (), country_name="Syria")
HALF_AN_HOUR = timedelta(minutes=30)
CAREFUL = Delivery(place="admin1", delay=HALF_AN_HOUR, hide_names=True)
QUOTE = "Shells killed two farmers in Binnish, the brother of Omar Haddad told the paper on a call."


@pytest.mark.parametrize(
    ("place", "kind", "shown"),
    [
        (SARAQIB, "admin2", ("Saraqib", "admin2", ("Idlib",))),
        (SARAQIB, "admin1", ("Idlib", "admin1", ())),
        (SARAQIB, "country", ("Syria", "country", ())),
        (BINNISH, "admin2", ("Idlib", "admin1", ())),
        (PROVINCE, "admin2", ("Idlib", "admin1", ())),
        (PROVINCE, "admin1", ("Idlib", "admin1", ())),
        (PROVINCE, "country", ("Syria", "country", ())),
    ],
)
def test_a_place_is_told_no_finer_than_asked(place: Place, kind: Coarse, shown):
    told = coarse(place, kind)

    assert told is not None
    assert (told.name, told.kind, told.admin) == shown


def test_no_place_stays_no_place():
    assert coarse(None, "admin1") is None


def test_a_quote_loses_every_word_with_a_capital_and_a_script_without_capitals_all_of_it():
    assert without_names(QUOTE) == "… killed two farmers in …, the brother of … told the paper on a call."
    assert without_names("قتل مدنيان في بنش") == ""
    assert without_names("Shells fell on Binnish: https://t.me/binnish_news #binnish @omar_haddad") == "… fell on …: …"
    assert without_names("shells fell on binnish, nobody writes capitals here") == ""
    assert without_names("Shells fell, قتل مدنيان") == ""


@given(st.text())
@example(quote="a🄰")
def test_what_is_left_of_a_quote_has_no_capitals(quote):
    assert not any(letter.isupper() for letter in without_names(quote))


def test_the_most_careful_of_several_rules_counts():
    assert most_careful([CAREFUL, Delivery(place="country"), Delivery(delay=timedelta(hours=2))]) == Delivery(
        "country", timedelta(hours=2), hide_names=True
    )
    assert most_careful([]) == Delivery()


def careful_incident():
    return replace(INCIDENT, quote=QUOTE, rules=frozenset({"idlib", "quiet"}), careful=(("quiet", CAREFUL),))


def test_the_message_of_a_careful_rule_names_the_province_and_nobody():
    rule = replace(RULE, id="quiet", delivery=CAREFUL)
    alert = replace(ALERT, rule=rule, incident=careful_incident())

    (message,) = compose(outcome(alert), [Subscriber(1, "quiet")], {}, NOON)

    assert message.delay == HALF_AN_HOUR
    assert "<b>Idlib (Syria)</b>" in message.text.html
    assert "1 source" in message.text.html
    assert message.text.link == ""
    for hidden in ("Binnish", "Omar", "Haddad", "Market shelled", "The Paper", "news.example"):
        assert hidden not in message.text.html
        assert hidden not in message.text.plain


def test_a_chat_without_the_careful_rule_hears_all_at_once():
    alert = replace(ALERT, incident=careful_incident())

    listening = [Subscriber(1, "idlib"), Subscriber(2, "idlib"), Subscriber(2, "quiet")]

    plain, quiet = compose(outcome(alert), listening, {}, NOON)

    assert (plain.chat_id, plain.delay) == (1, timedelta(0))
    assert "Binnish" in plain.text.html
    assert (quiet.chat_id, quiet.delay) == (2, HALF_AN_HOUR)
    assert "Binnish" not in quiet.text.html


def test_a_village_corrected_within_the_province_that_is_told_is_no_reply():
    moved = replace(ALERT, reason=Reason.CORRECTED, incident=careful_incident(), said_killed=15, said_place=SARAQIB)

    told = list(compose(outcome(moved), [Subscriber(1, "idlib"), Subscriber(1, "quiet")], {"i1": {1}}, NOON))

    assert [(m.kind, m.silent) for m in told] == [(MessageKind.EDIT, True)]


def test_nothing_is_veiled_where_no_rule_asks_for_it():
    assert veiled(INCIDENT, Delivery(delay=HALF_AN_HOUR)) is INCIDENT
    assert render(veiled(INCIDENT, Delivery()), [ALERT]) == render(INCIDENT, [ALERT])

"""Who is told what of an incident, loudly or not, now or later: one message for a chat, and its sequels."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.composing import compose
from bot.core.model import (
    Alert,
    ChatSettings,
    Delivery,
    Message,
    MessageKind,
    Mute,
    MuteKind,
    Narrowed,
    Outcome,
    Preferences,
    QuietHours,
    Reading,
    Reason,
    Rhythm,
    Severity,
    Subscriber,
    Told,
    ToldRule,
)
from bot.core.preferences import held_until
from bot.tongues import tongue
from tests.core.reports import NOON
from tests.core.test_messages import ALERT, INCIDENT, REPORT, RULE


def outcome(*alerts: Alert) -> Outcome:
    told = Told("r1", "", "", NOON, ("i1",))
    return Outcome(REPORT, Reading(REPORT, "en"), alerts[0].reason, told, (alerts[0].incident,), alerts)


def messages(alerts: list[Alert], living: dict[str, frozenset[int]], *subscribers: Subscriber):
    return [(m.chat_id, m.kind) for m in compose(outcome(*alerts), subscribers, living, NOON)]


def test_a_chat_gets_one_message_for_an_incident_whatever_its_rules():
    other = replace(ALERT, rule=replace(RULE, id="syria", title="Syria"), severity=Severity.NORMAL)

    found = list(compose(outcome(ALERT, other), [Subscriber(7, "idlib"), Subscriber(7, "syria")], {}, NOON))

    assert [(m.chat_id, m.kind, m.priority) for m in found] == [(7, MessageKind.NEW, Severity.CRITICAL.rank)]
    assert found[0].text.plain.startswith("🔴 Civilian casualties in Idlib, Syria\n")


def test_a_chat_that_has_the_message_gets_an_edit_and_aloud_an_answer():
    quiet = replace(ALERT, reason=Reason.MORE_SOURCES, loud=False)
    loud = replace(ALERT, reason=Reason.TOLL_CHANGED, said_killed=9)
    living = {"i1": frozenset({7})}

    assert messages([quiet], living, Subscriber(7, "idlib")) == [(7, MessageKind.EDIT)]
    assert messages([loud], living, Subscriber(7, "idlib")) == [(7, MessageKind.EDIT), (7, MessageKind.REPLY)]


def test_a_chat_that_came_late_hears_of_a_loud_change_anew_and_of_a_quiet_one_not_at_all():
    quiet = replace(ALERT, reason=Reason.MORE_SOURCES, loud=False)
    loud = replace(ALERT, reason=Reason.TOLL_CHANGED, said_killed=9)

    assert messages([quiet], {}, Subscriber(8, "idlib")) == []
    assert messages([loud], {}, Subscriber(8, "idlib")) == [(8, MessageKind.NEW)]


def test_a_second_rule_makes_no_sound_in_a_chat_that_knows_the_incident():
    assert messages([ALERT], {"i1": frozenset({7})}, Subscriber(7, "idlib")) == [(7, MessageKind.EDIT)]


def test_a_chat_that_listens_to_another_rule_gets_nothing():
    assert messages([ALERT], {}, Subscriber(7, "gaza")) == []


def test_a_report_of_one_rule_does_not_unsay_the_others():
    told = (ToldRule("idlib", "Idlib", Severity.CRITICAL), ToldRule("syria", "Syria", Severity.HIGH))
    incident = replace(INCIDENT, told=told)
    quiet = replace(
        ALERT, rule=replace(RULE, id="syria", title="Syria"), incident=incident, severity=Severity.NORMAL,
        reason=Reason.MORE_SOURCES, loud=False,
    )  # fmt: skip

    both, one = compose(
        outcome(quiet),
        [Subscriber(1, "idlib"), Subscriber(1, "syria"), Subscriber(2, "syria")],
        {"i1": frozenset({1, 2})},
        NOON,
    )

    assert both.text.plain.splitlines()[0] == "🔴 Idlib, Syria"
    assert one.text.plain.splitlines()[0] == "🟡 Syria"


# ---------------------------------------------------------------- what a chat chose
BERLIN = ChatSettings(ZoneInfo("Europe/Berlin"), QuietHours(time(22), time(7)))
NIGHT = NOON.replace(hour=23)  # in Berlin it is midnight
HIGH = replace(ALERT, severity=Severity.HIGH)
LIVING = {"i1": frozenset({7})}


def listener(
    rule: str = "idlib", settings: ChatSettings = BERLIN, mutes: tuple[Mute, ...] = (), **chosen
) -> Subscriber:
    since = NOON - timedelta(days=9)
    return Subscriber(7, rule, since=since, preferences=Preferences(**chosen), settings=settings, mutes=mutes)


def told_to(*listeners: Subscriber, alerts=(HIGH,), living=None, now=NOON, held=None) -> list[Message]:
    return list(compose(outcome(*alerts), listeners, living or {}, now, held or {}))


@pytest.mark.parametrize(
    ("chosen", "is_told"),
    [
        ({"minimum": Severity.HIGH}, True),
        ({"minimum": Severity.CRITICAL}, False),
        ({"minimum_toll": 35}, True),  # 15 killed and at least 20 injured
        ({"minimum_toll": 36}, False),
        ({"rhythm": Rhythm.DAILY}, False),
        ({"place": Narrowed("gn:171451", "Binnish", "settlement")}, True),
        ({"place": Narrowed("gn:164782", "Sarmin", "settlement")}, False),
    ],
)
def test_the_first_message_comes_if_the_incident_is_what_the_chat_asked_for(chosen, is_told):
    assert bool(told_to(listener(**chosen))) is is_told


def test_what_follows_a_first_message_comes_whatever_was_chosen_since():
    risen = replace(HIGH, reason=Reason.TOLL_CHANGED, said_killed=9)
    strict = listener(minimum=Severity.CRITICAL, minimum_toll=50, rhythm=Rhythm.WEEKLY)

    assert [m.kind for m in told_to(strict, alerts=[risen], living=LIVING)] == [MessageKind.EDIT, MessageKind.REPLY]


def test_an_incident_that_grows_into_what_was_asked_for_is_told_then_however_quiet_the_report():
    quiet = replace(HIGH, reason=Reason.MORE_SOURCES, loud=False)

    assert [m.kind for m in told_to(listener(minimum=Severity.HIGH), alerts=[quiet])] == [MessageKind.NEW]
    assert told_to(listener(), alerts=[quiet]) == []
    late = replace(listener(minimum=Severity.HIGH), since=NOON + timedelta(minutes=1))
    assert told_to(late, alerts=[quiet]) == []


def test_of_several_rules_those_that_pass_are_named_and_the_most_severe_of_them_sets_mark_and_topic():
    syria = replace(HIGH, rule=replace(RULE, id="syria", title="Syria"), severity=Severity.NORMAL)
    gaza = replace(ALERT, rule=replace(RULE, id="gaza", title="Gaza"))

    (message,) = told_to(
        listener(topic_id=3),
        listener("syria", topic_id=4),
        listener("gaza", topic_id=5, minimum_toll=50),
        alerts=[HIGH, syria, gaza],
    )

    assert message.text.plain.splitlines()[0] == "🟠 Civilian casualties in Idlib, Syria"
    assert (message.topic_id, message.priority, message.rules) == (3, Severity.HIGH.rank, ("idlib", "syria"))


def test_a_critical_alert_comes_at_once_through_digest_and_quiet_hours_unless_the_chat_forbids_it():
    forbids = replace(BERLIN, critical_passes=False)

    (message,) = told_to(listener(rhythm=Rhythm.DAILY), alerts=[ALERT], now=NIGHT)
    assert (message.delay, message.silent) == (timedelta(0), False)
    assert told_to(listener(settings=forbids, rhythm=Rhythm.DAILY), alerts=[ALERT], now=NIGHT) == []
    (message,) = told_to(listener(settings=forbids), alerts=[ALERT], now=NIGHT)
    assert (message.delay, message.silent) == (timedelta(hours=7), False)


def test_in_quiet_hours_a_first_message_and_an_answer_wait_and_come_without_a_sound_but_an_edit_does_not():
    risen = replace(HIGH, reason=Reason.TOLL_CHANGED, said_killed=9)

    (new,) = told_to(listener(), now=NIGHT)
    edit, reply = told_to(listener(), alerts=[risen], living=LIVING, now=NIGHT)

    assert (new.delay, new.silent) == (timedelta(hours=7), True)
    assert (edit.kind, edit.delay) == (MessageKind.EDIT, timedelta(0))
    assert (reply.kind, reply.delay, reply.silent) == (MessageKind.REPLY, timedelta(hours=7), True)


def test_a_message_that_is_held_back_is_told_anew_instead_of_being_changed():
    risen = replace(HIGH, reason=Reason.TOLL_CHANGED, said_killed=9)

    (message,) = told_to(listener(), alerts=[risen], living=LIVING, held=LIVING, now=NIGHT)

    assert (message.key, message.kind, message.delay) == ("i1:new", MessageKind.NEW, timedelta(hours=7))


def test_what_a_careful_rule_delays_is_not_replaced_or_it_would_be_told_too_soon():
    incident = replace(INCIDENT, careful=(("idlib", Delivery(delay=timedelta(hours=2))),))
    risen = replace(HIGH, incident=incident, reason=Reason.TOLL_CHANGED, said_killed=9)

    told = told_to(listener(), alerts=[risen], living=LIVING, held=LIVING)

    assert [m.kind for m in told] == [MessageKind.EDIT, MessageKind.REPLY]


@pytest.mark.parametrize(("chat", "rules", "silent"), [(True, False, True), (False, True, True), (False, False, False)])
def test_a_chat_or_all_its_rules_may_be_without_sound(chat, rules, silent):
    syria = replace(HIGH, rule=replace(RULE, id="syria", title="Syria"))
    settings = ChatSettings(silent=chat)

    both = [listener("idlib", settings, silent=True), listener("syria", settings, silent=rules)]

    assert told_to(*both, alerts=[HIGH, syria])[0].silent is silent


@pytest.mark.parametrize(
    ("kind", "target", "is_told"),
    [
        (MuteKind.INCIDENT, "i1", False),
        (MuteKind.INCIDENT, "i2", True),
        (MuteKind.RULE, "idlib", False),
        (MuteKind.RULE, "syria", True),
        (MuteKind.PLACE, "gn:171451", False),
        (MuteKind.PLACE, "gn:164782", True),
    ],
)
@pytest.mark.parametrize("living", [{}, LIVING])
def test_a_mute_ends_first_messages_and_what_follows_until_its_time_is_over(kind, target, is_told, living):
    until = NOON + timedelta(hours=1)
    muted = listener(mutes=(Mute(kind, target, until),))

    assert bool(told_to(muted, living=living)) is is_told
    assert told_to(muted, living=living, now=until) != []


def test_a_muted_rule_leaves_the_others_of_the_chat():
    syria = replace(ALERT, rule=replace(RULE, id="syria", title="Syria"), severity=Severity.NORMAL)
    muted = (Mute(MuteKind.RULE, "idlib", NOON + timedelta(hours=1)),)

    (message,) = told_to(listener(mutes=muted), listener("syria", mutes=muted), alerts=[ALERT, syria])

    assert message.text.plain.splitlines()[0] == "🟡 Syria"


def test_where_a_rule_tells_the_province_alone_a_village_asked_for_narrows_nothing():
    incident = replace(INCIDENT, careful=(("idlib", Delivery(place="admin1")),))
    elsewhere = listener(place=Narrowed("gn:164782", "Sarmin", "settlement"))

    assert len(told_to(elsewhere, alerts=[replace(HIGH, incident=incident)])) == 1


# ---------------------------------------------------------------- whatever was chosen
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Gaza", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
SETTINGS = st.builds(
    ChatSettings,
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    quiet=st.none() | st.builds(QuietHours, TIMES, TIMES),
    critical_passes=st.booleans(),
    silent=st.booleans(),
)
CHOSEN = st.builds(
    Preferences,
    minimum=st.sampled_from(Severity),
    place=st.none() | st.sampled_from([Narrowed("gn:171451", "Binnish", "settlement"), Narrowed("x", "X", "region")]),
    minimum_toll=st.sampled_from([0, 5, 35, 36]),
    rhythm=st.sampled_from(Rhythm),
    silent=st.booleans(),
    topic_id=st.none() | st.integers(1, 3),
)
RULES = ["idlib", "syria", "gaza"]
MUTES = st.lists(
    st.builds(Mute, st.sampled_from(MuteKind), st.sampled_from([*RULES, "i1", "gn:171451"]), st.just(NOON)), max_size=2
)


@st.composite
def listening(draw) -> list[Subscriber]:
    """Some chats, each with settings of its own and some of the rules."""
    found = []
    for chat_id in range(draw(st.integers(1, 3))):
        settings, mutes = draw(SETTINGS), tuple(draw(MUTES))
        found += [
            Subscriber(chat_id, rule, "", NOON - timedelta(days=1), draw(CHOSEN), settings, mutes)
            for rule in draw(st.sets(st.sampled_from(RULES), min_size=1))
        ]
    return found


ALERTS = st.lists(
    st.builds(
        lambda rule, severity, reason, loud: replace(
            ALERT, rule=replace(RULE, id=rule, title=rule), severity=severity, reason=reason, loud=loud, said_killed=9
        ),
        st.sampled_from(RULES),
        st.sampled_from(Severity),
        st.sampled_from([Reason.FIRST_REPORT, Reason.TOLL_CHANGED, Reason.MORE_SOURCES]),
        st.booleans(),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda alert: alert.rule.id,
)
HOURS = st.datetimes(NOON.replace(tzinfo=None), NOON.replace(tzinfo=None) + timedelta(days=400))


CHATS = st.sets(st.integers(0, 2))


@given(listening(), ALERTS, HOURS, st.tuples(CHATS, CHATS), st.randoms())
def test_no_chat_hears_twice_and_nothing_hangs_on_the_order_of_subscriptions(subscribers, alerts, hour, chats, random):
    now, held, known = hour.replace(tzinfo=UTC), chats[0], chats[0] | chats[1]
    shuffled = random.sample(subscribers, len(subscribers))

    told, again = (
        list(compose(outcome(*alerts), some, {"i1": known}, now, {"i1": held})) for some in (subscribers, shuffled)
    )

    assert sorted(told, key=repr) == sorted(again, key=repr)
    assert len({(m.chat_id, m.kind) for m in told}) == len(told)
    for message in told:
        first_or_held = message.chat_id in held or message.chat_id not in known
        assert (message.kind is MessageKind.NEW) is first_or_held


@given(listening(), ALERTS, HOURS)
def test_nothing_makes_itself_heard_in_quiet_hours_but_what_may_pass(subscribers, alerts, hour):
    now = hour.replace(tzinfo=UTC)
    settings = {each.chat_id: each.settings for each in subscribers}

    for message in compose(outcome(*alerts), subscribers, {}, now):
        chat = settings[message.chat_id]
        if message.priority != Severity.CRITICAL.rank or not chat.critical_passes:
            assert held_until(chat, now + message.delay) is None
        else:
            assert message.delay == timedelta(0)
        assert message.silent or not chat.silent


# ---------------------------------------------------------------- in which language
BOTH_TOLD = (ToldRule("idlib", "Idlib", Severity.HIGH), ToldRule("syria", "Syria", Severity.CRITICAL))


def languages_of(*listeners: Subscriber, told=BOTH_TOLD, living=None, **changes) -> list[str]:
    incident = replace(INCIDENT, told=told)
    alerts = [
        replace(ALERT, rule=replace(RULE, id=each.id), incident=incident, severity=each.severity, **changes)
        for each in told
    ]
    return [m.text.language for m in compose(outcome(*alerts), listeners, living or {}, NOON, tongue_of=tongue)]


def spoken(rule: str, language: str, chat: str = "en", **chosen) -> Subscriber:
    return replace(listener(rule, language=language, **chosen), language=chat)


def test_a_subscription_is_told_in_its_own_language_and_without_one_in_that_of_the_chat():
    (idlib, _) = BOTH_TOLD

    assert languages_of(spoken("idlib", "ar", chat="fr"), told=(idlib,)) == ["ar"]
    assert languages_of(spoken("idlib", "", chat="fr"), told=(idlib,)) == ["fr"]


def test_of_several_subscriptions_the_most_severe_decides_the_language_and_of_equal_ones_the_first_by_its_id():
    equal = tuple(replace(each, severity=Severity.HIGH) for each in BOTH_TOLD)
    listeners = spoken("idlib", "ar"), spoken("syria", "uk")

    assert languages_of(*listeners) == ["uk"]
    assert languages_of(*listeners, told=equal) == ["ar"]


def test_edits_and_answers_keep_the_language_of_the_message_whatever_a_digest_is_told_in():
    listeners = spoken("idlib", "ar"), spoken("syria", "uk", rhythm=Rhythm.DAILY, minimum=Severity.CRITICAL)
    high = tuple(replace(each, severity=Severity.HIGH) for each in BOTH_TOLD)

    assert languages_of(*listeners, told=high) == ["ar"]
    assert languages_of(
        *listeners, told=high, living=LIVING, reason=Reason.TOLL_CHANGED, said_killed=9
    ) == ["ar", "ar"]  # fmt: skip


def test_a_muted_subscription_has_no_say_in_the_language():
    muted = replace(spoken("syria", "uk"), mutes=(Mute(MuteKind.RULE, "syria", NOON + timedelta(hours=1)),))

    assert languages_of(spoken("idlib", "ar"), muted, living=LIVING, loud=False) == ["ar"]

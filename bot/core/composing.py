"""Which message goes to which chat: a first one, an edit of it, or an edit and an answer.

A newcomer's mistake is to write one message for each rule that holds: a chat gets one for one incident, whatever its
rules. What a message says is for messages.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.caution import careful, coarse, veiled
from bot.core.messages import moved, render, render_change, render_silence
from bot.core.model import (
    Alert,
    ChatSettings,
    Delivery,
    Incident,
    Message,
    MessageKind,
    Outcome,
    Reason,
    Severity,
    Subscriber,
)
from bot.core.preferences import audible, comes_at_once, held_until, is_rule_muted, language_for, passes, wants
from bot.core.silence import Silent
from bot.core.tongue import ENGLISH, Tongue

TongueOf = Callable[[str], Tongue]  # by the language that was chosen, which is empty where none was


def in_english(_: str) -> Tongue:
    return ENGLISH


NOBODY: Mapping[str, Collection[int]] = {}


def compose(
    outcome: Outcome,
    subscribers: Sequence[Subscriber],
    living: Mapping[str, Collection[int]],
    now: datetime,
    held: Mapping[str, Collection[int]] = NOBODY,
    *,
    tongue_of: TongueOf = in_english,
) -> Iterator[Message]:
    """The messages that follow from a report. `living` holds, by incident, the chats that already have its message,
    `held` those of them whose message is still held back; `subscribers` are those of all rules that told of it.

    A chat gets one message for one incident, at the highest severity of its rules that match and that it wants to hear
    of, naming all of them, and as carefully as the most careful of its rules asks, in the language of one of them (see
    `language_for`). What it chose decides about the first message; what follows belongs to that, and only a mute ends
    it.
    """
    for incident in outcome.incidents:
        alerts = [a for a in outcome.alerts if a.incident.id == incident.id]
        for chat_id, own in _by_chat(subscribers).items():
            delivery = careful(incident, {s.rule_id for s in own})
            heard = list(audible(own, incident, now, delivery.place))
            has_living = chat_id in living.get(incident.id, ())
            if not has_living:
                heard = [s for s in heard if _is_told_first(s, incident, alerts, delivery)]
            rules = {s.rule_id for s in heard}
            told = [a for a in alerts if a.rule.id in rules]
            if told:
                is_held = chat_id in held.get(incident.id, ()) and not delivery.delay
                shown = veiled(replace(incident, told=tuple(t for t in incident.told if t.id in rules)), delivery)
                write = _first if is_held or not has_living else _following
                spoken = tongue_of(language_for(heard, incident, delivery.place))
                for message in write(chat_id, shown, _veiled(told, delivery), spoken):
                    yield _addressed(replace(message, delay=delivery.delay), heard, told, now)


def _by_chat(subscribers: Iterable[Subscriber]) -> dict[int, list[Subscriber]]:
    chats: dict[int, list[Subscriber]] = {}
    for each in subscribers:
        chats.setdefault(each.chat_id, []).append(each)
    return chats


def _is_told_first(subscriber: Subscriber, incident: Incident, alerts: Iterable[Alert], delivery: Delivery) -> bool:
    """Does a chat that knows nothing of an incident hear of it now, for one of its subscriptions?

    What it chose may have kept the incident back until a report that is told quietly to others: that is a first one.
    """
    chosen = subscriber.preferences
    kept_back = chosen.narrows and subscriber.since is not None and subscriber.since <= incident.first_seen
    return any(
        (alert.loud or kept_back)
        and comes_at_once(chosen, subscriber.settings, alert.severity)
        and wants(chosen, incident, alert.severity, delivery.place)
        for alert in alerts
        if alert.rule.id == subscriber.rule_id
    )


def _addressed(message: Message, heard: Sequence[Subscriber], told: Sequence[Alert], now: datetime) -> Message:
    """A message with its topic, its sound and its time: those of the most severe of the subscriptions it is told to."""
    severities = {a.rule.id: a.severity for a in sorted(told, key=lambda a: -a.severity.rank)}
    telling = [s for s in heard if s.rule_id in severities]
    first = min(telling, key=lambda s: (severities[s.rule_id].rank, s.rule_id))
    silent = first.settings.silent or all(s.preferences.silent for s in telling)
    told_for = sorted({s.rule_id for s in heard} & (told[0].incident.rules | severities.keys()))
    addressed = replace(message, topic_id=first.preferences.topic_id, rules=tuple(told_for))
    if message.kind is MessageKind.EDIT:
        return addressed  # it makes no sound, and what a chat has is right at any hour
    return timed(replace(addressed, silent=silent), first.settings, severities[first.rule_id], now)


def timed(message: Message, settings: ChatSettings, severity: Severity, now: datetime) -> Message:
    """A message held back until the quiet hours end, if it falls into them and may not pass.

    What was held comes without a sound: it is hours old, and a dozen sounds in one minute teach people to switch all
    of them off. A critical alert that was not let through is still worth one.
    """
    until = None if passes(settings, severity) else held_until(settings, now + message.delay)
    if until is None:
        return message
    held = until - now - message.delay
    return replace(message, delay=until - now, held=held, silent=message.silent or severity is not Severity.CRITICAL)


def _veiled(alerts: Sequence[Alert], delivery: Delivery) -> list[Alert]:
    """The alerts without what may not be shown: title and link of the report, and the exact place it was first put."""
    if delivery.place is None and not delivery.hide_names:
        return list(alerts)
    return [
        replace(a, report=replace(a.report, title="", url=""), said_place=coarse(a.said_place, delivery.place))
        for a in alerts
    ]


def _first(chat_id: int, incident: Incident, alerts: Sequence[Alert], tongue: Tongue) -> Iterator[Message]:
    """The first message of an incident, or what takes its place while it is held back."""
    text = render(incident, alerts, tongue)
    published_at = alerts[0].report.published
    yield Message(
        f"{incident.id}:new",
        chat_id,
        MessageKind.NEW,
        text,
        incident.id,
        _rank(alerts),
        published_at=published_at,
    )


def _following(chat_id: int, incident: Incident, alerts: Sequence[Alert], tongue: Tongue) -> Iterator[Message]:
    """The living message as it is now, and aloud what changed."""
    report, rank = alerts[0].report, _rank(alerts)
    loud = [a for a in alerts if a.loud]
    changed = [a for a in loud if a.reason is not Reason.FIRST_REPORT and _is_seen(a, incident)]
    whole = render(incident, alerts, tongue)
    edit = Message(f"{incident.id}:{report.id}:edit", chat_id, MessageKind.EDIT, whole, incident.id, rank)
    yield edit if changed else replace(edit, silent=True)
    if changed:
        answer = render_change(incident, changed[0], tongue)
        yield Message(f"{incident.id}:{report.id}:reply", chat_id, MessageKind.REPLY, answer, incident.id, rank)


def _rank(alerts: Iterable[Alert]) -> int:
    return min(alert.severity.rank for alert in alerts)


def _is_seen(alert: Alert, incident: Incident) -> bool:
    """Does a correction change anything that is shown? A village moved within the province that is told does not."""
    return alert.reason is not Reason.CORRECTED or moved(alert, incident) or alert.said_killed != incident.said_killed


def told_silence(
    silent: Silent,
    subscribers: Iterable[Subscriber],
    failing_feeds: int,
    now: datetime,
    tongue_of: TongueOf = in_english,
) -> Iterator[Message]:
    """What is said where nothing is heard: once for each silence, to all who listen to its rule.

    Also where a digest was chosen: no digest tells of what was not heard.
    """
    rule, severity = silent.rule, silent.rule.severity[0].severity
    key = f"silence:{rule.id}:{silent.last_at.isoformat()}"
    for each in subscribers:
        chosen = each.preferences
        if each.rule_id == rule.id and severity.rank <= chosen.minimum.rank and not is_rule_muted(each, now):
            message = Message(
                key,
                each.chat_id,
                MessageKind.TELL,
                render_silence(silent, failing_feeds, tongue_of(each.written_in)),
                priority=severity.rank,
                silent=chosen.silent or each.settings.silent,
                topic_id=chosen.topic_id,
                rules=(rule.id,),
            )
            yield timed(message, each.settings, severity, now)

"""Which message goes to which chat: a first one, an edit of it, or an edit and an answer.

A newcomer's mistake is to write one message for each rule that holds: a chat gets one for one incident, whatever its
rules. What a message says is for messages.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from bot.core.caution import careful, coarse, veiled
from bot.core.messages import moved, render, render_change, render_silence
from bot.core.model import Alert, Delivery, Incident, Message, MessageKind, Outcome, Reason, Subscriber
from bot.core.silence import Silent
from bot.core.tongue import ENGLISH, Tongue

TongueOf = Callable[[str], Tongue]  # by the language of a chat, which is empty where it chose none


def in_english(_: str) -> Tongue:
    return ENGLISH


def compose(
    outcome: Outcome,
    subscribers: Sequence[Subscriber],
    living: Mapping[str, Collection[int]],
    tongue_of: TongueOf = in_english,
) -> Iterator[Message]:
    """The messages that follow from a report. `living` holds, by incident, the chats that already have its message;
    `subscribers` those of all rules that told of its incidents.

    A chat gets one message for one incident, at the highest severity, naming all its rules that match, and as
    carefully as the most careful of its rules asks.
    """
    for incident in outcome.incidents:
        alerts = [a for a in outcome.alerts if a.incident.id == incident.id]
        for chat_id in dict.fromkeys(s.chat_id for s in subscribers):
            rules = {s.rule_id for s in subscribers if s.chat_id == chat_id}
            own = [a for a in alerts if a.rule.id in rules]
            if own:
                tongue = tongue_of(next(s.language for s in subscribers if s.chat_id == chat_id))
                delivery = careful(incident, rules)
                shown_ = veiled(replace(incident, told=tuple(t for t in incident.told if t.id in rules)), delivery)
                has_living = chat_id in living.get(incident.id, ())
                for message in _messages(chat_id, shown_, _veiled(own, delivery), tongue, has_living=has_living):
                    yield replace(message, delay=delivery.delay)


def _veiled(alerts: Sequence[Alert], delivery: Delivery) -> list[Alert]:
    """The alerts without what may not be shown: title and link of the report, and the exact place it was first put."""
    if delivery.place is None and not delivery.hide_names:
        return list(alerts)
    return [
        replace(a, report=replace(a.report, title="", url=""), said_place=coarse(a.said_place, delivery.place))
        for a in alerts
    ]


def _messages(
    chat_id: int, incident: Incident, alerts: Sequence[Alert], tongue: Tongue, *, has_living: bool
) -> Iterator[Message]:
    report, severity = alerts[0].report, min((a.severity for a in alerts), key=lambda s: s.rank)
    loud = [a for a in alerts if a.loud]
    whole = render(incident, alerts, tongue)
    if not has_living:
        if loud:
            yield Message(f"{incident.id}:new", chat_id, MessageKind.NEW, whole, incident.id, severity.rank)
        return
    changed = [a for a in loud if a.reason is not Reason.FIRST_REPORT and _is_seen(a, incident)]
    edit = Message(f"{incident.id}:{report.id}:edit", chat_id, MessageKind.EDIT, whole, incident.id, severity.rank)
    yield edit if changed else replace(edit, silent=True)
    if changed:
        answer = render_change(incident, changed[0], tongue)
        yield Message(
            f"{incident.id}:{report.id}:reply", chat_id, MessageKind.REPLY, answer, incident.id, severity.rank
        )


def _is_seen(alert: Alert, incident: Incident) -> bool:
    """Does a correction change anything that is shown? A village moved within the province that is told does not."""
    return alert.reason is not Reason.CORRECTED or moved(alert, incident) or alert.said_killed != incident.said_killed


def told_silence(
    silent: Silent, subscribers: Iterable[Subscriber], failing_feeds: int, tongue_of: TongueOf = in_english
) -> Iterator[Message]:
    """What is said where nothing is heard: once for each silence, to all who listen to its rule."""
    rule = silent.rule
    key, rank = f"silence:{rule.id}:{silent.last_at.isoformat()}", rule.severity[0].severity.rank
    for subscriber in subscribers:
        if subscriber.rule_id == rule.id:
            text = render_silence(silent, failing_feeds, tongue_of(subscriber.language))
            yield Message(key, subscriber.chat_id, MessageKind.TELL, text, priority=rank)

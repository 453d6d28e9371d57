"""Short ways to say: a report, an incident, what was decided of it, a message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import TypeVar

from bot.core.model import (
    Incident,
    Message,
    MessageKind,
    Outcome,
    Place,
    Reading,
    Reason,
    Rendered,
    Report,
    Severity,
    Source,
    Told,
    Victims,
    at_least,
    exactly,
)
from bot.store import DueMessage, Store

NOW = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=30)
LEASE = 60.0
Given = TypeVar("Given")
Answer = TypeVar("Answer")
PLACE = Place("gn:1", "Binnish", "settlement", "SY", ("Idlib",), 35.9, 36.7, ("gn:2", "gn:3"))


def later(**span: float) -> datetime:
    return NOW + timedelta(**span)


def report(name: str = "one", *, keys: Sequence[str] = (), digest: str = "d1", report_id: str = "") -> Report:
    return Report(
        id=report_id or f"{name}-{digest}",
        title=f"Title of {name}",
        text=f"Text of {name}",
        published=NOW,
        source="The Paper",
        url=f"https://paper.example/{name}",
        guid=name,
        language="ar",
        home="SY",
        tags=("front", "syria"),
        keys=tuple(keys) or (f"link:{name}", f"guid:{name}"),
        digest=digest,
    )


def incident(name: str = "raid", *, last_seen: datetime = NOW) -> Incident:
    return Incident(
        id=name,
        types=frozenset({"civilian-casualties", "air-strike"}),
        place=PLACE,
        victims=Victims.CIVILIAN,
        first_seen=NOW - timedelta(hours=1),
        last_seen=last_seen,
        killed=exactly(15),
        injured=at_least(20),
        casualties=None,
        said_killed=15,
        said_injured=20,
        severity=Severity.CRITICAL,
        quote="قتل 15 مدنيا",
        sources=(Source("one-d1", "The Paper", "https://paper.example/one", NOW, exactly(15)),),
        rules=frozenset({"idlib"}),
    )


def outcome(of: Report, *incidents: Incident, reason: Reason = Reason.FIRST_REPORT) -> Outcome:
    told = Told(of.id, of.digest, f"lead of {of.id}", of.published, tuple(each.id for each in incidents))
    return Outcome(of, Reading(of, of.language), reason, told, incidents)


def message(
    key: str = "m1",
    chat_id: int = 1,
    kind: MessageKind = MessageKind.NEW,
    *,
    incident_id: str | None = "raid",
    priority: int = 2,
) -> Message:
    return Message(key, chat_id, kind, Rendered(f"<b>{key}</b>", key, "https://paper.example"), incident_id, priority)


def tell(key: str = "m1", chat_id: int = 1, *, priority: int = 2) -> Message:
    return message(key, chat_id, MessageKind.TELL, incident_id=None, priority=priority)


def record(store: Store, of: Outcome, *messages: Message, now: datetime = NOW) -> None:
    with store.transaction() as transaction:
        transaction.record(of, messages, now)


def enqueue(store: Store, *messages: Message, now: datetime = NOW) -> None:
    """Put messages in as the service does: with a report that nobody has read before."""
    record(store, outcome(report(" ".join(each.key for each in messages))), *messages, now=now)


def claim(store: Store, now: datetime = NOW, limit: int = 100) -> list[DueMessage]:
    return store.claim_messages(now, limit, LEASE)


def keys(due: Sequence[DueMessage]) -> list[str]:
    return [each.message.key for each in due]


def send_all(store: Store, telegram_id: int | None = 7, now: datetime = NOW) -> list[str]:
    due = claim(store, now)
    for each in due:
        store.message_sent(each.id, telegram_id, now)
    return keys(due)


def at_once(job: Callable[[Given], Answer], givens: Sequence[Given]) -> list[Answer]:
    """Do the job with each of the givens, in threads that start together."""
    start = Barrier(len(givens))

    def run(given: Given) -> Answer:
        start.wait()
        return job(given)

    with ThreadPoolExecutor(len(givens)) as pool:
        return list(pool.map(run, givens))

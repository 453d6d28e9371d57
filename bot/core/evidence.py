"""What has to be kept of a report that told of an incident, and the hash by which a rule's version is known.

A newcomer's mistake is to hash a rule's file: a comment would make another version of it, a moved place none.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from enum import Enum
from hashlib import blake2b, sha256
from typing import Any

from bot.core.model import Alert, Evidence, Finding, Origin, Outcome, Rule

VERSION_BYTES = 8


def evidence_of(outcome: Outcome, origin: Origin, now: datetime) -> Evidence | None:
    """None for a report that tells of no incident: it proves nothing that anybody was told."""
    if not outcome.incidents:
        return None
    report = outcome.report
    return Evidence(
        report_id=report.id,
        recorded_at=now,
        published=report.published,
        source=report.source,
        url=report.url,
        guid=report.guid,
        title=report.title,
        text=report.text,
        sha256=hash_of(report.title, report.text),
        incident_ids=tuple(outcome.incident_ids),
        findings=tuple(_finding(alert) for alert in outcome.alerts),
        origin=origin,
    )


def hash_of(title: str, text: str) -> str:
    """SHA-256 (FIPS 180-4) of a title, an empty line and a text, in UTF-8: anybody can compute it again."""
    return sha256(f"{title}\n\n{text}".encode("utf-8", "replace")).hexdigest()


def _finding(alert: Alert) -> Finding:
    event = alert.event
    return Finding(
        rule_id=alert.rule.id,
        rule_version=version_of(alert.rule),
        incident_id=alert.incident.id,
        reason=alert.reason,
        event=event.type,
        field=event.field,
        start=event.start,
        end=event.end,
        quote=event.quote,
        place_id=event.place.id if event.place else None,
        place=event.place.name if event.place else "",
        killed=event.killed,
        injured=event.injured,
        victims=event.victims,
    )


def version_of(rule: Rule) -> str:
    """The same for as long as the rule asks for the same, wherever it stands; its tests ask for nothing."""
    asked = asdict(replace(rule, where="", tests=()))
    canonical = json.dumps(asked, default=_plain, sort_keys=True, ensure_ascii=True)
    return blake2b(canonical.encode(), digest_size=VERSION_BYTES).hexdigest()


def _plain(value: object) -> Any:
    plain: dict[type, Callable[[Any], Any]] = {
        frozenset: lambda some: sorted(map(str, some)),
        timedelta: timedelta.total_seconds,
    }
    for kind, simplify in plain.items():
        if isinstance(value, kind):
            return simplify(value)
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"{value!r} of a rule has no canonical form")

"""What is kept of a report that told of an incident, so that years later others can check what was said, and when.

A newcomer's mistake is to keep the link alone: pages are edited and vanish, most of all those of a war.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.model.counts import Count, Victims
from bot.core.model.places import Field


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a report was read: the feed, the address that answered for it, what its server said, and the body's hash.

    `body_sha256` is of the feed's body as it came, unpacked; empty where the report came from elsewhere.
    """

    feed: str = ""
    answered: str = ""
    fetched_at: datetime | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Why one rule wanted the report: what it found where, in code points of the field. `rule_version` is its hash."""

    rule_id: str
    rule_version: str
    incident_id: str
    reason: str
    event: str
    field: Field
    start: int
    end: int
    quote: str
    place_id: str | None
    place: str
    killed: Count | None
    injured: Count | None
    victims: Victims | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A report as it was when it told of incidents; `sha256` is of its title, an empty line and its text, in UTF-8."""

    report_id: str
    recorded_at: datetime
    published: datetime
    source: str
    url: str
    guid: str
    title: str
    text: str
    sha256: str
    incident_ids: tuple[str, ...]
    findings: tuple[Finding, ...]
    origin: Origin

"""What people who look closer need of the service: incidents, reports, feeds, files to take away, and being forgotten.

A newcomer's mistake is to answer for the service: what is asked is asked for a chat, which sees what its rules tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.explaining import Explained
from bot.core.model import Acknowledgement, Mute, Reading
from bot.store import FeedHealth, Followed, KeptReport
from bot.telegram.alertdesk import Card


@dataclass(frozen=True, slots=True)
class Told:
    """An incident that a report is part of, and what became of its messages to the chat, oldest first."""

    card: Card
    messages: tuple[Followed, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """What became of one report. `reading` is what it says today; None where a rule of the chat tells it with care.

    `rules` are those of the chat, or where it has none those that the report may concern; what fires comes first.
    `copy_of` is the report that it repeats, `paused_why` empty while the chat is active,
    `muted` what the chat does not want to hear of it now.
    """

    kept: KeptReport
    reading: Reading | None
    rules: tuple[Explained, ...]
    told: tuple[Told, ...]
    copy_of: KeptReport | None = None
    has_rules: bool = True
    paused_why: str = ""
    muted: tuple[Mute, ...] = ()


@dataclass(frozen=True, slots=True)
class Export:
    """Incidents of a period as files: name and content. `count` is how many they are."""

    count: int
    since: datetime
    until: datetime
    files: tuple[tuple[str, bytes], ...] = ()


class LookingDesk(Protocol):
    async def subscriptions(self, chat_id: int) -> frozenset[str]:
        """The ids of the rules the chat listens to."""

    async def incident(self, chat_id: int, short: str) -> Card | None:
        """The incident of a short name, if the chat was told of it or would be by now."""

    async def acknowledged(self, chat_id: int, incident_id: str) -> Sequence[Acknowledgement]:
        """Who sees to it, whoever was first first."""

    async def trace(self, chat_id: int, link: str) -> Trace | None:
        """What became of the report at an address; None if no feed brought it. Reads it anew."""

    async def trace_of(self, chat_id: int, telegram_id: int) -> Trace | None:
        """The same of the report behind a message in the chat; None if that is no alert."""

    async def feeds(self) -> tuple[Sequence[FeedHealth], datetime]:
        """How every feed that is asked is doing at what moment; failing ones first, then silent ones."""

    async def export(self, chat_id: int, reach: timedelta) -> Export:
        """The incidents of the chat's rules that were heard of lately, as carefully as those ask."""

    async def export_between(self, chat_id: int, since: datetime, until: datetime) -> Export:
        """The same of those first told before `until` and last heard of since `since`."""

    async def forget(self, chat_id: int) -> Mapping[str, int]:
        """Erase everything about the chat; how many rows of which table. Empty when nothing was kept of it."""

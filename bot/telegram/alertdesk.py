"""What the buttons under an alert need of the service.

A newcomer's mistake is to ask for an incident alone: every question names the chat, which sees what its rules tell, as
carefully as they ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from bot.core.explaining import Explained
from bot.core.model import Acknowledgement, Incident, Mute, Report, ToldRule, Toponym, Verdict
from bot.core.tongue import Tongue


@dataclass(frozen=True, slots=True)
class Card:
    """An incident as a chat may see it. `rules` are those of the chat that told it, `link` is that of the message.

    `message_id` is the outbox's number of the message it was asked by, 0 where it was asked by none. `language` is the
    one that those rules are told in there, empty where they are told as everything else.
    """

    incident: Incident
    reference: str
    rules: tuple[ToldRule, ...]
    message_id: int = 0
    link: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """Why an incident was told: its report as it is read today, for the rules of the chat that are still in force.

    `names` are the mentions by which the place was found. `report` is None where a rule tells with care, and where it
    is not kept any more.
    """

    rules: tuple[Explained, ...]
    gone: tuple[str, ...] = ()
    names: tuple[Toponym, ...] = ()
    report: Report | None = None
    is_careful: bool = False


class What(StrEnum):
    """What can be muted; the values are those of the store."""

    INCIDENT = "incident"
    PLACE = "place"
    RULE = "rule"


class AlertDesk(Protocol):
    async def card(self, chat_id: int, message_id: int, telegram_id: int) -> Card | None:
        """The incident of a message of the outbox; None unless the chat has that message under Telegram's number."""

    def tongue_of(self, card: Card, asked_in: Tongue) -> Tongue:
        """The tongue that an alert is told in, by the clock of who asked."""

    async def why(self, card: Card) -> Why:
        """Reads the report anew, which takes some milliseconds."""

    async def mute(
        self, chat_id: int, what: What, card: Card, *, rule_id: str, span: timedelta, who: str, tongue: Tongue
    ) -> Mute:
        """What the chat now hears nothing of, listed by its name in this language. LookupError when there is nothing
        of that kind to mute.
        """

    async def unmute(self, chat_id: int, mute_id: int) -> Mute | None:
        """The mute that ended with this, if there was one."""

    async def give_feedback(
        self, chat_id: int, card: Card, verdict: Verdict, user_id: int, name: str
    ) -> Verdict | None:
        """What the person had said before."""

    async def acknowledged(self, chat_id: int, incident_id: str) -> Sequence[Acknowledgement]:
        """Who sees to it, whoever was first first."""

    async def acknowledge(self, chat_id: int, incident_id: str, user_id: int, name: str) -> bool:
        """Whether that is new. The living message says so soon."""

    async def take_back(self, chat_id: int, incident_id: str, user_id: int) -> bool:
        """Whether the person had acknowledged it."""

"""What people do about an alert: say that it was wrong, or that they see to it.

A newcomer's mistake is to keep a verdict alone: the incident goes on changing, so feedback holds it as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.model.incidents import Incident
from bot.core.model.reports import Report


class Verdict(StrEnum):
    """What somebody said of an alert. The values stand in the store and in what `tocsin feedback` prints."""

    NOT_RELEVANT = "not-relevant"
    WRONG_PLACE = "wrong-place"
    DUPLICATE = "duplicate"
    CORRECT = "correct"


@dataclass(frozen=True, slots=True)
class Feedback:
    """A verdict with all it was about: the report, and the incident and its rules as the chat was told them.

    `name` is what the person is called in Telegram. `report` is None where the store had lost it. `id` is 0 before it
    is stored.
    """

    chat_id: int
    user_id: int
    name: str
    verdict: Verdict
    given_at: datetime
    incident: Incident
    rules: tuple[str, ...]
    report: Report | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody of a chat who sees to an incident, and since when."""

    user_id: int
    name: str
    given_at: datetime

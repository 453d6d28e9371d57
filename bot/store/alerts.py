"""What is asked and said of alerts that went out: what a button belongs to, verdicts, and who sees to an incident.

A newcomer's mistake is to believe a button: its message must belong to the chat it was tapped in; `shown` asks that.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Engine

from bot.core.model import Acknowledgement, Feedback, Incident, Verdict
from bot.store import feedback, forgetting, incidents, shown
from bot.store import reports as report_rows
from bot.store.engine import DECIDING, reading, take_lock, writing
from bot.store.states import Followed, KeptReport, Shown


class AlertStore:
    """The part of Store that belongs to alerts in chats."""

    _engine: Engine

    def shown(self, chat_id: int, message_id: int, telegram_id: int | None) -> Shown | None:
        """A message of the outbox on an incident that is in this chat, under this number of Telegram's."""
        with reading(self._engine) as connection:
            return shown.shown(connection, chat_id, message_id, telegram_id)

    def shown_as(self, chat_id: int, telegram_id: int) -> Shown | None:
        """The last message on an incident that is in this chat under this number of Telegram's."""
        with reading(self._engine) as connection:
            return shown.shown_as(connection, chat_id, telegram_id)

    def followed(self, chat_id: int, incident_id: str) -> list[Followed]:
        """What became of each message on an incident to a chat, oldest first."""
        with reading(self._engine) as connection:
            return shown.followed(connection, chat_id, incident_id)

    # ---------------------------------------------------------------- incidents and reports
    def incident(self, incident_id: str) -> Incident | None:
        with reading(self._engine) as connection:
            return next(iter(incidents.named(connection, [incident_id])), None)

    def incident_referred_to(self, short: str) -> Incident | None:
        """The incident of a short name, as `references.reference` makes them."""
        with reading(self._engine) as connection:
            return incidents.referred_to(connection, short)

    def report(self, report_id: str) -> KeptReport | None:
        with reading(self._engine) as connection:
            return report_rows.kept(connection, report_id)

    def report_named(self, key: str, url: str) -> KeptReport | None:
        """The newest report that came under one of its keys, or else under an address."""
        with reading(self._engine) as connection:
            return report_rows.kept_named(connection, key, url)

    # ---------------------------------------------------------------- what people do about them
    def give_feedback(self, given: Feedback) -> None:
        """Instead of what the same person said of the same incident before."""
        with writing(self._engine) as connection:
            feedback.give(connection, given)

    def verdict_of(self, chat_id: int, incident_id: str, user_id: int) -> Verdict | None:
        """What a person said of an incident."""
        with reading(self._engine) as connection:
            return feedback.verdict_of(connection, chat_id, incident_id, user_id)

    def feedback(self) -> list[Feedback]:
        """All verdicts, oldest first."""
        with reading(self._engine) as connection:
            return feedback.all_given(connection)

    def acknowledged(self, chat_id: int, incident_id: str) -> tuple[Acknowledgement, ...]:
        """Who sees to an incident, whoever was first first."""
        with reading(self._engine) as connection:
            return feedback.acknowledged(connection, chat_id, incident_id)

    def acknowledge(self, chat_id: int, incident_id: str, by: Acknowledgement) -> bool:
        """Whether that is new. The living message is shown again, with it."""
        with writing(self._engine) as connection:
            is_new = feedback.acknowledge(connection, chat_id, incident_id, by)
            if is_new:
                shown.show_again(connection, chat_id, incident_id, by.given_at)
            return is_new

    def take_back(self, chat_id: int, incident_id: str, user_id: int, now: datetime) -> bool:
        """Whether the person had acknowledged it. The living message is shown again, without it."""
        with writing(self._engine) as connection:
            had = feedback.take_back(connection, chat_id, incident_id, user_id)
            if had:
                shown.show_again(connection, chat_id, incident_id, now)
            return had

    # ---------------------------------------------------------------- the end
    def forget_chat(self, chat_id: int) -> Mapping[str, int]:
        """Erase everything about a chat, and of a private one all that its person said elsewhere; rows by table."""
        with writing(self._engine) as connection:
            take_lock(connection, DECIDING)  # or a message for it could be recorded meanwhile
            return forgetting.forget(connection, chat_id)

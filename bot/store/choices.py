"""Chats as the store keeps them: what each listens to, what it chose, and what it does not want to hear for a while.

A newcomer ends a subscription and is done: what it has in the outbox is taken back in the same transaction.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.core.caution import careful
from bot.core.model import ChatSettings, Message, Mute, MuteKind, Preferences, Rhythm, Severity, Subscriber
from bot.core.preferences import due_again, hushes_place
from bot.store import access, digests, feedback, incidents, outbox, preferences, settling, subscriptions
from bot.store.digests import ToldDigest
from bot.store.engine import DECIDING, take_lock


class Choices(ABC):
    """The part of the store that is about chats."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Connection]: ...

    # ---------------------------------------------------------------- what it listens to
    def subscribe(
        self, chat_id: int, rule_id: str, now: datetime, topic_id: int | None = None, *, language: str = ""
    ) -> bool:
        """Whether that is new. A paused chat stays paused. Alerts go to the forum topic in which it was asked, in the
        language in which it was asked unless the chat chose one.
        """
        with self._writing() as connection:
            return subscriptions.subscribe(connection, chat_id, rule_id, now, topic_id, language=language)

    def unsubscribe(self, chat_id: int, rule_id: str, now: datetime) -> bool:
        """Whether the chat was subscribed. What of it has not gone out is taken back."""
        with self._writing() as connection:
            take_lock(connection, DECIDING)  # or a message could be recorded for it meanwhile
            left = subscriptions.unsubscribe(connection, chat_id, rule_id, now)
            wanted = subscriptions.rules_of(connection, chat_id)
            outbox.take_back(connection, chat_id, lambda each: _is_told_for_none(each, wanted), now)
            return left

    def unsubscribe_all(self, chat_id: int) -> int:
        """How many subscriptions ended; what was chosen of them is forgotten."""
        with self._writing() as connection:
            return subscriptions.unsubscribe_all(connection, chat_id)

    def rules_of(self, chat_id: int) -> frozenset[str]:
        with self._reading() as connection:
            return subscriptions.rules_of(connection, chat_id)

    def subscribers(self, rule_ids: Collection[str], now: datetime) -> list[Subscriber]:
        """Who listens to any of the rules, in active chats alone."""
        with self._reading() as connection:
            return subscriptions.subscribers(connection, rule_ids, now)

    def digest_subscribers(self, rhythm: Rhythm, now: datetime) -> list[Subscriber]:
        """Whose alerts are told together, daily or weekly, each with the time zone of its chat; active chats alone."""
        with self._reading() as connection:
            return subscriptions.with_rhythm(connection, rhythm, now)

    def told_digests(self) -> dict[tuple[int, Rhythm], ToldDigest]:
        """What each chat was told last in digests."""
        with self._reading() as connection:
            return digests.told(connection)

    def seat_digests(
        self, wanted: Collection[tuple[int, Rhythm]], new: Mapping[tuple[int, Rhythm], ToldDigest]
    ) -> None:
        """From where those begin who are new; all but `wanted` are forgotten."""
        with self._writing() as connection:
            digests.keep_only(connection, wanted)
            digests.put(connection, new)

    def tell_digest(
        self, chat_id: int, rhythm: Rhythm, told: ToldDigest, messages: Sequence[Message], now: datetime
    ) -> None:
        """Queue a digest, and remember that it was told: both or none."""
        with self._writing() as connection:
            digests.put(connection, {(chat_id, rhythm): told})
            outbox.add(connection, messages, now, timedelta(0))

    def alerts_sent(self, chat_id: int, since: datetime, until: datetime) -> int:
        """How many incidents a chat was told of in that time, each in a message of its own."""
        with self._reading() as connection:
            return digests.alerts_sent(connection, chat_id, since, until)

    def subscriptions_of(self, chat_id: int, now: datetime) -> list[Subscriber]:
        """What a chat listens to, paused or not, with what it chose."""
        with self._reading() as connection:
            return subscriptions.of_chat(connection, chat_id, now)

    def prefer(self, chat_id: int, rule_id: str, chosen: Preferences) -> bool:
        """Whether the chat listens to the rule, so that it can choose what of it."""
        with self._writing() as connection:
            return subscriptions.prefer(connection, chat_id, rule_id, chosen)

    # ---------------------------------------------------------------- how it is written to
    def language_of(self, chat_id: int) -> str:
        """Empty for a chat that chose none."""
        with self._reading() as connection:
            return subscriptions.language_of(connection, chat_id)

    def speak(self, chat_id: int, language: str, now: datetime) -> None:
        """From now on the chat is written to in this language."""
        with self._writing() as connection:
            subscriptions.speak(connection, chat_id, language, now)

    def settings_of(self, chat_id: int) -> ChatSettings:
        with self._reading() as connection:
            return preferences.settings_of(connection, chat_id)

    def choose_settings(self, chat_id: int, chosen: ChatSettings, now: datetime) -> None:
        """What is held back for quiet hours comes when the new ones end, or now if there are none."""

        def due_at(priority: int, since: datetime) -> datetime:
            severity = next((each for each in Severity if each.rank == priority), Severity.NORMAL)
            return due_again(chosen, severity, since)

        with self._writing() as connection:
            take_lock(connection, DECIDING)
            preferences.choose_settings(connection, chat_id, chosen, now)
            outbox.retime(connection, chat_id, due_at, now)

    # ---------------------------------------------------------------- mutes
    def mute(self, chat_id: int, asked: Mute, now: datetime) -> int:
        """The number by which it is taken back. What of it has not gone out is taken back at once.

        What is muted already is muted as it is asked now.
        """
        with self._writing() as connection:
            take_lock(connection, DECIDING)
            number = preferences.mute(connection, chat_id, replace(asked, muted_at=now))
            _take_back_muted(connection, chat_id, asked, now)
            return number

    def unmute(self, chat_id: int, mute_id: int, now: datetime) -> Mute | None:
        """The mute that ends with this, if the chat has such a one and it has not ended by itself."""
        with self._writing() as connection:
            return preferences.unmute(connection, chat_id, mute_id, now)

    def mutes_of(self, chat_id: int, now: datetime) -> tuple[Mute, ...]:
        """Those that have not ended, the next to end first."""
        with self._reading() as connection:
            return preferences.mutes_of(connection, chat_id, now)

    # ---------------------------------------------------------------- chats that go, come back and move
    def resume_chat(self, chat_id: int, now: datetime) -> None:
        """The chat spoke to us: if it was paused, it is active again."""
        with self._writing() as connection:
            subscriptions.resume(connection, chat_id, now)

    def paused_why(self, chat_id: int) -> str:
        """Empty for a chat that is active, or not known."""
        with self._reading() as connection:
            return subscriptions.paused_why(connection, chat_id)

    def pause_chat(self, chat_id: int, why: str, now: datetime) -> None:
        """Stop writing to the chat: its subscriptions are kept, its waiting messages given up for the same reason."""
        with self._writing() as connection:
            subscriptions.pause(connection, chat_id, why, now)
            settling.give_up_chat(connection, chat_id, why, now)

    def move_chat(self, old_chat_id: int, new_chat_id: int, now: datetime) -> None:
        """The group became a supergroup: subscriptions and messages go along, and what both have counts once."""
        with self._writing() as connection:
            take_lock(connection, DECIDING)  # or the same message could be recorded for the new chat meanwhile
            subscriptions.move(connection, old_chat_id, new_chat_id, now)
            digests.move(connection, old_chat_id, new_chat_id)
            access.move(connection, old_chat_id, new_chat_id)
            outbox.move(connection, old_chat_id, new_chat_id, now)
            feedback.move(connection, old_chat_id, new_chat_id)

    def lose_topic(self, message_id: int, chat_id: int, topic_id: int) -> None:
        """The topic was deleted: what was for it goes to the chat, and the message that found it out says so."""
        with self._writing() as connection:
            subscriptions.lose_topic(connection, chat_id, topic_id)
            outbox.lose_topic(connection, message_id, chat_id, topic_id)

    # ---------------------------------------------------------------- channels
    def add_channel(self, chat_id: int, title: str, now: datetime) -> None:
        """The bot may write to the channel."""
        with self._writing() as connection:
            preferences.add_channel(connection, chat_id, title, now)

    def remove_channel(self, chat_id: int) -> None:
        """It may not any more."""
        with self._writing() as connection:
            preferences.remove_channel(connection, chat_id)

    def channels(self) -> Mapping[int, str]:
        """The titles of the channels that the bot may write to, by chat; the latest first."""
        with self._reading() as connection:
            return preferences.channel_titles(connection)


def _is_told_for_none(message: outbox.Withdrawable, wanted: Collection[str]) -> bool:
    """Is a message told for rules, and the chat wants to hear of none of them?"""
    return bool(message.rules) and message.rules.isdisjoint(wanted)


def _take_back_muted(connection: Connection, chat_id: int, asked: Mute, now: datetime) -> None:
    match asked.kind:
        case MuteKind.RULE:
            muted = {m.target for m in preferences.mutes_of(connection, chat_id, now) if m.kind is MuteKind.RULE}
            outbox.take_back(connection, chat_id, lambda each: bool(each.rules) and each.rules <= muted, now)
        case MuteKind.INCIDENT:
            outbox.take_back(connection, chat_id, lambda each: each.incident_id == asked.target, now)
        case MuteKind.PLACE:
            own = subscriptions.rules_of(connection, chat_id)
            waiting = {
                each.id: each for each in incidents.named(connection, outbox.waiting_incidents(connection, chat_id))
            }

            def lies_there(each: outbox.Withdrawable) -> bool:
                incident = waiting.get(each.incident_id or "")
                return incident is not None and hushes_place(asked, incident, careful(incident, own | each.rules).place)

            outbox.take_back(connection, chat_id, lies_there, now)

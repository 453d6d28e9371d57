"""What choosing in Telegram needs of the service: rules as people see them, subscriptions, settings, mutes, channels.

A newcomer's mistake is to check rights here: those who ask have been let in, and may decide for the chat.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.model import ChatSettings, Mute, MuteKind, Narrowed, PlaceKind, Preferences, Subscriber
from bot.core.tongue import Tongue
from bot.telegram.desk import RuleCard


@dataclass(frozen=True, slots=True)
class Fired:
    """How many incidents a rule told of, and an alert of it as plain text: the last one, or one of its own tests'."""

    in_week: int
    in_month: int
    sample: str
    is_real: bool


@dataclass(frozen=True, slots=True)
class Mutable:
    """Something that can be muted: `target` is the id of it, `name` what people call it; of a place also its kind."""

    kind: MuteKind
    target: str
    name: str
    place_kind: PlaceKind | None = None


class RulesDesk(Protocol):
    """Rules, and what chats listen to."""

    async def rules(self) -> Sequence[RuleCard]:
        """The rules one can subscribe to, in the order to show them."""

    async def fired(self, rule_id: str, tongue: Tongue) -> Fired:
        """What a rule of `rules` told of so far."""

    async def listening(self, chat_id: int) -> Sequence[Subscriber]:
        """What the chat listens to, also rules that are no more, with what it chose of each."""

    async def subscribe(self, chat_id: int, rule_id: str, topic_id: int | None, language: str) -> bool:
        """Whether that changed anything. Alerts come in this language if the chat chose none."""

    async def unsubscribe(self, chat_id: int, rule_id: str) -> bool:
        """Whether that changed anything."""

    async def prefer(self, chat_id: int, rule_id: str, chosen: Preferences) -> bool:
        """Whether the chat listens to the rule."""

    async def places_in(self, rule_id: str) -> Sequence[Narrowed]:
        """The provinces and regions that one may narrow a rule down to."""

    async def as_read(self, chosen: Preferences, tongue: Tongue) -> Preferences:
        """The choices with the name of their place as readers of the language know it."""

    async def place_in(self, rule_id: str, asked: str) -> Narrowed:
        """A place that a rule covers. LookupError says what is wrong with it."""


class SettingsDesk(Protocol):
    """How chats are written to, and what they do not want to hear for a while."""

    async def settings(self, chat_id: int) -> ChatSettings: ...

    async def choose(self, chat_id: int, chosen: ChatSettings) -> None: ...

    async def language(self, chat_id: int) -> str:
        """Empty where none was chosen."""

    async def speak(self, chat_id: int, language: str) -> None: ...

    async def zones(self, chat_id: int) -> Sequence[str]:
        """Time zones to offer: those of the countries that the chat listens to, and a few others."""

    async def mutes(self, chat_id: int, tongue: Tongue) -> Sequence[Mute]:
        """What is muted, rules by their titles as readers of the language know them."""

    async def mute(self, chat_id: int, what: Mutable, span: timedelta, by: str) -> Mute: ...

    async def is_heard_all_the_same(self, chat_id: int, place: Narrowed) -> bool:
        """Does a rule of the chat tell less closely than that where something happened? Then no mute of it counts."""

    async def unmute(self, chat_id: int, mute_id: int, tongue: Tongue) -> Mute | None:
        """The mute that ended with this, if there was one."""

    async def told_lately(self, chat_id: int, tongue: Tongue) -> Mapping[str, str]:
        """The incidents that the chat's rules told last, by id, each as a few words."""

    async def place(self, asked: str) -> Narrowed:
        """A place anywhere. LookupError says what is wrong with it."""

    async def local(self, chat_id: int, moment: datetime | None = None) -> datetime:
        """A moment, or now, on the wall of the chat."""


class ChannelsDesk(Protocol):
    """The channels that the bot may write to."""

    async def channels(self) -> Mapping[int, str]:
        """Their titles, by chat; the latest first."""

    async def add_channel(self, chat_id: int, title: str) -> None: ...

    async def remove_channel(self, chat_id: int) -> None: ...

    async def forget(self, chat_id: int) -> Mapping[str, int]:
        """Erase everything about the channel; how many rows of which table."""

    async def allowed(self, chat_id: int, user_id: int) -> bool:
        """Whether this chat or this user may use the bot."""


class ChoosingDesk(RulesDesk, SettingsDesk, ChannelsDesk, Protocol):
    """All of them."""

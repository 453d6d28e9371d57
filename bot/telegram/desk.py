"""What the commands need of the service, which implements it on the store.

Chats are Telegram's ids, negative for groups; nothing here knows of Telegram otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.model import Place, Severity, Titles
from bot.core.tongue import ENGLISH, Tongue


@dataclass(frozen=True, slots=True)
class RuleCard:
    """A rule as people choose it. `severities` are those it may tell with; `places` are the areas that it
    looks at, one for each country, `events` the titles of what kinds of events it is about; none are any.
    """

    id: str
    title: str
    severities: tuple[Severity, ...] = ()
    places: tuple[Place, ...] = ()
    events: tuple[str, ...] = ()
    titles: Titles = ()


class Desk(Protocol):
    async def rules(self) -> Sequence[RuleCard]:
        """The rules one can subscribe to, in the order to show them."""

    async def subscriptions(self, chat_id: int) -> frozenset[str]:
        """The ids of the rules the chat listens to, also of rules that are no more."""

    async def subscribe(self, chat_id: int, rule_id: str, topic_id: int | None = None, language: str = "") -> bool:
        """Whether that changed anything. Alerts go to the forum topic, in this language if the chat chose none."""

    async def resume_chat(self, chat_id: int) -> None:
        """The chat speaks to us (again)."""

    async def heard_from(self, chat_id: int) -> None:
        """The chat speaks to us, so it can be written to; whether it wants to hear is another matter."""

    async def pause_chat(self, chat_id: int, why: str) -> None:
        """The chat does not want us for now; what it listens to is kept."""

    async def move_chat(self, old_chat_id: int, new_chat_id: int) -> None:
        """The group became a supergroup. Told twice, once from each chat."""

    async def status(self, chat_id: int, tongue: Tongue) -> Sequence[str]:
        """Lines of plain text for this chat."""

    async def latest(self, chat_id: int, asked: str, tongue: Tongue = ENGLISH) -> Sequence[str]:
        """The newest incidents of the rules the chat listens to, as entries of plain text; `asked` is the id or a title
        of one of them or a place, or empty. LookupError says what is wrong with a place.
        """

    async def search(self, chat_id: int, words: str, tongue: Tongue = ENGLISH) -> Sequence[str]:
        """Those of them whose quote or place has all these words."""

    async def tongue(self, chat_id: int, preferred: str | None) -> Tongue:
        """The language of a chat; the preferred one, that of the person's own Telegram, where none was chosen."""

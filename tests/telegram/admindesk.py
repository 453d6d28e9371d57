"""The service's side of letting people in and of /admin, kept in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.core.tongue import ENGLISH, Tongue
from bot.telegram.administration import AdminDesk, FeedLine, Probe, User
from bot.telegram.admission import Decided
from tests.telegram.desk import MemoryDesk

CODE = "join-0123456789abcdefABCDEF"
PAPER = "https://paper.example/rss"


class MemoryAdminDesk:
    """Strangers are those of the other desk; chat 9 is the administrator's."""

    def __init__(self, chats: MemoryDesk) -> None:
        self._chats = chats
        self.administrators = frozenset({9})
        self.invites = True
        self.asked: dict[int, str] = {}
        self.standings: dict[int, bool] = {}
        self.known = {PAPER: "The Paper"}
        self.problems: list[str] = []
        self.reloaded = 0
        self.invited: list[tuple[int, int]] = []
        self.drafts: list[str] = []
        self.vouched: list[tuple[int, int]] = []
        self.sent: list[int] = []

    # ---------------------------------------------------------------- who may
    async def allowed(self, chat_id: int, user_id: int) -> bool:
        return user_id in self.administrators or not {chat_id, user_id} & self._chats.strangers

    async def vouch(self, chat_id: int, user_id: int) -> None:
        self.vouched.append((chat_id, user_id))

    async def ask_in(self, chat_id: int, name: str) -> bool:
        return self.asked.setdefault(chat_id, name) is name and chat_id not in self.standings

    async def redeem(self, code: str, chat_id: int, name: str) -> bool:
        if code != CODE:
            return False
        self._chats.strangers.discard(chat_id)
        return True

    async def decide(self, chat_id: int, *, admit: bool, by: int) -> Decided | None:
        if chat_id not in self.asked:
            return None
        changed = chat_id not in self.standings
        if changed:
            self._set(chat_id, admitted=admit)
        return Decided(self.asked[chat_id], self.standings[chat_id], changed)

    async def tongue(self, chat_id: int, preferred: str | None) -> Tongue:
        return ENGLISH

    def _set(self, chat_id: int, *, admitted: bool) -> None:
        self.standings[chat_id] = admitted
        (self._chats.strangers.discard if admitted else self._chats.strangers.add)(chat_id)

    async def users(self) -> Sequence[User]:
        return [
            User(chat_id, name, {True: "admitted", False: "refused", None: "asked"}[self.standings.get(chat_id)], 0)
            for chat_id, name in self.asked.items()
        ]

    async def set_user(self, chat_id: int, *, admitted: bool, by: int) -> Decided | None:
        if chat_id not in self.asked:
            return None
        changed = self.standings.get(chat_id) is not admitted
        self._set(chat_id, admitted=admitted)
        return Decided(self.asked[chat_id], admitted, changed)

    async def invite(self, by: int, uses: int, days: int) -> str:
        self.invited.append((uses, days))
        return CODE

    # ---------------------------------------------------------------- feeds and rules
    async def feeds(self) -> Sequence[FeedLine]:
        return [FeedLine(title, url, "answered 500" if "bad" in url else "") for url, title in self.known.items()]

    async def probe(self, url: str) -> Probe:
        if "page" in url:
            return Probe("", error="not a feed", proposed=PAPER)
        return Probe("The Paper", 12, datetime(2026, 11, 22, 8, 5, tzinfo=UTC))

    async def add_feed(self, url: str, title: str, by: int) -> bool:
        new = url not in self.known
        self.known[url] = title
        return new

    async def remove_feed(self, url: str) -> bool | None:
        return None if url == PAPER else self.known.pop(url, None) is not None

    async def reload_rules(self) -> None:
        self.reloaded += 1

    async def rules_state(self) -> tuple[int, Sequence[str]]:
        return 12, self.problems

    # ---------------------------------------------------------------- messages to all
    async def draft(self, text: str, by: int) -> tuple[int, int]:
        self.drafts.append(text)
        return len(self.drafts), 3

    async def send_all(self, number: int, by: int) -> int | None:
        if number in self.sent:
            return None
        self.sent.append(number)
        return 3


_fits: type[AdminDesk] = MemoryAdminDesk

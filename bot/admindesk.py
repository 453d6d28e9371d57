"""What letting people in and /admin need, done on the store, the rules and the feeds.

A newcomer's mistake is to keep a code that invites: only its digest is stored, so that a stolen backup lets nobody in.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

import aiohttp

from bot.config import Access
from bot.core.links import without_credentials
from bot.core.messages import clean
from bot.core.tongue import Tongue
from bot.feeds.errors import FeedError
from bot.feeds.fetch import Ask as FeedAsk
from bot.feeds.fetch import Limits, Unchanged, fetch
from bot.feeds.parse import Parser
from bot.rulebook import LiveRules
from bot.store import Standing, Store
from bot.store.thread import StoreThread
from bot.telegram.administration import FeedLine, Probe, User
from bot.telegram.admission import Decided
from bot.tongues import Tongues

NOBODY = 0
REQUESTS_IN, MOST_REQUESTS = timedelta(days=1), 50
CODE_BYTES = 16  # 128 bits: nobody guesses one
LONGEST_TITLE, LONGEST_ERROR = 100, 200

log = logging.getLogger(__name__)


class FeedProber:
    """Asks a feed that somebody named, with the guards of all others."""

    def __init__(self, http: aiohttp.ClientSession, parser: Parser, limits: Limits) -> None:
        self._http = http
        self._parser = parser
        self._limits = limits

    async def __call__(self, url: str) -> Probe:
        try:
            answer = await fetch(FeedAsk(url), self._http, self._limits)
            assert not isinstance(answer, Unchanged)  # nothing was known that could be unchanged
            parsed = await self._parser.parse(answer.body, answer.content_type, answer.url)
        except FeedError as error:
            return Probe("", error=clean(str(error), LONGEST_ERROR), proposed=error.proposed)
        newest = max((_aware(entry.published) for entry in parsed.entries if entry.published), default=None)
        title = clean(parsed.title, LONGEST_TITLE) or without_credentials(url)
        return Probe(title, len(parsed.entries), newest)


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


async def enforce(access: Access, store: StoreThread, clock: Callable[[], datetime]) -> None:
    """Pause the chats that may not use the bot by the config as it is now, and say so once; the others hear again."""

    def allows(chat_id: int) -> bool:
        return access.allows(chat_id, chat_id)

    for chat_id in await store(Store.enforce_access, allows, access.administrators, clock()):
        log.warning(
            "chat %s may not use the bot any more: it hears nothing until the config lets it in, an administrator of"
            " the bot admits it or, in a group, says /resume there",
            chat_id,
        )


class StoreGateDesk:
    """Who may use the bot: a GateDesk."""

    def __init__(self, store: StoreThread, access: Access, clock: Callable[[], datetime], tongues: Tongues) -> None:
        self._store = store
        self._access = access
        self._clock = clock
        self._tongues = tongues

    @property
    def administrators(self) -> Collection[int]:
        return self._access.administrators

    async def allowed(self, chat_id: int, user_id: int) -> bool:
        if user_id in self._access.administrators:
            return True
        return await self._is_let_in(chat_id, user_id)

    async def vouch(self, chat_id: int, user_id: int) -> None:
        if chat_id < 0 and user_id in self._access.administrators and not await self._is_let_in(chat_id, NOBODY):
            await self._store(Store.vouch, chat_id, user_id, self._clock())

    async def _is_let_in(self, chat_id: int, user_id: int) -> bool:
        standing = await self._store(Store.standing, chat_id)
        if standing is Standing.REFUSED:
            return False
        if standing is Standing.ADMITTED or self._access.allows(chat_id, user_id):
            return True
        return await self._is_known(chat_id)

    async def _is_known(self, chat_id: int) -> bool:
        """A channel that it was given by somebody who may use it, and a group that had another number when let in."""
        if chat_id > 0:
            return False
        before = await self._store(Store.was, chat_id)
        return (before is not None and self._access.allows(before, 0)) or chat_id in await self._store(Store.channels)

    async def ask_in(self, chat_id: int, name: str) -> bool:
        now = self._clock()
        return await self._store(Store.ask_admission, chat_id, name, now - REQUESTS_IN, MOST_REQUESTS, now)

    async def redeem(self, code: str, chat_id: int, name: str) -> bool:
        if not self._access.invites:
            return False
        return await self._store(Store.redeem, _digest(code), chat_id, name, self._clock())

    async def decide(self, chat_id: int, *, admit: bool, by: int) -> Decided | None:
        return await self._decide(chat_id, admit, by, frozenset({Standing.ASKED}))

    async def _decide(self, chat_id: int, admit: bool, by: int, among: frozenset[Standing]) -> Decided | None:  # noqa: FBT001
        wanted = Standing.ADMITTED if admit else Standing.REFUSED
        found = await self._store(Store.decide_admission, chat_id, wanted, by, self._clock(), among)
        if found is None:
            return None
        admission, changed = found
        if changed and not admit:
            log.warning("chat %s may not use the bot any more, says administrator %s", chat_id, by)
        return Decided(admission.name, admission.standing is Standing.ADMITTED, changed)

    async def tongue(self, chat_id: int, preferred: str | None) -> Tongue:
        return self._tongues.of(await self._store(Store.language_of, chat_id), preferred)


class StoreAdminDesk(StoreGateDesk):
    """An AdminDesk. `reload` reads the rules anew."""

    def __init__(
        self,
        store: StoreThread,
        access: Access,
        clock: Callable[[], datetime],
        tongues: Tongues,
        *,
        rules: LiveRules,
        reload: Callable[[], Awaitable[object]],
        prober: Callable[[str], Awaitable[Probe]],
    ) -> None:
        super().__init__(store, access, clock, tongues)
        self._rules = rules
        self._reload = reload
        self._prober = prober

    @property
    def invites(self) -> bool:
        return self._access.invites

    # ---------------------------------------------------------------- feeds
    async def feeds(self) -> Sequence[FeedLine]:
        return [
            FeedLine(
                clean(feed.title, LONGEST_TITLE),
                without_credentials(feed.url),
                clean(without_credentials(feed.last_error), LONGEST_ERROR),
            )
            for feed in await self._store(Store.feed_states)
            if not feed.paused
        ]

    async def probe(self, url: str) -> Probe:
        return await self._prober(url)

    async def add_feed(self, url: str, title: str, by: int) -> bool:
        return await self._store(Store.add_feed, url, title, by, self._clock())

    async def remove_feed(self, url: str) -> bool | None:
        return await self._store(Store.pause_feed, url)

    # ---------------------------------------------------------------- rules
    async def reload_rules(self) -> None:
        await self._reload()

    async def rules_state(self) -> tuple[int, Sequence[str]]:
        current = self._rules.current
        folder = f"{self._rules.folder}/"
        return len(current.rules), [str(problem).removeprefix(folder) for problem in current.problems]

    # ---------------------------------------------------------------- users
    async def users(self) -> Sequence[User]:
        admissions = await self._store(Store.admissions)
        return [User(each.chat_id, each.name, each.standing.value, each.listens_to) for each in admissions]

    async def set_user(self, chat_id: int, *, admitted: bool, by: int) -> Decided | None:
        return await self._decide(chat_id, admitted, by, frozenset(Standing))

    async def invite(self, by: int, uses: int, days: int) -> str:
        code, now = f"join-{secrets.token_urlsafe(CODE_BYTES)}", self._clock()
        await self._store(Store.invite, _digest(code), by, uses, now + timedelta(days=days), now)
        return code

    # ---------------------------------------------------------------- messages to all
    async def draft(self, text: str, by: int) -> tuple[int, int]:
        return await self._store(Store.draft_broadcast, text, by, self._clock())

    async def send_all(self, number: int, by: int) -> int | None:
        return await self._store(Store.send_broadcast, number, by, self._clock())


def _digest(code: str) -> str:
    return blake2b(code.encode(), digest_size=32).hexdigest()

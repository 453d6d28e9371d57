"""Listens to the hubs of feeds (WebSub): asks them to tell of news, answers them, has feeds polled that they tell of.

What a hub sends is believed to be news, but not read: it only has the feed polled at once. So there is one way into the
bot, through the guard, the limits and the parser's child, whoever learns a secret can make us ask a feed and no more,
and a hub that sends half a feed loses nothing; the price is one conditional request. A newcomer's mistake is to answer
a bad signature with an error: whoever guesses then learns that the guess was wrong (W3C WebSub, 8).
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

import aiohttp
from aiohttp import web

from bot import metrics
from bot.config import Websub
from bot.core.links import without_credentials
from bot.core.model import Push
from bot.feeds.errors import FeedError
from bot.feeds.fetch import Limits, post_form
from bot.feeds.websub import PUSH_PAUSE, Signature, agreed, asked, denied, form_of, is_to_ask
from bot.ops import serve_ops
from bot.store import Listened, Store
from bot.store.thread import StoreThread

MOST_BYTES = 10_000_000  # of a push, as of a feed
MOST_SECONDS = 20.0  # for a push to come in
TOKEN_BYTES = 32
PATH = "/{before:(?:.*/)?}{token}"
AT_ONCE = 5  # hubs asked at the same time
ASKING = Limits(total_seconds=20.0)

log = logging.getLogger(__name__)


class Hubs:
    """`public_url` is where the world reaches the application of `build_hubs`."""

    def __init__(
        self, store: StoreThread, http: aiohttp.ClientSession, public_url: str, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._http = http
        self._callbacks = f"{public_url.rstrip('/')}/"
        self._clock = clock
        self._known: dict[str, Listened] = {}  # by the unguessable end of the callback: strangers never reach the store

    async def remember(self) -> list[Listened]:
        """Know again what was agreed, before anybody calls: a hub that is told "gone" may never call again."""
        feeds = await self._store(Store.listened_feeds)
        self._known = {_token(feed.push): feed for feed in feeds if feed.push is not None}
        return feeds

    async def look(self) -> None:
        """Ask the hubs that are to be asked now. What fails is written down and tried again later."""
        feeds = await self.remember()
        now, free = self._clock(), asyncio.Semaphore(AT_ONCE)
        due = [feed for feed in feeds if feed.asked and is_to_ask(feed.wanted, feed.push, self._callbacks, now)]
        await asyncio.gather(*(self._ask(feed, free) for feed in due))

    async def _ask(self, feed: Listened, free: asyncio.Semaphore) -> None:
        async with free:
            push = asked(self._push_for(feed), self._clock())
            await self._keep(feed, push)
            try:
                await post_form(push.hub.address, form_of(push), self._http, ASKING)
            except FeedError as error:
                log.warning("the hub of %s: %s; it is polled as usual", without_credentials(feed.url), error)
                metrics.pushes.labels("hub-failed").inc()
                await self._keep(feed, replace(self._current(push), error=str(error)))

    def _push_for(self, feed: Listened) -> Push:
        """What is there already, or a new callback and secret: a hub must not learn what another one knows."""
        push = feed.push
        if push is not None and push.hub == feed.wanted and push.callback.startswith(self._callbacks):
            return push
        return Push(
            feed.wanted, self._callbacks + secrets.token_urlsafe(TOKEN_BYTES), secrets.token_urlsafe(TOKEN_BYTES)
        )

    def _current(self, push: Push) -> Push:
        """As it is by now: a hub may have called back while it was asked."""
        known = self._known[_token(push)].push
        assert known is not None
        return known

    async def _keep(self, feed: Listened, push: Push) -> None:
        self._known[_token(push)] = replace(feed, push=push)
        await self._store(Store.put_push, feed.feed_id, push)

    # ---------------------------------------------------------------- what hubs say
    async def answer(self, token: str, query: Mapping[str, str]) -> str | None:
        """The challenge, if we did ask for what a hub wants confirmed; None is a "no"."""
        feed = self._known.get(token)
        if feed is None or feed.push is None or not feed.asked:
            return None
        if (end := denied(feed.push, query)) is not None:
            log.warning("the hub of %s: %s; it is polled as usual", without_credentials(feed.url), end.error)
            await self._keep(feed, end)
            return ""
        push = agreed(feed.push, query, self._clock())
        if push is None:
            return None
        await self._keep(feed, push)
        return query["hub.challenge"]

    def signature(self, token: str, header: str) -> Signature | None:
        """What judges a push to this callback; None where nobody listens there."""
        feed = self._known.get(token)
        return Signature(feed.push.secret, header) if feed and feed.push and feed.asked else None

    async def told(self, token: str) -> None:
        """A push with a good signature came."""
        await self._store(Store.push_told, self._known[token].feed_id, self._clock(), PUSH_PAUSE)


class Reception:
    """Hears the hubs while this process is the one that does: what they agreed with one, another one must not change.

    `holds` says whether it is. Another process, perhaps on another machine, stands by and takes over.
    """

    def __init__(self, hubs: Hubs, at: Websub, holds: Callable[[], bool]) -> None:
        self._hubs = hubs
        self._at = at
        self._holds = holds
        self._runner: web.AppRunner | None = None
        self._waits = False
        self._in_vain = False

    async def open(self) -> None:
        """Begin or end to answer, as this process holds the office or not. OSError when the port is taken."""
        if not self._holds():
            await self.close()
            if not self._waits:
                log.info("another process hears the hubs of feeds; this one does once that is gone")
            self._waits = True
        elif self._runner is None:
            await self._hubs.remember()
            self._runner = await serve_ops(build_hubs(self._hubs), self._at.host, self._at.port)
            self._waits = False

    async def reopen(self) -> None:
        """The same in the midst of the work, where a port that is taken is no reason to stop; it is said once."""
        try:
            await self.open()
        except OSError as error:
            if not self._in_vain:
                log.warning("hubs cannot be heard, and feeds are polled as usual; it is tried again: %s", error)
            self._in_vain = True
        else:
            self._in_vain = False

    async def look(self) -> None:
        """Ask the hubs that are to be asked, if anybody hears what they answer."""
        if self._runner is not None:
            await self._hubs.look()

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        self._runner = None


def _token(push: Push) -> str:
    return push.callback.rpartition("/")[2]


# ---------------------------------------------------------------- over HTTP
def build_hubs(hubs: Hubs) -> web.Application:
    """Answers at any path that ends in a callback's token: what stands before it is the proxy's affair."""

    async def confirm(request: web.Request) -> web.Response:
        challenge = await hubs.answer(request.match_info["token"], request.query)
        if challenge is None:
            raise web.HTTPNotFound
        return web.Response(text=challenge, headers={"X-Content-Type-Options": "nosniff"})

    async def take(request: web.Request) -> web.Response:
        token = request.match_info["token"]
        signature = hubs.signature(token, request.headers.get("X-Hub-Signature", ""))
        if signature is None:
            raise web.HTTPGone  # the specification's word for "stop sending this"
        await _read(request, signature)
        is_good = signature.is_good()
        metrics.pushes.labels("good" if is_good else "bad-signature").inc()
        if is_good:
            await hubs.told(token)
        return web.Response(status=202)

    application = web.Application()
    application.add_routes([web.get(PATH, confirm), web.post(PATH, take)])
    return application


async def _read(request: web.Request, signature: Signature) -> None:
    """Through the signature and away: nothing of a push is kept, so a large one costs no memory."""
    came = 0
    try:
        async with asyncio.timeout(MOST_SECONDS):
            async for piece in request.content.iter_any():
                came += len(piece)
                if came > MOST_BYTES:
                    raise web.HTTPRequestEntityTooLarge(max_size=MOST_BYTES, actual_size=came)
                signature.update(piece)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None

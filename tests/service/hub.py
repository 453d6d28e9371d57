"""A hub of feeds on loopback, as the specification has it, and what the world does to a bot that listens.

A newcomer's mistake is to let it be kind: it refuses, forgets and forges when a test says so.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO

import aiohttp
from aiohttp import web

LEASE_SECONDS = 3600


@dataclass
class FakeHub:
    """`asked` are the forms that came; it verifies each at once, unless `status` says that it is ill."""

    url: str = ""
    status: int = 202
    verifies: bool = True
    asked: list[dict[str, str]] = field(default_factory=list)
    verified: list[bool] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        if self.status == 202 and self.verifies:
            self.verified.append(await self.verify(form))
        return web.Response(status=self.status)

    async def verify(self, form: dict[str, str], **changes: str) -> bool:
        """Ask the subscriber whether it meant it; some hubs do before they answer."""
        question = {
            "hub.mode": form["hub.mode"],
            "hub.topic": form["hub.topic"],
            "hub.challenge": "spring-tide",
            "hub.lease_seconds": str(LEASE_SECONDS),
        } | {f"hub.{name}": value for name, value in changes.items()}
        async with aiohttp.ClientSession() as http, http.get(form["hub.callback"], params=question) as answer:
            return answer.status == 200 and await answer.text() == "spring-tide"

    async def deliver(self, body: bytes, *, secret: str | None = None, callback: str = "", signed: bool = True) -> int:
        """Tell of news as agreed last; the status that comes back."""
        form = self.asked[-1]
        key = (form["hub.secret"] if secret is None else secret).encode()
        signature = f"sha256={hmac.new(key, body, hashlib.sha256).hexdigest()}"
        headers = {"X-Hub-Signature": signature} if signed else {}
        where = callback or form["hub.callback"]
        async with aiohttp.ClientSession() as http, http.post(where, data=BytesIO(body), headers=headers) as answer:
            return answer.status


@asynccontextmanager
async def a_hub() -> AsyncIterator[FakeHub]:
    hub = FakeHub()
    application = web.Application()
    application.add_routes([web.post("/", hub.take)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    hub.url = f"http://{host}:{port}/"
    try:
        yield hub
    finally:
        await runner.cleanup()

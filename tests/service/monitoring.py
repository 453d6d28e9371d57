"""The bot's health as monitoring asks for it."""

from __future__ import annotations

import asyncio
import json
import socket

import aiohttp

from bot.config import Health
from tests.fake_telegram.chats import PATIENCE_SECONDS
from tests.service.house import LOOK_SECONDS


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


async def get(health: Health, path: str) -> tuple[int, str]:
    """Status and body, as soon as the bot serves them."""
    async with asyncio.timeout(PATIENCE_SECONDS), aiohttp.ClientSession() as http:
        while True:
            try:
                async with http.get(f"http://{health.host}:{health.port}{path}") as answer:
                    return answer.status, await answer.text()
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(LOOK_SECONDS)


async def complaints(health: Health) -> list[str]:
    """What the bot says is wrong; the status of the answer must say the same."""
    status, body = await get(health, "/healthz")
    condition = json.loads(body)
    assert (status, condition["ok"]) == ((503, False) if condition["complaints"] else (200, True))
    found: list[str] = condition["complaints"]
    return found

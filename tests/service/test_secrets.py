"""The bot's token, looked for in all that the bot says and keeps while everything goes wrong that can."""

import asyncio
import json
import signal
from pathlib import Path

from bot.config import Health
from tests.fake_telegram import FakeTelegram, HtmlPage, Person, Refuse, ResetAfter, ResetBefore
from tests.fake_telegram.chats import PATIENCE_SECONDS
from tests.fake_telegram.errors import too_many_requests
from tests.feeds.feed_server import answer
from tests.service.house import IDLIB, House, until
from tests.service.monitoring import free_port, get
from tests.service.press import Outlet
from tests.service.processes import environment, python

SARMIN = "Shelling killed 11 villagers in Sarmin before sunrise."
BINNISH = "Air strikes killed four civilians in Binnish after noon prayers."
SARAQIB = "Rockets killed six farmers in Saraqib at dusk."


def write_config(folder: Path, house: House, telegram: FakeTelegram, health: Health) -> None:
    config = {
        "feeds": [{"url": feed.url} for feed in house.feeds],
        "telegram": {"api_url": telegram.root},
        "polling": {
            **dict.fromkeys(("interval", "min_interval", "min_unconditional", "max_interval"), "1s"),
            "allow_private": ["127.0.0.1"],
        },
        "health": {"host": health.host, "port": health.port},
        "near_misses": "never",
    }
    (folder / "config.yaml").write_text(json.dumps(config), encoding="utf-8")  # JSON is YAML


async def go_wrong(telegram: FakeTelegram, ana: Person, orchard: Outlet) -> None:
    """Too many requests, pages of a gateway, lost connections and answers, a server that is away."""
    too_many = Refuse(too_many_requests(1))
    telegram.faults.plan(too_many, "sendMessage")
    ana.says("/start")
    ana.says(f"/start {IDLIB}")
    await until(lambda: telegram.calls("sendMessage"))
    telegram.faults.plan(too_many, "sendMessage")
    telegram.faults.plan(HtmlPage(), "getUpdates")
    orchard.publishes(SARMIN)
    await until(lambda: told(telegram, "Sarmin"))
    telegram.faults.plan(ResetAfter(), "sendMessage")
    telegram.faults.plan(ResetBefore(), "getUpdates")
    orchard.publishes(BINNISH)
    await until(lambda: told(telegram, "Binnish"))
    await telegram.stop()
    ana.says("/status")
    await asyncio.sleep(1.0)
    await telegram.start()
    await until(lambda: told(telegram, "Tocsin"))


def told(telegram: FakeTelegram, word: str) -> bool:
    return any(word in call["text"] for call in telegram.calls("sendMessage"))


def kept_in(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


async def test_the_token_is_in_no_log_page_or_file_whatever_goes_wrong(
    house: House, telegram: FakeTelegram, ana: Person, tmp_path: Path
):
    orchard, health = await house.outlet("Orchard Post"), Health(port=free_port())
    await house.page(answer(b"500 Oops"))
    await house.page(answer(body=b"<rss><channel>"))
    write_config(tmp_path, house, telegram, health)
    env, said = environment(TELEGRAM_BOT_TOKEN=telegram.token), tmp_path / "said"
    good, pages = telegram.token, []
    house.subscribe(ana.chat)
    async with python(["-m", "bot", "run", "--log-level", "debug"], said, env, cwd=tmp_path) as process:
        await until(lambda: telegram.calls("getUpdates"))
        await go_wrong(telegram, ana, orchard)
        telegram.token = "1:another"
        orchard.publishes(SARAQIB)
        await until(lambda: "refuses the bot's token" in said.read_text(encoding="utf-8"))
        pages = [body for _, body in [await get(health, path) for path in ("/metrics", "/healthz")]]
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), PATIENCE_SECONDS) == 0

    words = said.read_text(encoding="utf-8")
    assert " DEBUG telegram" in words
    assert "Traceback" in words
    assert "tocsin_messages_total" in pages[0]
    secret = good.partition(":")[2]
    kept = kept_in(tmp_path)
    assert "tocsin.db" in kept
    assert [name for name, content in kept.items() if secret.encode() in content] == []
    assert [page for page in pages if secret in page] == []

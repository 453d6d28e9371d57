"""What somebody reads who looks into the log: what runs, what is wrong in a line each, and no library's tracebacks."""

from __future__ import annotations

import asyncio
import json
import signal
from datetime import timedelta
from pathlib import Path

from tests.fake_telegram import FakeTelegram, HtmlPage, Person, Refuse
from tests.fake_telegram.chats import PATIENCE_SECONDS
from tests.fake_telegram.errors import too_many_requests
from tests.service.house import House, until
from tests.service.processes import environment, python

SARMIN = "Shelling killed 11 villagers in Sarmin before sunrise."
CONFIG = """\
feeds: [{{url: '{feed}', home: SY}}]
telegram: {{api_url: '{telegram}'}}
polling: {{allow_private: [127.0.0.1]}}
"""


async def test_a_storm_of_telegrams_is_a_line_for_each_message_and_no_traceback(
    house: House, telegram: FakeTelegram, ana: Person, tmp_path: Path
):
    orchard = await house.outlet("Orchard Post")
    bo = telegram.person(8, "Bo")
    house.subscribe(ana.chat, bo.chat)
    article = orchard.publishes(SARMIN, age=timedelta(minutes=1))
    telegram.faults.plan(HtmlPage(502), "sendMessage")
    telegram.faults.plan(Refuse(too_many_requests(1)), "sendMessage")
    (tmp_path / "config.yaml").write_text(CONFIG.format(feed=orchard.feed.url, telegram=telegram.root))
    said, env = tmp_path / "said", environment(TELEGRAM_BOT_TOKEN=telegram.token)
    async with python(["-m", "bot", "run", "--log-format", "json"], said, env, tmp_path) as process:
        for person in (ana, bo):
            assert "Sarmin" in (await person.hears())["text"]
        await until(lambda: orchard.asked_with)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), PATIENCE_SECONDS) == 0

    told = [json.loads(line) for line in said.read_text().splitlines()]
    messages = [each["message"] for each in told]
    assert (
        "runs as all; feeds in the config: 1, live rules: "
        in messages[[each["logger"] for each in told].index("bot.running")]
    )
    waits = [each for each in messages if "waits until" in each]
    assert [f" to chat {person.id} " in "".join(waits) for person in (ana, bo)] == [True, True]
    assert len(waits) == 2
    assert any(each.endswith(", by idlib-civilian-casualties") for each in messages)
    assert "Traceback" not in said.read_text()
    assert not [each["logger"] for each in told if each["logger"].partition(".")[0] in ("alembic", "telegram")]
    assert article.text not in said.read_text()

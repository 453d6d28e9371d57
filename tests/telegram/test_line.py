"""The line to Telegram when its token is revoked, restored or exchanged, without a restart of the process."""

import asyncio

import pytest

from bot.outbox import Unauthorized
from bot.telegram.application import Seen, build_application
from bot.telegram.line import Line
from tests.fake_telegram.server import TOKEN
from tests.telegram.samples import due

NEW_TOKEN = "1234567:BBFakeTokenFakeTokenFakeTokenFakeTok"


class Written:
    """What the line says of itself, in order."""

    def __init__(self):
        self.said = []

    def token_refused(self):
        self.said.append("refused")

    def token_accepted(self):
        self.said.append("accepted")

    def token_contested(self):
        self.said.append("contested")


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch):
    monkeypatch.setattr("bot.telegram.line.RECHECK_SECONDS", 0.02)
    monkeypatch.setattr("bot.telegram.polling.watch_token.__defaults__", (0.02, asyncio.sleep))


@pytest.fixture
def tokens():
    """The token as it stands in the file: the last one."""
    return [TOKEN]


@pytest.fixture
def written():
    return Written()


@pytest.fixture
async def line(telegram, desk, tokens, written):
    seen = Seen()
    kept = Line(
        lambda token: build_application(token, telegram.url, desk, seen), lambda: tokens[-1], telegram.url, written
    )
    keeping = asyncio.create_task(kept.keep())
    yield kept
    keeping.cancel()
    await asyncio.wait([keeping])
    await kept.close()


async def test_a_token_that_is_revoked_and_restored_is_heard_and_sent_with_again(
    telegram, line, written, ana, caplog, until
):
    await until(lambda: written.said == ["accepted"])
    telegram.revoke_token()
    await until(lambda: written.said == ["accepted", "refused"])
    asked = len(telegram.requests)
    with pytest.raises(Unauthorized):
        await line.send(due(ana.id))
    ana.says("/help")

    telegram.restore_token()
    assert "/subscribe" in (await ana.hears())["text"]
    assert written.said == ["accepted", "refused", "accepted"]
    await line.send(due(ana.id))
    assert "Binnish" in (await ana.hears())["text"]
    assert "accepts the bot's token again" in caplog.text
    assert [name for name, _ in telegram.requests[:asked]].count("sendmessage") == 0


async def test_a_new_token_in_the_file_is_taken_up(telegram, line, tokens, written, ana, until):
    await until(lambda: written.said == ["accepted"])
    telegram.token = NEW_TOKEN
    await until(lambda: written.said[-1] == "refused")

    tokens.append(NEW_TOKEN)
    ana.says("/help")

    assert "/subscribe" in (await ana.hears())["text"]


async def test_a_file_without_a_token_is_waited_for(telegram, line, tokens, written, until):
    await until(lambda: written.said == ["accepted"])
    tokens.append(None)
    telegram.revoke_token()
    await until(lambda: written.said[-1] == "refused")
    telegram.restore_token()
    await asyncio.sleep(0.1)
    assert written.said[-1] == "refused"

    tokens.append(TOKEN)
    await until(lambda: written.said[-1] == "accepted")


async def test_a_token_that_is_refused_from_the_start_is_waited_for(telegram, desk, tokens, written, ana, until):
    telegram.revoke_token()
    line = Line(lambda token: build_application(token, telegram.url, desk), lambda: TOKEN, telegram.url, written)
    keeping = asyncio.create_task(line.keep())
    await until(lambda: written.said == ["refused"])

    telegram.restore_token()
    ana.says("/help")
    assert await ana.hears()
    keeping.cancel()
    await asyncio.wait([keeping])
    await line.close()


async def test_an_update_that_comes_again_after_the_recovery_is_answered_once(telegram, line, written, ana, until):
    await until(lambda: written.said == ["accepted"])
    update = ana.says("/help")
    await ana.hears()
    telegram.revoke_token()
    await until(lambda: written.said[-1] == "refused")
    telegram.updates.repeat(update)
    telegram.restore_token()
    ana.says("/status")

    assert (await ana.hears())["text"].startswith("Listening")


async def test_a_sender_that_is_refused_has_the_token_asked_about(
    telegram, desk, tokens, written, ana, monkeypatch, until
):
    monkeypatch.setattr("bot.telegram.polling.watch_token.__defaults__", (3600, asyncio.sleep))
    line = Line(lambda token: build_application(token, telegram.url, desk), lambda: TOKEN, telegram.url, written)
    keeping = asyncio.create_task(line.keep())
    await until(lambda: written.said == ["accepted"])
    telegram.revoke_token()

    with pytest.raises(Unauthorized):
        await line.send(due(ana.id))
    await until(lambda: written.said[-1] == "refused")
    keeping.cancel()
    await asyncio.wait([keeping])
    await line.close()

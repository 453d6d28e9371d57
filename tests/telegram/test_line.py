"""The line to Telegram when its token is revoked, restored or exchanged, without a restart of the process."""

import asyncio

import pytest

from bot.outbox import Unauthorized
from bot.telegram.application import Desks, build_application
from bot.telegram.line import Line
from tests.fake_telegram import Refuse, errors
from tests.fake_telegram.server import TOKEN
from tests.telegram.desk import MemoryDigests
from tests.telegram.samples import due

NEW_TOKEN = "1234567:BBFakeTokenFakeTokenFakeTokenFakeTok"


class Kept:
    """A line that is kept up, what it says of itself, and the token as it stands in the file: the last one."""

    def __init__(self, api_url, desks):
        self.said = []
        self.tokens = [TOKEN]
        self.line = Line(lambda token: build_application(token, api_url, desks), lambda: self.tokens[-1], api_url, self)

    def token_refused(self):
        self.said.append("refused")

    def token_accepted(self):
        self.said.append("accepted")

    def token_contested(self):
        self.said.append("contested")


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch):
    monkeypatch.setattr("bot.telegram.line.RECHECK_SECONDS", 0.02)
    monkeypatch.setattr("bot.telegram.polling.TOKEN_CHECK_SECONDS", 0.02)


@pytest.fixture
async def kept(telegram, desk, choosing, admin_desk):
    built = Kept(telegram.url, Desks(desk, choosing, admin_desk, MemoryDigests()))
    keeping = asyncio.create_task(built.line.keep())
    yield built
    await built.line.hang_up(keeping)


async def test_a_token_that_is_revoked_and_restored_is_heard_and_sent_with_again(telegram, kept, ana, caplog, until):
    await until(lambda: kept.said == ["accepted"])
    telegram.revoke_token()
    await until(lambda: kept.said == ["accepted", "refused"])
    with pytest.raises(Unauthorized):
        await kept.line.send(due(ana.id))
    ana.says("/help")

    telegram.restore_token()
    assert "/subscribe" in (await ana.hears())["text"]
    assert kept.said == ["accepted", "refused", "accepted"]
    await kept.line.send(due(ana.id))
    assert "Binnish" in (await ana.hears())["text"]
    assert "accepts the bot's token again" in caplog.text
    assert len(telegram.calls("sendMessage")) == 2


async def test_a_new_token_in_the_file_is_taken_up(telegram, kept, ana, until):
    await until(lambda: kept.said == ["accepted"])
    telegram.token = NEW_TOKEN
    await until(lambda: kept.said[-1] == "refused")

    kept.tokens.append(NEW_TOKEN)
    ana.says("/help")

    assert "/subscribe" in (await ana.hears())["text"]


async def test_a_file_without_a_token_is_waited_for(telegram, kept, until):
    await until(lambda: kept.said == ["accepted"])
    kept.tokens.append(None)
    telegram.revoke_token()
    await until(lambda: kept.said[-1] == "refused")
    telegram.restore_token()
    await asyncio.sleep(0.1)
    assert kept.said[-1] == "refused"

    kept.tokens.append(TOKEN)
    await until(lambda: kept.said[-1] == "accepted")


async def test_a_token_that_is_refused_from_the_start_is_waited_for(telegram, kept, ana, until):
    telegram.revoke_token()
    await until(lambda: kept.said == ["refused"])

    telegram.restore_token()
    ana.says("/help")
    assert await ana.hears()


async def test_an_update_that_comes_again_after_the_recovery_is_answered_once(telegram, kept, ana, until):
    await until(lambda: kept.said == ["accepted"])
    update = ana.says("/help")
    await ana.hears()
    telegram.revoke_token()
    await until(lambda: kept.said[-1] == "refused")
    telegram.updates.repeat(update)
    telegram.restore_token()
    ana.says("/status")

    assert (await ana.hears())["text"].startswith("Listening")


async def test_a_sender_that_is_refused_has_the_token_asked_about(telegram, kept, ana, monkeypatch, until):
    monkeypatch.setattr("bot.telegram.polling.TOKEN_CHECK_SECONDS", 3600)
    await until(lambda: kept.said == ["accepted"])
    await asyncio.sleep(0.1)  # by then it asks once an hour
    telegram.revoke_token()

    with pytest.raises(Unauthorized):
        await kept.line.send(due(ana.id))
    await until(lambda: kept.said[-1] == "refused")


async def test_the_menus_are_set_once_it_listens(telegram, kept, until):
    await until(lambda: telegram.world.descriptions)

    assert ("all_private_chats", 0, "") in telegram.world.menus


async def test_a_refusal_that_was_none_is_taken_back_with_the_next_message(telegram, kept, ana, until):
    await until(lambda: kept.said == ["accepted"])
    telegram.faults.plan(Refuse(errors.unauthorized()), "sendMessage")
    with pytest.raises(Unauthorized):
        await kept.line.send(due(ana.id))

    await kept.line.send(due(ana.id))

    assert kept.said == ["accepted", "accepted"]


async def test_hanging_up_ends_also_what_swallows_a_cancellation(kept, monkeypatch):
    monkeypatch.setattr("bot.telegram.line.CANCEL_SECONDS", 0.01)
    swallowed: list[bool] = []

    async def deaf():
        while len(swallowed) < 3:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                swallowed.append(True)
        await asyncio.sleep(60)

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    await kept.line.hang_up(task)

    assert task.cancelled()
    assert len(swallowed) == 3

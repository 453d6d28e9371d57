"""The fake seen by aiogram: what only one client has ever read proves little."""

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.types import BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters

from tests.fake_telegram import FakeTelegram, Refuse, ResetBefore, errors


@pytest.fixture
async def bot(telegram: FakeTelegram):
    session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.root))
    async with Bot(telegram.token, session=session) as bot:
        yield bot


async def test_aiogram_reads_every_answer(telegram, bot):
    ana = telegram.person(7, "Ana")
    group = telegram.group(-5, "Desk", ana)
    ana.says("/start")
    ana.adds_bot(group)
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="A", callback_data="a")]])

    sent = await bot.send_message(ana.id, "<b>Binnish</b>", parse_mode="HTML", reply_markup=keyboard)
    ana.taps(await ana.hears(), "A")
    reply = await bot.send_message(ana.id, "x", reply_parameters=ReplyParameters(message_id=sent.message_id))
    updates = await bot.get_updates()

    assert (await bot.me()).username == "tocsin_test_bot"
    assert (await bot.get_chat(ana.id)).first_name == "Ana"
    assert (await bot.get_chat_member(group.id, ana.id)).status == "administrator"
    assert (await bot.send_venue(ana.id, 1, 2, "a", "b")).venue.title == "a"
    assert reply.reply_to_message.entities[0].type == "bold"
    assert [update.event_type for update in updates] == ["message", "my_chat_member", "callback_query"]
    assert await bot.set_my_commands([BotCommand(command="start", description="begin")])
    assert [command.command for command in await bot.get_my_commands()] == ["start"]
    assert telegram.complaints == []


async def test_aiogram_raises_its_own_errors(telegram, bot):
    ana = telegram.person(7, "Ana")
    ben = telegram.person(8, "Ben")
    group = telegram.group(-5, "Desk", ana)
    ben.blocks_bot()
    ana.upgrades(group, -1005)

    with pytest.raises(TelegramBadRequest, match="can't parse entities"):
        await bot.send_message(ana.id, "<b", parse_mode="HTML")
    with pytest.raises(TelegramForbiddenError):
        await bot.send_message(ben.id, "x")
    with pytest.raises(TelegramMigrateToChat):
        await bot.send_message(group.id, "x")
    telegram.faults.plan(Refuse(errors.too_many_requests(7)))
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(ana.id, "x")
    telegram.faults.plan(ResetBefore())
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(ana.id, "x")
    telegram.revoke_token()
    with pytest.raises(TelegramUnauthorizedError):
        await bot.get_me()

"""The fake seen by python-telegram-bot: state, words and faults as the real server has them."""

import asyncio
from datetime import timedelta

import pytest
from telegram import Bot, BotCommandScopeAllGroupChats, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)
from telegram.request import HTTPXRequest

from tests.fake_telegram import FakeTelegram, Hang, HtmlPage, Refuse, ResetAfter, ResetBefore, State, errors
from tests.fake_telegram.updates import kinds


@pytest.fixture
async def bot(telegram: FakeTelegram):
    request = HTTPXRequest(read_timeout=0.3)
    polling = HTTPXRequest(read_timeout=2)
    async with Bot(telegram.token, base_url=telegram.url, request=request, get_updates_request=polling) as bot:
        yield bot


def keyboard(data: str | None = None, url: str | None = None) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton("Press", url=url, callback_data=data)]])


async def test_a_message_is_kept_as_telegrams_own_parser_reads_it(telegram, bot, ana):
    sent = await bot.send_message(ana.id, "<b>Binnish</b> &amp; Sarmin, see https://news.example", parse_mode="HTML")

    assert sent.text == "Binnish & Sarmin, see https://news.example"
    assert [entity.type for entity in sent.entities] == ["bold", "url"]
    assert (await ana.hears())["message_id"] == sent.message_id


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("<b>never closed", "can't parse entities: can't find end tag corresponding to start tag"),
        ("a < b", "can't parse entities"),
        ("<p>x</p>", 'unsupported start tag "p"'),
        ("x" * 4097, "message is too long"),
        ("<b> </b>", "message text is empty"),
    ],
)
async def test_a_text_that_telegram_would_refuse_is_refused_in_its_words(bot, ana, text, complaint):
    with pytest.raises(BadRequest) as refusal:
        await bot.send_message(ana.id, text, parse_mode="HTML")
    assert complaint in str(refusal.value).lower()


async def test_the_limit_of_a_text_counts_characters_after_parsing(bot, ana):
    text = "<b>" + "😀" * 4096 + "</b>"

    assert (await bot.send_message(ana.id, text, parse_mode="HTML")).text == "😀" * 4096


@pytest.mark.parametrize("data", ["x" * 65, "ж" * 33])
async def test_callback_data_has_at_most_64_bytes(bot, ana, data):
    with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
        await bot.send_message(ana.id, "hello", reply_markup=keyboard(data=data))


async def test_a_button_needs_a_web_address(bot, ana):
    with pytest.raises(BadRequest, match=r"(?i)wrong http url"):
        await bot.send_message(ana.id, "hello", reply_markup=keyboard(url="not an address"))


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        (State.BLOCKED, Forbidden, "bot was blocked by the user"),
        (State.DEACTIVATED, Forbidden, "user is deactivated"),
        (State.KICKED, Forbidden, "bot was kicked from the private chat"),
    ],
)
async def test_a_chat_that_is_gone_is_forbidden(bot, ana, state, error, words):
    ana.chat.state = state
    with pytest.raises(error, match=words):
        await bot.send_message(ana.id, "hello")


async def test_an_unknown_chat_is_not_found(bot):
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(99, "hello")


async def test_an_upgraded_group_names_its_new_id(telegram, bot, ana):
    group = telegram.group(-5, "Desk", ana)
    ana.upgrades(group, -1005)

    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(group.id, "hello")
    assert moved.value.new_chat_id == -1005


async def test_a_reply_holds_the_message_it_answers(bot, ana):
    first = await bot.send_message(ana.id, "first")
    answer = await bot.send_message(ana.id, "second", reply_parameters=ReplyParameters(first.message_id))

    assert answer.reply_to_message.text == "first"


async def test_a_reply_to_nothing_is_refused_unless_it_may_stand_alone(bot, ana):
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(ana.id, "x", reply_parameters=ReplyParameters(404))

    alone = ReplyParameters(404, allow_sending_without_reply=True)
    assert (await bot.send_message(ana.id, "x", reply_parameters=alone)).reply_to_message is None


async def test_a_topic_must_exist(telegram, bot, ana):
    group = telegram.group(-1005, "Forum", ana, type="supergroup")
    group.topics.add(3)

    assert (await bot.send_message(group.id, "x", message_thread_id=3)).is_topic_message
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(group.id, "x", message_thread_id=4)


async def test_an_edit_changes_the_text_once(bot, ana):
    sent = await bot.send_message(ana.id, "15 killed", reply_markup=keyboard(url="https://a.example"))

    edited = await bot.edit_message_text("17 killed", ana.id, sent.message_id)

    assert (edited.text, edited.reply_markup) == ("17 killed", None)
    assert (await ana.chat.sees_edit())["text"] == "17 killed"
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("17 killed", ana.id, sent.message_id)


async def test_only_the_bots_own_living_messages_can_be_edited(bot, ana):
    theirs = ana.says("hello")["message"]["message_id"]
    gone = (await bot.send_message(ana.id, "x")).message_id
    await bot.delete_message(ana.id, gone)

    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("y", ana.id, theirs)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("y", ana.id, gone)


async def test_a_keyboard_can_be_changed_alone(bot, ana):
    sent = await bot.send_message(ana.id, "x", reply_markup=keyboard(data="a"))

    edited = await bot.edit_message_reply_markup(ana.id, sent.message_id, reply_markup=keyboard(data="b"))

    assert edited.text == "x"
    assert edited.reply_markup.inline_keyboard[0][0].callback_data == "b"


async def test_places_can_be_sent(bot, ana):
    venue = (await bot.send_venue(ana.id, 36.01, 36.67, "Binnish", "Idlib")).venue
    location = (await bot.send_location(ana.id, 36.01, 36.67)).location

    assert (venue.title, location.latitude) == ("Binnish", 36.01)


async def test_a_group_knows_its_administrators(telegram, bot, ana):
    group = telegram.group(-5, "Desk", ana)

    assert (await bot.get_chat(group.id)).title == "Desk"
    assert (await bot.get_chat_member(group.id, ana.id)).status == "administrator"
    assert (await bot.get_chat_member(group.id, 8)).status == "member"


async def test_updates_stay_until_a_higher_offset_is_asked_for(bot, ana):
    ana.says("one")
    ana.says("two")

    first = await bot.get_updates(limit=1)
    again = await bot.get_updates(limit=1)
    rest = await bot.get_updates(offset=first[0].update_id + 1)

    assert first == again
    assert [update.message.text for update in rest] == ["two"]


async def test_a_long_poll_ends_when_somebody_speaks(bot, ana):
    poll = asyncio.create_task(bot.get_updates(timeout=1))
    await asyncio.sleep(0.05)
    ana.says("hello")

    assert [update.message.text for update in await poll] == ["hello"]


async def test_of_two_pollers_the_first_is_told_to_go(bot):
    first = asyncio.create_task(bot.get_updates(timeout=1))
    await asyncio.sleep(0.05)

    second = asyncio.create_task(bot.get_updates(timeout=0))
    with pytest.raises(Conflict, match="make sure that only one bot instance is running"):
        await first
    assert await second == ()


async def test_kinds_of_updates_not_asked_for_are_never_queued(telegram, bot, ana):
    await bot.get_updates(allowed_updates=["message"])
    ana.blocks_bot()
    ana.says("hello")

    assert kinds(telegram.updates.waiting) == ["message"]


async def test_a_tap_is_answered_once(bot, ana):
    sent = await bot.send_message(ana.id, "x", reply_markup=keyboard(data="a"))
    ana.taps(sent.to_dict(), "Press")
    (update,) = await bot.get_updates()

    assert await update.callback_query.answer("done")
    with pytest.raises(BadRequest, match="Query is too old"):
        await update.callback_query.answer("done")


async def test_membership_changes_the_chat_and_tells_the_bot(telegram, bot, ana):
    ana.blocks_bot()
    with pytest.raises(Forbidden):
        await bot.send_message(ana.id, "x")
    ana.unblocks_bot()

    assert await bot.send_message(ana.id, "x")
    assert kinds(telegram.updates.waiting) == ["my_chat_member", "my_chat_member"]


async def test_too_many_requests_say_how_long_to_wait(telegram, bot, ana):
    telegram.faults.plan(Refuse(errors.too_many_requests(7)), "sendMessage")

    with pytest.raises(RetryAfter) as delay:
        await bot.send_message(ana.id, "x")
    assert delay.value.retry_after == timedelta(seconds=7)


async def test_a_gateway_answers_in_html(telegram, bot, ana):
    telegram.faults.plan(HtmlPage(502), "sendMessage")

    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.send_message(ana.id, "x")


async def test_a_reset_before_performing_leaves_no_message(telegram, bot, ana):
    telegram.faults.plan(ResetBefore(), "sendMessage")

    with pytest.raises(NetworkError):
        await bot.send_message(ana.id, "x")
    assert ana.chat.messages == {}


async def test_a_reset_after_performing_leaves_the_message(telegram, bot, ana):
    telegram.faults.plan(ResetAfter(), "sendMessage")

    with pytest.raises(NetworkError):
        await bot.send_message(ana.id, "x")
    assert (await ana.hears())["text"] == "x"


async def test_a_server_that_hangs_times_out(telegram, bot, ana):
    telegram.faults.plan(Hang(5), "sendMessage")

    with pytest.raises(TimedOut):
        await bot.send_message(ana.id, "x")


async def test_a_fault_for_any_method_spares_the_polling(telegram, bot):
    telegram.faults.plan(HtmlPage())

    assert await bot.get_updates() == ()
    with pytest.raises(NetworkError):
        await bot.get_me()


async def test_a_revoked_token_opens_nothing(telegram, bot):
    telegram.revoke_token()
    with pytest.raises(InvalidToken):
        await bot.get_me()


async def test_unknown_parameters_and_methods_are_refused_and_remembered(telegram, bot, ana):
    with pytest.raises(BadRequest, match="unknown parameters"):
        await bot.send_message(ana.id, "x", api_kwargs={"silent": True})
    with pytest.raises(BadRequest, match="not modelled"):
        await bot.send_dice(ana.id)

    assert len(telegram.complaints) == 2


# ---------------------------------------------------------------- menus
@pytest.mark.parametrize(
    ("commands", "language", "wrong"),
    [
        ([("Start", "x")], "", "bot_command_invalid"),
        ([("start", "x" * 257)], "", "bot_command_description_invalid"),
        ([(f"c{n}", "x") for n in range(101)], "", "bot_commands_too_much"),
        ([("start", "x")], "english", "lang_code_not_supported"),
    ],
)
async def test_a_menu_that_telegram_would_not_take_is_refused(bot, commands, language, wrong):
    with pytest.raises(BadRequest, match=f"(?i){wrong}"):
        await bot.set_my_commands(commands, language_code=language)


async def test_each_scope_and_language_has_a_menu_of_its_own(bot):
    await bot.set_my_commands([("start", "begin")])
    await bot.set_my_commands([("help", "aide")], language_code="fr")

    assert [command.command for command in await bot.get_my_commands()] == ["start"]
    assert [command.command for command in await bot.get_my_commands(language_code="fr")] == ["help"]
    assert await bot.get_my_commands(BotCommandScopeAllGroupChats()) == ()

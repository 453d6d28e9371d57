"""Messages on their way to Telegram, one story for each thing that can come of them."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from telegram import Bot
from telegram.request import HTTPXRequest
from telegram.warnings import PTBDeprecationWarning

from bot.core.model import MessageKind, Rendered
from bot.outbox import Delayed, Moved, Rejected, Sender, TopicGone, Unauthorized, Unknown
from bot.telegram import texts
from bot.telegram.sender import TelegramSender
from tests.fake_telegram import Hang, HtmlPage, Refuse, ResetAfter, ResetBefore, State, errors
from tests.fake_telegram.methods import buttons_of
from tests.telegram.samples import TEXT, due

NEW, EDIT, REPLY, TELL = MessageKind


@pytest.fixture
async def bot(telegram):
    request = HTTPXRequest(read_timeout=0.3)
    polling = HTTPXRequest()
    async with Bot(telegram.token, base_url=telegram.url, request=request, get_updates_request=polling) as bot:
        yield bot


@pytest.fixture
def sender(bot) -> Sender:
    return TelegramSender(bot)


# ---------------------------------------------------------------- topics
async def test_a_message_for_a_topic_goes_there(telegram, sender, ana):
    group = telegram.group(-5, "Desk", ana, type="supergroup")
    group.topics.add(3)

    await sender.send(in_topic(due(group.id)))

    assert (await group.hears())["message_thread_id"] == 3


async def test_a_topic_that_is_deleted_is_told_apart_from_other_refusals(telegram, sender, ana):
    group = telegram.group(-5, "Desk", ana, type="supergroup")

    with pytest.raises(TopicGone) as gone:
        await sender.send(in_topic(due(group.id)))

    assert gone.value.topic_id == 3


async def test_what_lost_its_topic_says_so_in_the_chat(telegram, sender, ana):
    group = telegram.group(-5, "Desk", ana, type="supergroup")

    await sender.send(replace(due(group.id), topic_lost=True))

    assert (await group.hears())["text"].endswith(texts.TOPIC_LOST)


def in_topic(message):
    return replace(message, message=replace(message.message, topic_id=3))


# ---------------------------------------------------------------- pictures
def png() -> bytes:
    file = BytesIO()
    Image.new("RGB", (60, 40), "red").save(file, "PNG")
    return file.getvalue()


def pictured(message, picture=None):
    return replace(message, message=replace(message.message, picture=png() if picture is None else picture))


async def test_a_picture_arrives_with_the_text_under_it(telegram, sender, ana):
    number = await sender.send(pictured(due(ana.id, TELL, silent=True)))

    heard = await ana.hears()
    assert heard["message_id"] == number
    assert (heard["photo"][0]["width"], heard["photo"][0]["height"]) == (60, 40)
    assert heard["caption"] == "Binnish: 11 killed"
    assert heard["caption_entities"] == [{"type": "bold", "offset": 0, "length": 7}]
    assert telegram.calls("sendPhoto")[0]["disable_notification"] is True


async def test_a_picture_for_a_topic_goes_there_and_a_topic_that_is_gone_is_told_apart(telegram, sender, ana):
    group = telegram.group(-5, "Desk", ana, type="supergroup")
    with pytest.raises(TopicGone):
        await sender.send(in_topic(pictured(due(group.id, TELL))))

    group.topics.add(3)
    await sender.send(in_topic(pictured(due(group.id, TELL))))
    assert (await group.hears())["message_thread_id"] == 3


async def test_where_no_photos_are_allowed_the_text_goes_out_alone(telegram, sender, ana):
    ana.chat.takes_no_photos = True

    await sender.send(pictured(due(ana.id, TELL)))

    heard = await ana.hears()
    assert heard["text"] == "Binnish: 11 killed"
    assert "photo" not in heard


async def test_what_telegram_cannot_read_as_a_picture_costs_the_picture_alone(sender, ana):
    await sender.send(pictured(due(ana.id, TELL), b"no picture"))

    assert (await ana.hears())["text"] == "Binnish: 11 killed"


async def test_a_caption_that_is_no_html_is_shown_in_plain_words(sender, ana):
    await sender.send(pictured(due(ana.id, TELL, text=Rendered("<b>Binnish", "Binnish: 11 killed"))))

    heard = await ana.hears()
    assert heard["caption"] == "Binnish: 11 killed"
    assert "photo" in heard


async def test_who_blocked_the_bot_gets_no_picture_either(telegram, sender, ana):
    ana.chat.state = State.BLOCKED

    with pytest.raises(Rejected) as rejected:
        await sender.send(pictured(due(ana.id, TELL)))
    assert rejected.value.pause


# ---------------------------------------------------------------- what arrives
async def test_an_alert_arrives_formatted_with_a_button_and_without_preview(telegram, sender, ana):
    number = await sender.send(due(ana.id))

    heard = await ana.hears()
    assert heard["message_id"] == number
    assert heard["text"] == "Binnish: 11 killed"
    assert heard["entities"] == [{"type": "bold", "offset": 0, "length": 7}]
    ((read, *others),) = heard["reply_markup"]["inline_keyboard"]
    assert read == {"text": texts.SOURCE_BUTTON, "url": TEXT.link}
    assert [button["text"] for button in others] == ["Sources", "More…"]
    (call,) = telegram.calls("sendMessage")
    assert call["link_preview_options"] == {"is_disabled": True}
    assert call["disable_notification"] is False


async def test_a_silent_message_makes_no_sound(telegram, sender, ana):
    await sender.send(due(ana.id, TELL, silent=True))

    assert telegram.calls("sendMessage")[0]["disable_notification"] is True


@pytest.mark.parametrize("link", ["", "javascript:alert(1)", "https://", "not a link", "http:///path"])
async def test_a_bad_link_costs_the_button_but_not_the_alert(sender, ana, link):
    await sender.send(due(ana.id, text=Rendered("x", "x", link)))

    heard = await ana.hears()
    assert [button["text"] for button in buttons_of(heard["reply_markup"])] == ["Sources", "More…"]


async def test_a_reply_answers_the_living_message(sender, ana):
    living = await sender.send(due(ana.id))
    await ana.hears()
    await sender.send(due(ana.id, REPLY, telegram_id=living))

    assert (await ana.hears())["reply_to_message"]["message_id"] == living


async def test_a_reply_to_a_deleted_message_stands_alone(sender, ana):
    await sender.send(due(ana.id, REPLY, telegram_id=404))

    assert "reply_to_message" not in await ana.hears()


async def test_an_edit_changes_the_living_message(sender, ana):
    living = await sender.send(due(ana.id))
    changed = Rendered("<b>Binnish</b>: 14 killed", "", TEXT.link)

    assert await sender.send(due(ana.id, EDIT, text=changed, telegram_id=living)) == living
    assert (await ana.chat.sees_edit())["text"] == "Binnish: 14 killed"


async def test_an_edit_that_changes_nothing_is_done(sender, ana):
    living = await sender.send(due(ana.id))

    assert await sender.send(due(ana.id, EDIT, telegram_id=living)) == living


@pytest.mark.parametrize("telegram_id", [404, None])
async def test_an_edit_without_a_message_to_change_is_sent_anew(sender, ana, telegram_id):
    number = await sender.send(due(ana.id, EDIT, telegram_id=telegram_id))

    assert (await ana.hears())["message_id"] == number


async def test_a_message_that_can_be_edited_no_more_is_told_afresh_and_answers_the_old_one(sender, ana):
    old = ana.says("not the bot's, so it cannot be edited")["message"]["message_id"]

    number = await sender.send(due(ana.id, EDIT, telegram_id=old))

    heard = await ana.hears()
    assert (heard["message_id"], heard["reply_to_message"]["message_id"]) == (number, old)


@pytest.mark.parametrize("kind", [NEW, REPLY, TELL])
async def test_a_repeated_message_says_so(sender, ana, kind):
    await sender.send(due(ana.id, kind, repeated=True))

    assert (await ana.hears())["text"] == f"Binnish: 11 killed\n\n{texts.SENT_AGAIN}"


async def test_button_and_label_are_in_the_language_of_the_message(sender, ana):
    arabic = Rendered("\u200fبنش", "\u200fبنش", TEXT.link, "ar")

    await sender.send(due(ana.id, text=arabic, repeated=True))

    heard = await ana.hears()
    assert heard["text"] == "\u200fبنش\n\n\u200f(أُعيد الإرسال: لم يصل الرد الأول)"
    assert heard["reply_markup"]["inline_keyboard"][0][0]["text"] == "قراءة الخبر"


async def test_a_repeated_edit_needs_no_label(sender, ana):
    living = await sender.send(due(ana.id))
    await sender.send(due(ana.id, EDIT, text=Rendered("14", "14"), telegram_id=living, repeated=True))

    assert (await ana.chat.sees_edit())["text"] == "14"


@pytest.mark.parametrize("html", ["<b>Binnish: 11", "a < b", "x" * 5000])
async def test_html_that_telegram_refuses_goes_out_in_plain_words(sender, ana, html):
    await sender.send(due(ana.id, text=Rendered(html, "Binnish: 11 <killed>", TEXT.link)))

    heard = await ana.hears()
    assert heard["text"] == "Binnish: 11 <killed>"
    assert "reply_markup" in heard


async def test_an_edit_falls_back_to_plain_words_too(sender, ana):
    living = await sender.send(due(ana.id))
    await sender.send(due(ana.id, EDIT, text=Rendered("<b", "14 killed"), telegram_id=living))

    assert (await ana.chat.sees_edit())["text"] == "14 killed"


# ---------------------------------------------------------------- what does not
async def test_what_is_too_long_in_plain_words_as_well_is_rejected(sender, ana):
    with pytest.raises(Rejected, match="too long") as rejected:
        await sender.send(due(ana.id, text=Rendered("x" * 5000, "x" * 5000)))
    assert not rejected.value.pause


@pytest.mark.parametrize("state", [State.BLOCKED, State.KICKED, State.DEACTIVATED])
@pytest.mark.parametrize("kind", MessageKind)
async def test_a_chat_that_is_gone_is_to_be_paused(sender, ana, state, kind):
    ana.chat.state = state
    with pytest.raises(Rejected) as rejected:
        await sender.send(due(ana.id, kind, telegram_id=1))
    assert rejected.value.pause


async def test_an_unknown_chat_is_to_be_paused(sender):
    with pytest.raises(Rejected, match="Chat not found") as rejected:
        await sender.send(due(99))
    assert rejected.value.pause


async def test_any_other_bad_request_stops_the_message_but_not_the_chat(telegram, sender, ana):
    telegram.faults.plan(Refuse(errors.bad_request("message text is empty")))
    with pytest.raises(Rejected) as rejected:
        await sender.send(due(ana.id))
    assert not rejected.value.pause


@pytest.mark.parametrize(
    "refusal",
    [
        "not enough rights to send text messages to the chat",
        "have no rights to send a message",
        "CHAT_WRITE_FORBIDDEN",
        "TOPIC_CLOSED",
    ],
)
async def test_what_a_closed_group_does_not_take_waits_until_it_opens(telegram, sender, ana, refusal):
    group = telegram.group(-5, "Desk", ana, type="supergroup")
    telegram.faults.plan(Refuse(errors.bad_request(refusal)))
    with pytest.raises(Delayed):
        await sender.send(due(group.id))

    await sender.send(due(group.id))
    assert await group.hears()


@pytest.mark.parametrize("kind", [NEW, EDIT])
async def test_a_supergroup_is_found_under_its_new_id(telegram, sender, ana, kind):
    ana.upgrades(telegram.group(-5, "Desk", ana), -1005)
    with pytest.raises(Moved) as moved:
        await sender.send(due(-5, kind, telegram_id=1))
    assert moved.value.chat_id == -1005


@pytest.mark.parametrize("kind", [NEW, EDIT])
async def test_telegram_says_how_long_to_wait(telegram, sender, ana, kind):
    telegram.faults.plan(Refuse(errors.too_many_requests(7)))
    with pytest.raises(Delayed) as delayed:
        await sender.send(due(ana.id, kind, telegram_id=1))
    assert delayed.value.after == timedelta(seconds=7)


async def test_seconds_are_understood_as_well(telegram, sender, ana, monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "false")
    telegram.faults.plan(Refuse(errors.too_many_requests(7)))
    with pytest.warns(PTBDeprecationWarning), pytest.raises(Delayed) as delayed:
        await sender.send(due(ana.id))
    assert delayed.value.after == timedelta(seconds=7)


async def test_a_refused_token_is_told(telegram, sender, ana):
    telegram.revoke_token()
    with pytest.raises(Unauthorized):
        await sender.send(due(ana.id))


async def test_a_server_that_cannot_be_reached_has_not_got_the_message(telegram, sender, ana):
    await telegram.stop()
    with pytest.raises(Delayed) as delayed:
        await sender.send(due(ana.id))
    assert delayed.value.after is None


@pytest.mark.parametrize("fault", [HtmlPage(502), HtmlPage(504), Refuse(errors.ApiError(500, "x"))])
async def test_a_server_in_trouble_says_so_and_is_asked_again_later(telegram, sender, ana, fault):
    telegram.faults.plan(fault)
    with pytest.raises(Delayed):
        await sender.send(due(ana.id))


@pytest.mark.parametrize("fault", [ResetBefore(), ResetAfter(), Hang(5)])
async def test_a_lost_answer_leaves_a_doubt(telegram, sender, ana, fault):
    telegram.faults.plan(fault)
    with pytest.raises(Unknown):
        await sender.send(due(ana.id))


@pytest.mark.parametrize(
    ("fault", "reaction"),
    [
        (ResetBefore(), Delayed),
        (HtmlPage(502), Delayed),
        (Hang(5), Delayed),
        (Refuse(errors.unauthorized()), Unauthorized),
    ],
)
async def test_what_may_be_there_already_is_not_sent_again_before_telegram_answers(
    telegram, sender, ana, fault, reaction
):
    telegram.faults.plan(fault, "getMe")
    with pytest.raises(reaction):
        await sender.send(due(ana.id, repeated=True))
    assert telegram.calls("sendMessage") == []


@pytest.mark.parametrize("fault", [ResetBefore(), ResetAfter(), HtmlPage(502), Hang(5)])
async def test_an_edit_whose_answer_was_lost_is_simply_done_again(telegram, sender, ana, fault):
    living = await sender.send(due(ana.id))
    telegram.faults.plan(fault)
    edit = due(ana.id, EDIT, text=Rendered("14", "14"), telegram_id=living)
    with pytest.raises(Delayed):
        await sender.send(edit)

    assert await sender.send(edit) == living


async def test_an_edit_sent_anew_whose_answer_was_lost_leaves_a_doubt(telegram, sender, ana):
    telegram.faults.plan(ResetAfter(), "sendMessage")
    with pytest.raises(Unknown):
        await sender.send(due(ana.id, EDIT, telegram_id=404))

"""The methods of the Bot API that are modelled, as changes of a `World`.

Parameters arrive checked against the documentation; what is checked here is the state of chats and messages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from io import BytesIO
from typing import Any

from aiogram.types import BufferedInputFile
from PIL import Image

from tests.fake_telegram import errors
from tests.fake_telegram.chats import Chat, World, now
from tests.fake_telegram.formatting import captioned, formatted
from tests.fake_telegram.spec import Json

CALLBACK_DATA_BYTES = 64
PHOTO_BYTES, PHOTO_SIDES, PHOTO_RATIO = 10 * 1024 * 1024, 10_000, 20
COMMAND_NAME = re.compile(r"[a-z0-9_]{1,32}")
COMMANDS_IN_A_MENU, COMMAND_DESCRIPTION = 100, 256
DESCRIPTION, SHORT_DESCRIPTION = 512, 120
LANGUAGE_CODE = re.compile(r"[a-z]{2}")
BUTTON_URL = re.compile(r"(https?|tg)://[^/\s]+\S*")

RIGHTS_OF_ADMINISTRATORS = (
    "can_be_edited",
    "can_change_info",
    "can_delete_messages",
    "can_delete_stories",
    "can_edit_stories",
    "can_invite_users",
    "can_manage_chat",
    "can_manage_video_chats",
    "can_post_stories",
    "can_promote_members",
    "can_restrict_members",
    "can_send_welcome_messages",
    "is_anonymous",
)
GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


class Methods:
    """Each method is a function from parameters to the result; `modelled` maps its lower-case name to it."""

    def __init__(self, world: World) -> None:
        self._world = world
        functions: list[Callable[[Json], Any]] = [
            self.answer_callback_query,
            self.delete_message,
            self.edit_message_reply_markup,
            self.edit_message_text,
            self.get_chat,
            self.get_chat_member,
            self.get_me,
            self.get_my_commands,
            self.send_document,
            self.send_location,
            self.send_message,
            self.send_photo,
            self.send_venue,
            self.set_my_commands,
            self.set_my_description,
            self.set_my_short_description,
        ]
        self.modelled = {f.__name__.replace("_", ""): f for f in functions}

    # ---------------------------------------------------------------- the bot itself
    def get_me(self, _: Json) -> Json:
        return self._world.bot

    def set_my_commands(self, parameters: Json) -> bool:
        commands = parameters["commands"]
        if len(commands) > COMMANDS_IN_A_MENU:
            raise errors.bad_request("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not COMMAND_NAME.fullmatch(command["command"]):
                raise errors.bad_request("BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= COMMAND_DESCRIPTION:
                raise errors.bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        self._world.menus[self._menu(parameters)] = commands
        return True

    def get_my_commands(self, parameters: Json) -> list[Json]:
        return self._world.menus.get(self._menu(parameters), [])

    def _menu(self, parameters: Json) -> tuple[str, int, str]:
        scope = parameters.get("scope") or {"type": "default"}
        if scope["type"] in ("chat", "chat_administrators", "chat_member"):
            self._world.reachable(scope["chat_id"])
        return scope["type"], scope.get("chat_id", 0), _language(parameters)

    def set_my_description(self, parameters: Json) -> bool:
        return self._describe("long", parameters.get("description", ""), DESCRIPTION, parameters)

    def set_my_short_description(self, parameters: Json) -> bool:
        return self._describe("short", parameters.get("short_description", ""), SHORT_DESCRIPTION, parameters)

    def _describe(self, kind: str, text: str, longest: int, parameters: Json) -> bool:
        if len(text) > longest:
            raise errors.bad_request("BOT_DESCRIPTION_INVALID")
        self._world.descriptions[kind, _language(parameters)] = text
        return True

    # ---------------------------------------------------------------- chats
    def get_chat(self, parameters: Json) -> Json:
        chat = self._world.reachable(parameters["chat_id"])
        gifts = dict.fromkeys(GIFTS, True)
        return chat.public() | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}

    def get_chat_member(self, parameters: Json) -> Json:
        chat = self._world.reachable(parameters["chat_id"])
        user = {"id": parameters["user_id"], "is_bot": False, "first_name": "Somebody"}
        if user["id"] in chat.administrators:
            return {"status": "administrator", "user": user} | dict.fromkeys(RIGHTS_OF_ADMINISTRATORS, False)
        return {"status": "member", "user": user}

    # ---------------------------------------------------------------- messages
    def send_message(self, parameters: Json) -> Json:
        chat = self._world.reachable(parameters["chat_id"])
        return self._send(chat, parameters, formatted(parameters).fields())

    def send_document(self, parameters: Json) -> Json:
        chat, file = self._world.reachable(parameters["chat_id"]), parameters["document"]
        if not isinstance(file, BufferedInputFile):
            raise errors.bad_request("there is no document in the request")
        if not file.data:
            raise errors.bad_request("file must be non-empty")
        number = f"file-{next(self._world.numbers)}"
        document = {
            "file_id": number,
            "file_unique_id": number,
            "file_name": file.filename,
            "file_size": len(file.data),
        }
        return self._send(chat, parameters, {"document": document, **captioned(parameters)})

    def send_photo(self, parameters: Json) -> Json:
        chat = self._world.reachable(parameters["chat_id"])
        if chat.takes_no_photos:
            raise errors.bad_request("not enough rights to send photos to the chat")
        photo = _photo_sizes(parameters["photo"].data)
        return self._send(chat, parameters, {"photo": photo} | captioned(parameters))

    def send_location(self, parameters: Json) -> Json:
        chat = self._world.reachable(parameters["chat_id"])
        return self._send(chat, parameters, {"location": _location(parameters)})

    def send_venue(self, parameters: Json) -> Json:
        chat = self._world.reachable(parameters["chat_id"])
        venue = {"location": _location(parameters), "title": parameters["title"], "address": parameters["address"]}
        return self._send(chat, parameters, {"venue": venue})

    def edit_message_text(self, parameters: Json) -> Json:
        chat, message = self._own_message(parameters)
        if "text" not in message:
            raise errors.bad_request("there is no text in the message to edit")
        return _edit(chat, message, formatted(parameters).fields() | _markup(parameters))

    def edit_message_reply_markup(self, parameters: Json) -> Json:
        chat, message = self._own_message(parameters)
        kept = {key: message[key] for key in ("text", "entities") if key in message}
        return _edit(chat, message, kept | _markup(parameters))

    def delete_message(self, parameters: Json) -> bool:
        chat = self._world.reachable(parameters["chat_id"])
        if chat.messages.pop(parameters["message_id"], None) is None:
            raise errors.message_not_found("to delete")
        return True

    def answer_callback_query(self, parameters: Json) -> bool:
        if parameters["callback_query_id"] not in self._world.open_queries:
            raise errors.stale_query()
        self._world.open_queries.remove(parameters["callback_query_id"])
        self._world.notices.put_nowait(parameters)
        return True

    def _send(self, chat: Chat, parameters: Json, content: Json) -> Json:
        content |= _topic(chat, parameters) | _reply(chat, parameters) | _markup(parameters)
        message = self._world.new_message(chat, self._world.bot, content)
        chat.new.put_nowait(dict(message))
        return message

    def _own_message(self, parameters: Json) -> tuple[Chat, Json]:
        chat = self._world.reachable(parameters.get("chat_id", 0))
        message = chat.messages.get(parameters.get("message_id", 0))
        if message is None:
            raise errors.message_not_found("to edit")
        if message["from"]["id"] != self._world.bot["id"]:
            raise errors.bad_request("message can't be edited")
        return chat, message


def _language(parameters: Json) -> str:
    code = str(parameters.get("language_code") or "")
    if code and not LANGUAGE_CODE.fullmatch(code):
        raise errors.bad_request("LANG_CODE_NOT_SUPPORTED")
    return code


def _edit(chat: Chat, message: Json, content: Json) -> Json:
    before: Json = {key: message.pop(key) for key in ("text", "entities", "reply_markup") if key in message}
    if content == before:
        message |= before
        raise errors.not_modified()
    message |= content | {"edit_date": now()}
    chat.edited.put_nowait(dict(message))
    return message


def _topic(chat: Chat, parameters: Json) -> Json:
    topic = parameters.get("message_thread_id")
    if topic is None:
        return {}
    if topic not in chat.topics:
        raise errors.bad_request("message thread not found")
    return {"message_thread_id": topic, "is_topic_message": True}


def _reply(chat: Chat, parameters: Json) -> Json:
    asked = parameters.get("reply_parameters")
    if asked is None:
        return {}
    answered = chat.messages.get(asked["message_id"])
    if answered is not None:
        return {"reply_to_message": {key: answered[key] for key in answered if key != "reply_to_message"}}
    if asked.get("allow_sending_without_reply"):
        return {}
    raise errors.message_not_found("to be replied")


def _markup(parameters: Json) -> Json:
    markup = parameters.get("reply_markup")
    if not markup or not markup.get("inline_keyboard"):
        return {}
    for button in buttons_of(markup):
        _check_button(button)
    return {"reply_markup": markup}


def buttons_of(markup: Json) -> Iterator[Json]:
    """The buttons of a keyboard, row by row."""
    for row in markup["inline_keyboard"]:
        yield from row


def labels(message: Json) -> list[str]:
    """What the buttons of a message say, row by row."""
    return [button["text"] for button in buttons_of(message["reply_markup"])]


def _check_button(button: Json) -> None:
    data = button.get("callback_data")
    if data is not None and not 1 <= len(data.encode()) <= CALLBACK_DATA_BYTES:
        raise errors.bad_request("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and not BUTTON_URL.fullmatch(url):
        raise errors.bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _photo_sizes(data: bytes) -> list[Json]:
    """What Telegram makes of a photo; it refuses what is no picture, and what is too large or too long."""
    try:
        with Image.open(BytesIO(data)) as image:
            image.load()
            width, height = image.size
    except OSError:
        raise errors.bad_request("IMAGE_PROCESS_FAILED") from None
    if len(data) > PHOTO_BYTES or width + height > PHOTO_SIDES or max(width, height) > PHOTO_RATIO * min(width, height):
        raise errors.bad_request("PHOTO_INVALID_DIMENSIONS")
    unique = sha256(data).hexdigest()[:16]
    return [{"file_id": f"photo-{unique}", "file_unique_id": unique, "width": width, "height": height}]


def _location(parameters: Json) -> Json:
    return {"latitude": float(parameters["latitude"]), "longitude": float(parameters["longitude"])}

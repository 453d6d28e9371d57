"""How Telegram words its refusals, as far as we act on them.

A newcomer goes by error codes: they do not tell one bad request from another. The words do, and only in part: python-
telegram-bot changes their case on the way, and the server their endings. Compare lower-cased fragments.
"""

from __future__ import annotations

from telegram.error import TelegramError

from bot.telegram import texts

UNREADABLE = ("can't parse entities", "is too long", "message_too_long", "entities_too_long")
BAD_BUTTON = ("wrong http url", "button_url_invalid")
NOT_MODIFIED = ("message is not modified",)
LIVING_MESSAGE_GONE = ("message to edit not found", "message can't be edited")
TOPIC_GONE = ("message thread not found", "topic_deleted", "topic_closed")
TAP_TOO_OLD = ("query is too old", "query id is invalid", "query_id_invalid")
FORBIDDEN = "Forbidden: "
MAY_NOT_WRITE = (
    *("rights to send text", "rights to send a message", "chat_write_forbidden", "chat_restricted"),
    "topic_closed",  # and none was asked for: that of all, which can be closed and not deleted
)
CHAT_GONE = ("chat not found", "deactivated", "peer_id_invalid")


def is_out_of_reach(why: str) -> bool:
    """Whether a chat was paused for this because Telegram let nothing through to it."""
    refused = why.startswith(FORBIDDEN) or any(fragment in why.lower() for fragment in CHAT_GONE)
    return refused or why in (texts.BLOCKED, texts.REMOVED)


def says(error: TelegramError, *fragments: str) -> bool:
    """Whether the refusal holds one of the fragments."""
    words = error.message.lower()
    return any(fragment in words for fragment in fragments)

"""What people do in Telegram, as far as a bot gets to know of it.

A person may do anything a modified app could: tap buttons that are not there, repeat data, write anonymously.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.fake_telegram.chats import Chat, State, World, now
from tests.fake_telegram.formatting import typed
from tests.fake_telegram.methods import RIGHTS_OF_ADMINISTRATORS, buttons_of
from tests.fake_telegram.spec import Json
from tests.fake_telegram.updates import UpdateQueue

GROUP_ANONYMOUS_BOT: Json = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a Telegram account. `chat` is the private chat with the bot; its id is the person's.

    `language` is that of the app, as Telegram tells it; empty where it does not.
    """

    chat: Chat
    _world: World
    _updates: UpdateQueue
    language: str = ""

    @property
    def id(self) -> int:
        return self.chat.id

    @property
    def user(self) -> Json:
        known = {"language_code": self.language} if self.language else {}
        return {"id": self.id, "is_bot": False, "first_name": self.chat.name} | known

    # ---------------------------------------------------------------- messages
    def says(self, text: str, chat: Chat | None = None, topic: int | None = None) -> Json:
        """Write a message, perhaps in a topic of a forum; the answer is the update that tells the bot."""
        where = {} if topic is None else {"message_thread_id": topic, "is_topic_message": True}
        message = self._write(chat or self.chat, self.user, typed(text).fields() | where)
        return self._updates.push("message", message)

    def answers(self, message: Json, text: str, chat: Chat | None = None) -> Json:
        """Write a message as a reply to another."""
        content = typed(text).fields() | {"reply_to_message": message}
        return self._updates.push("message", self._write(chat or self.chat, self.user, content))

    def says_anonymously(self, text: str, group: Chat) -> Json:
        """Write as the group itself, as administrators may."""
        content = typed(text).fields() | {"sender_chat": group.public()}
        return self._updates.push("message", self._write(group, GROUP_ANONYMOUS_BOT, content))

    def says_as(self, channel: Chat, text: str, group: Chat) -> Json:
        """Write in a group in the name of a channel of one's own, as anybody may."""
        bot = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
        content = typed(text).fields() | {"sender_chat": channel.public()}
        return self._updates.push("message", self._write(group, bot, content))

    def rewrites(self, update: Json, text: str) -> Json:
        """Edit a message written before; `update` is what `says` answered."""
        edited = update["message"] | typed(text).fields() | {"edit_date": now()}
        return self._updates.push("edited_message", edited)

    async def hears(self) -> Json:
        """The next message of the bot in the private chat."""
        return await self.chat.hears()

    # ---------------------------------------------------------------- buttons
    def taps(self, message: Json, label: str) -> Json:
        """Tap the button whose label contains `label`."""
        button = next(b for b in buttons_of(message["reply_markup"]) if label in b["text"])
        return self.forges_tap(message, button["callback_data"])

    def forges_tap(self, message: Json, data: str) -> Json:
        """Send any data at all as if a button of the message held it."""
        query = self._query(data) | {"message": message}
        return self._updates.push("callback_query", query)

    def taps_inaccessible(self, message: Json, data: str) -> Json:
        """Tap a button of a message that the bot can no longer see."""
        stub = {"chat": message["chat"], "message_id": message["message_id"], "date": 0}
        return self._updates.push("callback_query", self._query(data) | {"message": stub})

    # ---------------------------------------------------------------- membership
    def blocks_bot(self) -> None:
        self._changes_membership(self.chat, State.BLOCKED, "member", "kicked")

    def unblocks_bot(self) -> None:
        self._changes_membership(self.chat, State.OK, "kicked", "member")

    def promotes_bot(self, channel: Chat) -> None:
        """Make the bot an administrator of a channel."""
        self._changes_membership(channel, State.OK, "left", "administrator")

    def dismisses_bot(self, channel: Chat) -> None:
        self._changes_membership(channel, State.KICKED, "administrator", "kicked")

    def demotes_bot(self, channel: Chat) -> None:
        """The bot stays in the channel, and may not post there any more."""
        self._changes_membership(channel, State.OK, "administrator", "member")

    def adds_bot(self, group: Chat) -> None:
        self._changes_membership(group, State.OK, "left", "member")

    def gives_bot_rights(self, group: Chat) -> None:
        """Make the bot, which is in the group already, one of its administrators."""
        self._changes_membership(group, State.OK, "member", "administrator")

    def kicks_bot(self, group: Chat) -> None:
        self._changes_membership(group, State.KICKED, "member", "kicked")

    def upgrades(self, group: Chat, new_chat_id: int) -> Chat:
        """Make a supergroup of a group: the old id is dead, and two messages say so."""
        group.state, group.migrated_to = State.MIGRATED, new_chat_id
        administrators = set(group.administrators)
        new = self._world.add(Chat(new_chat_id, "supergroup", group.name, administrators=administrators))
        for chat, note in ((group, {"migrate_to_chat_id": new.id}), (new, {"migrate_from_chat_id": group.id})):
            self._updates.push("message", self._write(chat, self.user, note))
        return new

    def _write(self, chat: Chat, sender: Json, content: Json) -> Json:
        return self._world.new_message(chat, sender, content)

    def _query(self, data: str) -> Json:
        query_id = str(next(self._world.numbers))
        self._world.open_queries.add(query_id)
        return {"id": query_id, "from": self.user, "chat_instance": "1", "data": data}

    def _changes_membership(self, chat: Chat, state: State, old: str, new: str) -> None:
        chat.state = state
        change: Json = {
            "chat": chat.public(),
            "from": self.user,
            "date": now(),
            "old_chat_member": self._bot_as(old),
            "new_chat_member": self._bot_as(new),
        }
        self._updates.push("my_chat_member", change)

    def _bot_as(self, status: str) -> Json:
        more: dict[str, Any] = {"until_date": 0} if status == "kicked" else {}
        if status == "administrator":
            more = dict.fromkeys(RIGHTS_OF_ADMINISTRATORS, False)
        return {"status": status, "user": self._world.bot} | more

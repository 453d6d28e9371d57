"""Who may use the bot beyond what config.yaml says: admitted chats, codes that invite, and messages to all of them.

A newcomer's mistake is to read, decide and write: two taps at once would both win. Here a change is one statement that
names the state it changes, and the number of changed rows says who was first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from bot.core.model import Message, MessageKind, Rendered
from bot.store import outbox, settling
from bot.store import subscriptions as subscriptions_of_chats
from bot.store.base import StoreBase
from bot.store.engine import DECIDING, insert_into, take_lock
from bot.store.forgetting import became
from bot.store.tables import admissions, broadcasts, channels, chats, invitations, subscriptions

AT_ONCE = timedelta(0)
NOT_ALLOWED = "the chat may not use the bot any more"
UNKNOWN = 0  # stands for a group since before that was written down
BROADCAST_PRIORITY = 9  # after every alert that waits


class Standing(StrEnum):
    """How a chat stands with the administrators."""

    ASKED = "asked"
    ADMITTED = "admitted"
    REFUSED = "refused"  # never admitted, or not any more


@dataclass(frozen=True, slots=True)
class Admission:
    """A chat that asked or was admitted. `decided_by` is None for one that came by a code, or is not decided."""

    chat_id: int
    standing: Standing
    name: str
    asked_at: datetime
    decided_by: int | None = None
    listens_to: int = 0


class AccessStore(StoreBase):
    """The part of the store that keeps access. Every method is one transaction."""

    def standing(self, chat_id: int) -> Standing | None:
        """None for a chat that never asked."""
        with self._reading() as connection:
            return _standing(connection, chat_id)

    def ask_admission(self, chat_id: int, name: str, since: datetime, most: int, now: datetime) -> bool:
        """Whether to trouble the administrators: the chat is new, and fewer than `most` asked since then."""
        with self._writing() as connection:
            asked = connection.scalar(select(func.count()).where(admissions.c.asked_at > since)) or 0
            if asked >= most:
                return False
            row = {"chat_id": chat_id, "standing": Standing.ASKED, "name": name, "asked_at": now}
            new = insert_into(connection, admissions).values(row).on_conflict_do_nothing()
            return connection.execute(new.returning(admissions.c.chat_id)).first() is not None

    def decide_admission(
        self, chat_id: int, wanted: Standing, by: int, now: datetime, among: Collection[Standing] = frozenset(Standing)
    ) -> tuple[Admission, bool] | None:
        """The chat as it stands now, and whether that changed; None if it is unknown. It changes only if it stood
        as one of `among`. A person who is refused loses what they listen to; a group is paused, for many chose there.
        """
        mine = (admissions.c.chat_id == chat_id) & (admissions.c.standing != wanted) & admissions.c.standing.in_(among)
        with self._writing() as connection:
            values = {"standing": wanted, "decided_at": now, "decided_by": by}
            changed = bool(connection.execute(update(admissions).where(mine).values(values)).rowcount)
            if changed and wanted is Standing.REFUSED:
                _shut_out(connection, chat_id, now)
            if changed and wanted is Standing.ADMITTED:
                _let_back(connection, [chat_id])
            row = connection.execute(_admissions().where(admissions.c.chat_id == chat_id)).first()
            return None if row is None else (_admission(row), changed)

    def enforce_access(
        self, allows: Callable[[int], bool], administrators: Collection[int], now: datetime
    ) -> Sequence[int]:
        """Pause the chats that may not use the bot any more, and end the pause of those that may again.

        The chats that are paused by this. `allows` says of whom the config lets in. A group may also be where one of
        the administrators stands for it, a channel where it was given to the bot by somebody who may use it.
        """
        with self._writing() as connection:
            take_lock(connection, DECIDING)  # or a message could be recorded for one of them meanwhile
            known = connection.execute(select(chats)).all()
            standings = {row.chat_id: row.standing for row in connection.execute(select(admissions))}
            listed = {each.chat_id for each in known if _may(standings.get(each.chat_id), each.chat_id, allows)}
            inside = listed | _vouched(connection, known, administrators) | _moved(known, listed)
            inside -= {chat_id for chat_id, standing in standings.items() if standing == Standing.REFUSED}
            shut_out = [each.chat_id for each in known if each.chat_id not in inside and each.paused_at is None]
            for chat_id in shut_out:
                _pause(connection, chat_id, now)
            _let_back(connection, [each.chat_id for each in known if each.chat_id in inside and each.paused_why])
            _need_nobody(
                connection, [each.chat_id for each in known if each.chat_id in listed and each.vouched_by is not None]
            )
            return shut_out

    def vouch(self, chat_id: int, administrator: int, now: datetime) -> None:
        """An administrator stands for a group that nothing else lets in."""
        row = {"vouched_by": administrator}
        with self._writing() as connection:
            new = insert_into(connection, chats).values(chat_id=chat_id, known_at=now, **row)
            connection.execute(new.on_conflict_do_update(index_elements=["chat_id"], set_=row))

    def was(self, chat_id: int) -> int | None:
        """The group that this chat was before it became a supergroup, if it was one."""
        with self._reading() as connection:
            return connection.scalar(select(chats.c.chat_id).where(chats.c.paused_why == became(chat_id)))

    def admissions(self) -> list[Admission]:
        """All that asked or were admitted, the newest first."""
        with self._reading() as connection:
            rows = connection.execute(_admissions().order_by(admissions.c.asked_at.desc(), admissions.c.chat_id))
            return [_admission(row) for row in rows]

    # ---------------------------------------------------------------- invitations
    def invite(self, digest: str, by: int, uses: int, ends_at: datetime, now: datetime) -> None:
        """Keep a code, of which only the digest is known here."""
        with self._writing() as connection:
            connection.execute(delete(invitations).where(invitations.c.ends_at <= now))
            row = {"digest": digest, "made_by": by, "made_at": now, "ends_at": ends_at, "uses_left": uses}
            connection.execute(insert(invitations).values(row))

    def redeem(self, digest: str, chat_id: int, name: str, now: datetime) -> bool:
        """Whether the code admits the chat. It does not admit whom an administrator has refused."""
        good = (invitations.c.digest == digest) & (invitations.c.uses_left > 0) & (invitations.c.ends_at > now)
        with self._writing() as connection:
            if _standing(connection, chat_id) is Standing.REFUSED:
                return False
            used = update(invitations).where(good).values(uses_left=invitations.c.uses_left - 1)
            if not connection.execute(used).rowcount:
                return False
            values = {"standing": Standing.ADMITTED, "name": name, "decided_at": now}
            row = insert_into(connection, admissions).values(chat_id=chat_id, asked_at=now, **values)
            connection.execute(row.on_conflict_do_update(index_elements=["chat_id"], set_=values))
            _let_back(connection, [chat_id])
            return True

    # ---------------------------------------------------------------- messages to all
    def draft_broadcast(self, text: str, by: int, now: datetime) -> tuple[int, int]:
        """The number of a message to all that waits to be confirmed, and how many chats are active now."""
        with self._writing() as connection:
            new = insert(broadcasts).values(text=text, made_by=by, made_at=now).returning(broadcasts.c.id)
            return connection.execute(new).scalar_one(), len(_active(connection))

    def send_broadcast(self, number: int, by: int, now: datetime) -> int | None:
        """How many chats get it; None if it was sent before, or is not this person's."""
        mine = (broadcasts.c.id == number) & (broadcasts.c.made_by == by) & broadcasts.c.sent_at.is_(None)
        with self._writing() as connection:
            text = connection.execute(
                update(broadcasts).where(mine).values(sent_at=now).returning(broadcasts.c.text)
            ).scalar_one_or_none()
            if text is None:
                return None
            messages = [_told(number, chat_id, text) for chat_id in _active(connection)]
            outbox.add(connection, messages, now, AT_ONCE)
            return len(messages)


def _may(standing: str | None, chat_id: int, allows: Callable[[int], bool]) -> bool:
    return standing != Standing.REFUSED and (standing == Standing.ADMITTED or allows(chat_id))


def _vouched(connection: Connection, known: Iterable[Row[Any]], administrators: Collection[int]) -> set[int]:
    """The groups that an administrator stands for, and the channels that were given to the bot."""
    return {each.chat_id for each in known if each.vouched_by in {UNKNOWN, *administrators}} | set(
        connection.scalars(select(channels.c.chat_id))
    )


def _moved(known: Sequence[Row[Any]], listed: Collection[int]) -> set[int]:
    """The supergroups that were let in by the number they had as a group."""
    before = {each.paused_why: each.chat_id for each in known if each.paused_why}
    return {each.chat_id for each in known if before.get(became(each.chat_id)) in listed}


def _shut_out(connection: Connection, chat_id: int, now: datetime) -> None:
    if chat_id > 0:
        connection.execute(delete(subscriptions).where(subscriptions.c.chat_id == chat_id))
        settling.give_up_chat(connection, chat_id, NOT_ALLOWED, now)
    elif connection.scalar(select(chats.c.paused_at).where(chats.c.chat_id == chat_id)) is None:
        _pause(connection, chat_id, now)


def _pause(connection: Connection, chat_id: int, now: datetime) -> None:
    subscriptions_of_chats.pause(connection, chat_id, NOT_ALLOWED, now)
    settling.give_up_chat(connection, chat_id, NOT_ALLOWED, now)


def _need_nobody(connection: Connection, chat_ids: Iterable[int]) -> None:
    """Whom the config or a decision lets in is not let in by somebody's word as well, or it would outlast them."""
    for chat_id in chat_ids:
        connection.execute(update(chats).where(chats.c.chat_id == chat_id).values(vouched_by=None))


def _let_back(connection: Connection, chat_ids: Collection[int]) -> None:
    """Those who were paused because they might not use the bot hear again, whoever paused for another reason not."""
    shut_out = chats.c.paused_why == NOT_ALLOWED
    for chat_id in chat_ids:
        mine = update(chats).where(shut_out, chats.c.chat_id == chat_id)
        connection.execute(mine.values(paused_at=None, paused_why=""))


def _told(number: int, chat_id: int, text: str) -> Message:
    rendered = Rendered(html=_escaped(text), plain=text)
    return Message(f"broadcast:{number}", chat_id, MessageKind.TELL, rendered, priority=BROADCAST_PRIORITY)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _active(connection: Connection) -> list[int]:
    """The chats that can be written to and may use the bot."""
    refused = select(admissions.c.chat_id).where(admissions.c.standing != Standing.ADMITTED)
    active = select(chats.c.chat_id).where(chats.c.paused_at.is_(None), chats.c.chat_id.not_in(refused))
    return list(connection.scalars(active.order_by(chats.c.chat_id)))


def _standing(connection: Connection, chat_id: int) -> Standing | None:
    found = connection.scalar(select(admissions.c.standing).where(admissions.c.chat_id == chat_id))
    return None if found is None else Standing(found)


def _admissions() -> Any:
    listens = select(func.count()).where(subscriptions.c.chat_id == admissions.c.chat_id).scalar_subquery()
    return select(admissions, listens.label("listens_to"))


def _admission(row: Row[Any]) -> Admission:
    return Admission(row.chat_id, Standing(row.standing), row.name, row.asked_at, row.decided_by, row.listens_to)


def move(connection: Connection, old_chat_id: int, new_chat_id: int) -> None:
    """The group became a supergroup: it stands as it stood, unless the new one was decided on already."""
    known = select(admissions.c.chat_id).where(admissions.c.chat_id == new_chat_id)
    if connection.scalar(known) is None:
        moved = update(admissions).where(admissions.c.chat_id == old_chat_id)
        connection.execute(moved.values(chat_id=new_chat_id))
    vouched = connection.scalar(select(chats.c.vouched_by).where(chats.c.chat_id == old_chat_id))
    connection.execute(update(chats).where(chats.c.chat_id == new_chat_id).values(vouched_by=vouched))

"""What people do about the alerts of their chat: verdicts, and who sees to an incident.

A newcomer adds a verdict for every tap: a person has one for each incident, which the next tap replaces.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, select, update

from bot.core.model import Acknowledgement, Feedback, Verdict
from bot.store.engine import insert_into
from bot.store.tables import acknowledgements, feedback

BY_PERSON = ("chat_id", "incident_id", "user_id")


# ---------------------------------------------------------------- verdicts
def give(connection: Connection, given: Feedback) -> None:
    insert = insert_into(connection, feedback).values(
        chat_id=given.chat_id,
        incident_id=given.incident.id,
        user_id=given.user_id,
        name=given.name,
        verdict=given.verdict,
        given_at=given.given_at,
        rules=given.rules,
        incident=given.incident,
        report=given.report,
    )
    names = ("name", "verdict", "given_at", "rules", "incident", "report")
    changed = {name: insert.excluded[name] for name in names}
    connection.execute(insert.on_conflict_do_update(index_elements=BY_PERSON, set_=changed))


def verdict_of(connection: Connection, chat_id: int, incident_id: str, user_id: int) -> Verdict | None:
    mine = (feedback.c.chat_id == chat_id) & (feedback.c.incident_id == incident_id) & (feedback.c.user_id == user_id)
    found = connection.scalar(select(feedback.c.verdict).where(mine))
    return Verdict(found) if found else None


def all_given(connection: Connection) -> list[Feedback]:
    """Oldest first."""
    return [_feedback(row) for row in connection.execute(select(feedback).order_by(feedback.c.id))]


def _feedback(row: Row[Any]) -> Feedback:
    return Feedback(
        chat_id=row.chat_id,
        user_id=row.user_id,
        name=row.name,
        verdict=Verdict(row.verdict),
        given_at=row.given_at,
        incident=row.incident,
        rules=row.rules,
        report=row.report,
        id=row.id,
    )


# ---------------------------------------------------------------- who sees to it
def acknowledge(connection: Connection, chat_id: int, incident_id: str, by: Acknowledgement) -> bool:
    """Whether that is new."""
    insert = insert_into(connection, acknowledgements).values(
        chat_id=chat_id, incident_id=incident_id, user_id=by.user_id, name=by.name, given_at=by.given_at
    )
    added = connection.execute(insert.on_conflict_do_nothing().returning(acknowledgements.c.user_id))
    return added.first() is not None


def take_back(connection: Connection, chat_id: int, incident_id: str, user_id: int) -> bool:
    """Whether the person had acknowledged it."""
    mine = _in_chat(chat_id, incident_id) & (acknowledgements.c.user_id == user_id)
    return connection.execute(delete(acknowledgements).where(mine)).rowcount > 0


def acknowledged(connection: Connection, chat_id: int, incident_id: str) -> tuple[Acknowledgement, ...]:
    """Who sees to an incident, whoever was first first."""
    return acknowledged_all(connection, {(chat_id, incident_id)}).get((chat_id, incident_id), ())


def acknowledged_all(
    connection: Connection, stories: Collection[tuple[int, str]]
) -> Mapping[tuple[int, str], tuple[Acknowledgement, ...]]:
    """Who sees to which of these incidents, each with its chat; those that nobody sees to are left out."""
    if not stories:
        return {}
    rows = connection.execute(
        select(acknowledgements)
        .where(acknowledgements.c.incident_id.in_({incident_id for _, incident_id in stories}))
        .order_by(acknowledgements.c.given_at, acknowledgements.c.user_id)
    ).all()
    found: dict[tuple[int, str], tuple[Acknowledgement, ...]] = {}
    for row in rows:
        story = (row.chat_id, row.incident_id)
        if story in stories:
            found[story] = (*found.get(story, ()), Acknowledgement(row.user_id, row.name, row.given_at))
    return found


def _in_chat(chat_id: int, incident_id: str) -> Any:
    return (acknowledgements.c.chat_id == chat_id) & (acknowledgements.c.incident_id == incident_id)


# ---------------------------------------------------------------- chats that move
def move(connection: Connection, old_chat_id: int, new_chat_id: int) -> None:
    """Give the new chat what was said in the old one, except where it was said in the new one as well."""
    for table in (feedback, acknowledgements):
        _move(connection, table, old_chat_id, new_chat_id)


def _move(connection: Connection, table: Table, old_chat_id: int, new_chat_id: int) -> None:
    other = table.alias()
    said = select(other.c.user_id).where(
        other.c.chat_id == new_chat_id, other.c.incident_id == table.c.incident_id, other.c.user_id == table.c.user_id
    )
    old = table.c.chat_id == old_chat_id
    connection.execute(update(table).where(old, ~said.exists()).values(chat_id=new_chat_id))
    connection.execute(delete(table).where(old))

"""The migrations make the tables that the code expects, and no store is taken over by force."""

from __future__ import annotations

from contextlib import closing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from bot.core.model import Feed, Ways
from bot.core.references import reference
from bot.store import Store, StoreError, UnchangedFeed, backups
from bot.store.engine import open_engine, writing
from bot.store.tables import metadata
from tests.store.samples import LONG_AGO, NOW, incident, later, outcome, record, report

WAYS = (
    *("due_why", "failing_since", "gone_at", "trouble_told", "answered_url", "moved_to", "moving_to", "moves_seen"),
    *("fresh_seconds", "every_seconds", "skipped_hours", "skipped_days"),
    *("items_by_hour", "watched_days", "history_at", "newest_at"),
)
CHOSEN_BY_CHATS = ("time_zone", "quiet_from", "quiet_until", "critical_passes", "silent")
CHOSEN_OF_RULES = ("left_at", "minimum", "place", "minimum_toll", "rhythm", "silent", "topic_id")

# What takes each migration back, the newest first: a new migration adds its own.
UNDONE = {
    "0018": ["ALTER TABLE subscriptions DROP COLUMN language"],
    "0017": ["ALTER TABLE mutes DROP COLUMN place_kind", "ALTER TABLE chats DROP COLUMN vouched_by"],
    "0016": ["ALTER TABLE outbox DROP COLUMN published_at"],
    "0015": [
        "ALTER TABLE chats DROP COLUMN digest_at",
        "ALTER TABLE outbox DROP COLUMN picture",
        "DROP TABLE digests",
    ],
    "0014": [
        "ALTER TABLE feeds DROP COLUMN added_by",
        *(f"DROP TABLE {table}" for table in ("admissions", "invitations", "broadcasts")),
    ],
    "0013": [
        "DROP TABLE pushes",
        "ALTER TABLE feeds DROP COLUMN hub",
        "ALTER TABLE feeds DROP COLUMN hub_topic",
    ],
    "0012": ["DROP TABLE evidence"],
    "0011": [
        "DROP INDEX feeds_last_polled_at",
        "DROP INDEX incidents_country",
        "ALTER TABLE incidents DROP COLUMN country",
    ],
    "0010": ["ALTER TABLE feeds DROP COLUMN silent_before"],
    "0007": [
        "DROP TABLE feedback",
        "DROP TABLE acknowledgements",
        "DROP INDEX incidents_reference",
        "ALTER TABLE incidents DROP COLUMN reference",
    ],
    "0006": [
        *(f"ALTER TABLE chats DROP COLUMN {column}" for column in CHOSEN_BY_CHATS),
        *(f"ALTER TABLE subscriptions DROP COLUMN {column}" for column in CHOSEN_OF_RULES),
        *(f"ALTER TABLE outbox DROP COLUMN {column}" for column in ("rules", "topic_id", "held_since", "topic_lost")),
        "DROP TABLE mutes",
        "DROP TABLE channels",
    ],
    "0005": ["ALTER TABLE chats DROP COLUMN language"],
    "0004": [f"ALTER TABLE feeds DROP COLUMN {column}" for column in WAYS],
    "0003": ["DROP TABLE sightings"],
    "0002": ["DROP INDEX reports_number", "ALTER TABLE reports DROP COLUMN number"],
}


def go_back(url: str, schema: str) -> None:
    """Make the store look as an older Tocsin left it."""
    for undone in (sql for version, statements in UNDONE.items() if version > schema for sql in statements):
        run(url, undone)
    if schema < "0011" and url.startswith("postgresql"):
        run(url, "DROP SEQUENCE report_numbers")
    run(url, f"UPDATE alembic_version SET version_num = '{schema}'")


def run(url: str, sql: str) -> None:
    engine = open_engine(url)
    with writing(engine) as connection:
        connection.execute(text(sql))
    engine.dispose()


def answer(url: str, sql: str) -> list[str]:
    engine = open_engine(url)
    with engine.connect() as connection:
        found = list(connection.scalars(text(sql)))
    engine.dispose()
    return found


def test_the_migrations_make_the_tables_of_the_code(empty_url: str):
    Store.open(empty_url).close()
    engine = open_engine(empty_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_opening_again_changes_nothing(empty_url: str):
    with closing(Store.open(empty_url)) as store:
        store.subscribe(1, "idlib", NOW)
    with closing(Store.open(empty_url)) as store:
        assert store.rules_of(1) == {"idlib"}


def test_reports_from_before_they_were_numbered_are_numbered_in_their_order(empty_url: str):
    with closing(Store.open(empty_url)) as store:
        for minute in (2, 1):
            record(store, outcome(report(f"r{minute}")), now=later(minutes=minute))
    go_back(empty_url, "0001")

    lead = outcome(report("r1")).told.lead
    with closing(Store.open(empty_url, backups.unkept)) as store, store.transaction() as transaction:
        earlier = transaction.recent(LONG_AGO, LONG_AGO, lead).told
    assert [told.report_id for told in earlier] == ["r1-d1"]
    assert answer(empty_url, "SELECT id FROM reports ORDER BY number") == ["r1-d1", "r2-d1"]


def test_feeds_from_before_their_ways_were_remembered_are_asked_as_before(empty_url: str):
    with closing(Store.open(empty_url)) as store:
        store.reconcile_feeds([Feed("https://paper.example/rss")], NOW)
        (known,) = store.claim_feeds(NOW, 1, 60.0)
        store.feeds_unchanged([UnchangedFeed(known.id, next_due_at=later(minutes=5), now=NOW)])
    go_back(empty_url, "0003")

    with closing(Store.open(empty_url, backups.unkept)) as store:
        assert store.claim_feeds(later(minutes=4), 1, 60.0) == []
        (state,) = store.claim_feeds(later(minutes=5), 1, 60.0)
        assert state.ways == Ways()
        assert store.feed_states()[0].due_why == ""


def test_incidents_from_before_they_had_short_names_are_named(empty_url: str):
    with closing(Store.open(empty_url)) as store:
        record(store, outcome(report(), incident("raid"), incident("strike")))
    go_back(empty_url, "0005")

    with closing(Store.open(empty_url, backups.unkept)) as store:
        for name in ("raid", "strike"):
            assert store.incident_referred_to(reference(name)) == incident(name)


def test_a_store_of_a_newer_version_is_refused(empty_url: str):
    Store.open(empty_url).close()
    run(empty_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match=r"newer Tocsin \(schema 9999; .* Update Tocsin, or restore"):
        Store.open(empty_url)


def test_tables_of_another_program_are_refused(empty_url: str):
    run(empty_url, "CREATE TABLE cookies (name TEXT)")
    with pytest.raises(StoreError, match="another program"):
        Store.open(empty_url)


def test_a_migration_that_fails_leaves_nothing_behind(empty_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("alembic.op.create_index", the_power_goes)
    with pytest.raises(RuntimeError, match="the power goes"):
        Store.open(empty_url)
    monkeypatch.undo()
    Store.open(empty_url).close()


def the_power_goes(*_: object, **__: object) -> None:
    raise RuntimeError("the power goes")

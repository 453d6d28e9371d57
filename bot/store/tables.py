"""The tables as they are now; how they came about is in migrations/.

A newcomer changes a table here and stops: every change needs a migration as well, and a test compares the two.
"""

from __future__ import annotations

from pydantic import TypeAdapter
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    UniqueConstraint,
    false,
    text,
    true,
)

from bot.core.model import Evidence, Incident, Narrowed, Rendered, Report
from bot.store.columns import Document, Id, Moment, Numbers, Words

NAMES = Document(TypeAdapter(tuple[str, ...]))
NOTHING = text("''")
ZERO = text("0")

metadata = MetaData()
NUMBERS = Sequence("report_numbers")  # of reports, on PostgreSQL alone; in no MetaData: SQLite has no such thing

feeds = Table(
    "feeds",
    metadata,
    Column("id", Id, primary_key=True),
    Column("url", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("home", Words),
    Column("language", Words),
    Column("tags", NAMES, nullable=False),
    Column("interval_seconds", Float),
    Column("paused", Boolean, nullable=False),
    Column("etag", Words, nullable=False, default=""),
    Column("last_modified", Words, nullable=False, default=""),
    Column("body_digest", Words, nullable=False, default=""),
    Column("next_due_at", Moment, nullable=False),
    Column("leased_until", Moment),
    Column("last_polled_at", Moment),
    Column("last_success_at", Moment),
    Column("failures", Integer, nullable=False, default=0),  # in a row
    Column("last_error", Words, nullable=False, default=""),
    Column("due_why", Words, nullable=False, server_default=NOTHING),
    Column("failing_since", Moment),
    Column("gone_at", Moment),  # 410: it is not asked any more
    Column("trouble_told", Words, nullable=False, server_default=NOTHING),  # of it, administrators know
    Column("answered_url", Words, nullable=False, server_default=NOTHING),  # where the validators come from
    Column("moved_to", Words, nullable=False, server_default=NOTHING),  # for good; else it is where `url` says
    Column("moving_to", Words, nullable=False, server_default=NOTHING),
    Column("moves_seen", Integer, nullable=False, server_default=ZERO),
    Column("fresh_seconds", Float, nullable=False, server_default=ZERO),
    Column("every_seconds", Float, nullable=False, server_default=ZERO),
    Column("skipped_hours", Integer, nullable=False, server_default=ZERO),  # bits, from midnight UTC
    Column("skipped_days", Integer, nullable=False, server_default=ZERO),  # bits, from Monday
    Column("items_by_hour", Numbers, nullable=False, server_default=NOTHING),  # empty: nothing is known yet
    Column("watched_days", Float, nullable=False, server_default=ZERO),
    Column("history_at", Moment),  # what both were true of; they weigh less every day
    Column("newest_at", Moment),
    Column("silent_before", Moment),  # what was published before was told by a store that is lost
    Column("hub", Words, nullable=False, server_default=NOTHING),  # that it names now; what was agreed is in `pushes`
    Column("hub_topic", Words, nullable=False, server_default=NOTHING),
    Column("added_by", BigInteger),  # the person in Telegram; null: it is config.yaml's
    UniqueConstraint("url", name="feeds_url"),
    Index("feeds_next_due_at", "next_due_at"),
    Index("feeds_last_polled_at", "last_polled_at", "next_due_at"),  # to see a clock set back without reading all feeds
)

# What was asked of the hubs of feeds, and agreed: one for each feed that named a hub while the bot had an address.
pushes = Table(
    "pushes",
    metadata,
    Column("feed_id", Integer, ForeignKey("feeds.id", name="pushes_feed"), primary_key=True, autoincrement=False),
    Column("hub", Words, nullable=False),
    Column("topic", Words, nullable=False),
    Column("callback", Words, nullable=False),
    Column("secret", Words, nullable=False),
    Column("asked_at", Moment),
    Column("tries", Integer, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("lease_until", Moment),
    Column("lease_seconds", Integer, nullable=False),
    Column("pushed_at", Moment),
    Column("error", Words, nullable=False),
)

reports = Table(
    "reports",
    metadata,
    Column("id", Words, primary_key=True),
    Column("published", Moment, nullable=False),
    Column("fetched_at", Moment, nullable=False),
    Column("digest", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("incident_ids", NAMES, nullable=False),
    Column("duplicate_of", Words),
    Column("source", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("guid", Words, nullable=False),
    Column("language", Words),
    Column("home", Words),
    Column("tags", NAMES, nullable=False),
    Column("title", Words, nullable=False),
    Column("lead", Words, nullable=False),
    Column("text", Words, nullable=False),  # last: SQLite then reads the rest without walking through long texts
    Column("number", BigInteger),  # in the order of recording; an edited report takes a new one
    Index("reports_number", "number", unique=True),
    Index("reports_published", "published"),
    Index("reports_reason", "reason"),
)

# Each name a report goes by, with each digest ever seen under it; `report_id` is the newest report of that name.
report_keys = Table(
    "report_keys",
    metadata,
    Column("key", Words, nullable=False),
    Column("digest", Words, nullable=False),
    Column("report_id", Words, ForeignKey("reports.id", name="report_keys_report"), nullable=False),
    PrimaryKeyConstraint("key", "digest", name="report_keys_pk"),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", Words, primary_key=True),
    Column("last_seen", Moment, nullable=False),
    Column("place_id", Words),
    Column("country", Words),  # ISO 3166 alpha-2; null where it is not known, or there are several
    Column("severity", Words, nullable=False),
    Column("reference", Words, nullable=False, server_default=NOTHING),  # its short name
    Column("body", Document(TypeAdapter(Incident)), nullable=False),
    Index("incidents_last_seen", "last_seen"),
    Index("incidents_country", "country", "last_seen"),
    Index("incidents_reference", "reference"),
)

# Reports that told of incidents, as they were then; a report that was edited stands here twice.
evidence = Table(
    "evidence",
    metadata,
    Column("id", Id, primary_key=True),
    Column("report_id", Words, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("body", Document(TypeAdapter(Evidence)), nullable=False),
    Index("evidence_report", "report_id"),
)

# Which rule counts which report, for spikes and for silence.
sightings = Table(
    "sightings",
    metadata,
    Column("rule_id", Words, nullable=False),
    Column("report_id", Words, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("told", Boolean, nullable=False),
    PrimaryKeyConstraint("rule_id", "report_id", name="sightings_pk"),
    Index("sightings_seen_at", "rule_id", "seen_at"),
)

chats = Table(
    "chats",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("known_at", Moment, nullable=False),
    Column("paused_at", Moment),  # null: active
    Column("paused_why", Words, nullable=False, default=""),
    Column("language", Words, nullable=False, server_default=NOTHING),  # empty: none was chosen
    Column("time_zone", Words, nullable=False, server_default=NOTHING),  # an IANA name; empty: UTC
    Column("quiet_from", Integer),  # minutes of the day on the wall; null: no quiet hours
    Column("quiet_until", Integer),
    Column("critical_passes", Boolean, nullable=False, server_default=true()),
    Column("silent", Boolean, nullable=False, server_default=false()),
    Column("digest_at", Integer),  # minute of the day on the wall; null: the usual hour
    Column(
        "vouched_by", BigInteger
    ),  # who stands for a group that the config does not let in; 0: nobody knows any more
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("chat_id", BigInteger, ForeignKey("chats.chat_id", name="subscriptions_chat"), nullable=False),
    Column("rule_id", Words, nullable=False),
    Column("subscribed_at", Moment, nullable=False),
    Column("left_at", Moment),  # null: it listens; what it chose is kept a while for those who come back
    Column("minimum", Words, nullable=False, server_default=text("'normal'")),
    Column("place", Document(TypeAdapter(Narrowed | None))),
    Column("minimum_toll", Integer, nullable=False, server_default=ZERO),
    Column("rhythm", Words, nullable=False, server_default=text("'instant'")),
    Column("silent", Boolean, nullable=False, server_default=false()),
    Column("topic_id", BigInteger),  # the forum topic in which it was made
    Column("language", Words, nullable=False, server_default=NOTHING),  # empty: that of the chat
    PrimaryKeyConstraint("chat_id", "rule_id", name="subscriptions_pk"),
    Index("subscriptions_rule", "rule_id"),
)

# What a chat does not want to hear of until then; a mute that has ended is nothing any more.
mutes = Table(
    "mutes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("kind", Words, nullable=False),
    Column("target", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("asked_by", Words, nullable=False),
    Column("muted_at", Moment, nullable=False),
    Column("muted_until", Moment, nullable=False),
    Column("place_kind", Words, nullable=False, server_default=text("''")),  # of a muted place, where it is known
    UniqueConstraint("chat_id", "kind", "target", name="mutes_target"),
)

# Until when each chat was told in digests, and which incidents they listed.
digests = Table(
    "digests",
    metadata,
    Column("chat_id", BigInteger, nullable=False),
    Column("rhythm", Words, nullable=False),
    Column("told_until", Moment, nullable=False),
    Column("listed", NAMES, nullable=False),
    PrimaryKeyConstraint("chat_id", "rhythm", name="digests_pk"),
)

# Channels that the bot may write to.
channels = Table(
    "channels",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("title", Words, nullable=False),
    Column("added_at", Moment, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Words, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("kind", Words, nullable=False),
    Column("incident_id", Words),
    Column("priority", Integer, nullable=False),
    Column("silent", Boolean, nullable=False),
    Column("text", Document(TypeAdapter(Rendered)), nullable=False),
    Column("state", Words, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),  # when it came into this state
    Column("due_at", Moment, nullable=False),
    Column("leased_until", Moment),
    Column("attempts", Integer, nullable=False, default=0),
    Column("repeated", Boolean, nullable=False, default=False),  # perhaps the chat has got it twice
    Column("telegram_id", BigInteger),
    Column("error", Words, nullable=False, default=""),
    Column("rules", Document(TypeAdapter(tuple[str, ...] | None))),  # for which it is told; null: it is not known
    Column("topic_id", BigInteger),
    Column("published_at", Moment),  # of the report it tells; null where it is held back
    Column("held_since", Moment),  # when it would have been due but for quiet hours
    Column("topic_lost", Boolean, nullable=False, server_default=false()),  # deleted: it goes to the chat and says so
    Column("picture", LargeBinary),  # a PNG, until the message is settled
    UniqueConstraint("key", "chat_id", name="outbox_key_chat"),
    Index("outbox_state_due", "state", "due_at"),
    Index("outbox_state_changed", "state", "changed_at"),
    Index("outbox_incident_chat", "incident_id", "chat_id"),
)

# Chats that asked to use the bot, and what was decided of them.
admissions = Table(
    "admissions",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("standing", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("decided_at", Moment),
    Column("decided_by", BigInteger),
)

# Codes that admit a chat: whoever reads the store cannot use them.
invitations = Table(
    "invitations",
    metadata,
    Column("digest", Words, primary_key=True),
    Column("made_by", BigInteger, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("uses_left", Integer, nullable=False),
)

broadcasts = Table(
    "broadcasts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("text", Words, nullable=False),
    Column("made_by", BigInteger, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("sent_at", Moment),  # null: not confirmed yet
)

# What people said of alerts, with all that they said it of: the incident changes, and reports may be edited.
feedback = Table(
    "feedback",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("incident_id", Words, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("name", Words, nullable=False),
    Column("verdict", Words, nullable=False),
    Column("given_at", Moment, nullable=False),
    Column("rules", NAMES, nullable=False),
    Column("incident", Document(TypeAdapter(Incident)), nullable=False),
    Column("report", Document(TypeAdapter(Report | None)), nullable=False),
    UniqueConstraint("chat_id", "incident_id", "user_id", name="feedback_one_each"),
)

# Who of a chat sees to an incident.
acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("chat_id", BigInteger, nullable=False),
    Column("incident_id", Words, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("name", Words, nullable=False),
    Column("given_at", Moment, nullable=False),
    PrimaryKeyConstraint("chat_id", "incident_id", "user_id", name="acknowledgements_pk"),
)

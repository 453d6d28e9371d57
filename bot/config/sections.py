"""What each section of config.yaml may say, and what stands for what it does not say: nodes to a Config.

A newcomer stops at the first mistake: a section with one gives some value all the same, so that all are found at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from bot.config.checks import CONTACT, COUNTRY, COUNTRY_WANTED, LANGUAGE, SECRET, TOKEN
from bot.config.opml import parse_opml
from bot.config.reader import ConfigReader
from bot.config.settings import (
    SHORTEST_MEMORY,
    TOKEN_VARIABLE,
    Access,
    Backups,
    Beat,
    Config,
    Health,
    Polling,
    Retention,
    Telegram,
    Webhook,
    Websub,
)
from bot.core import yamlfile
from bot.core.model import POLICY, Feed, Policy, Problem
from bot.core.tongue import ENGLISH
from bot.core.yamlfile import Node, Scalar
from bot.tongues import languages

DATABASE = "tocsin.db"
STATE = "state"
BACKUPS = "backups"  # the folder
COUNTRY_PLACE = "{country}"
BACKFILL = timedelta(hours=24)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
SHORTEST_BEAT = timedelta(seconds=10)
KEEP_BACKUPS = timedelta(days=7)
RETENTION = Retention()
POLLING = Polling()
HEALTH = Health()
WEBSUB = Websub("")
SHORTEST_OWN = timedelta(seconds=30)  # a feed's own interval is above all other limits, but not above decency
SHORTEST_WINDOW = timedelta(hours=1)
MOST_CONCURRENT = 500
LAST_PORT = 65_535

WRONG_SHAPE = "not a bot token: @BotFather gives out digits, a colon and letters, such as 1234567890:AAH..."
MISPLACED = "this is a token itself, which does not belong here: write it to a file and put the file's name here"
_SQLITE = "sqlite:///"
_SERVERS = ("postgresql://", "postgresql+psycopg://")


# ---------------------------------------------------------------- the whole and its sections
WEEKLY, NEVER = "weekly", "never"
_SECTIONS = (
    *("feeds", "opml", "telegram", "access", "database", "rules", "state", "dumps"),
    *("backfill", "incidents", "polling", "health", "near_misses", "backups", "retention", "heartbeat"),
    *("websub", "feed_summary", "language"),
)


def config_of(reader: ConfigReader, root: Node | None) -> Config:
    fields = reader.fields(root, optional=_SECTIONS)
    if isinstance(root, yamlfile.Mapping) and not fields.keys() & {"feeds", "opml"}:
        reader.problem(root, "no feeds: list them under 'feeds', or name a file of them under 'opml'")
    database = _database(reader, fields.get("database"))
    return Config(
        feeds=_feeds(reader, fields),
        database=database,
        state=reader.path(fields.get("state")) or reader.folder / STATE,
        rules=_rules(reader, fields.get("rules")),
        telegram=_telegram(reader, fields.get("telegram")),
        access=_access(reader, fields.get("access")),
        polling=_polling(reader, fields.get("polling")),
        backfill=reader.duration(fields.get("backfill"), BACKFILL),
        health=_health(reader, fields["health"]) if "health" in fields else None,
        websub=_websub(reader, fields["websub"]) if "websub" in fields else None,
        near_misses=reader.choice(fields.get("near_misses"), "word", (WEEKLY, NEVER), WEEKLY) == WEEKLY,
        backups=_backups(reader, fields.get("backups"), database),
        heartbeat=_heartbeat(reader, fields["heartbeat"]) if "heartbeat" in fields else None,
        retention=_retention(reader, fields.get("retention")),
        feed_summary=reader.choice(fields.get("feed_summary"), "word", (WEEKLY, NEVER), WEEKLY) == WEEKLY,
        dumps=_dumps(reader, fields.get("dumps")),
        incidents=_incidents(reader, fields.get("incidents")),
        language=reader.choice(fields.get("language"), "language", languages(), ENGLISH.language),
    )


_POLLING = (
    *("interval", "budget", "min_interval", "min_unconditional", "max_interval", "wishes_up_to"),
    *("timeout", "concurrent", "contact", "allow_private"),
)


def _polling(reader: ConfigReader, node: Node | None) -> Polling:
    fields = reader.fields(node, optional=_POLLING)
    given = reader.duration(fields.get("interval"), POLLING.interval, low=SECOND)
    least = reader.duration(fields.get("min_interval"), min(POLLING.min_interval, given), low=SECOND)
    interval = reader.duration(fields.get("interval"), max(POLLING.interval, least), low=least)
    most = max(POLLING.max_interval, interval)
    return Polling(
        interval=interval,
        budget=reader.integer(fields["budget"], low=1) if "budget" in fields else None,
        min_interval=least,
        min_unconditional=reader.duration(fields.get("min_unconditional"), POLLING.min_unconditional),
        wishes_up_to=reader.duration(fields.get("wishes_up_to"), POLLING.wishes_up_to),
        max_interval=reader.duration(fields.get("max_interval"), most, low=interval),
        timeout=reader.duration(fields.get("timeout"), POLLING.timeout, low=SECOND),
        concurrent=reader.integer(fields.get("concurrent"), POLLING.concurrent, low=1, high=MOST_CONCURRENT),
        contact=reader.matching(fields.get("contact"), CONTACT, "a web or e-mail address without blanks"),
        allow_private=frozenset(reader.string(host) for host in reader.items(fields.get("allow_private"))),
    )


def _incidents(reader: ConfigReader, node: Node | None) -> Policy:
    fields = reader.fields(node, optional=("window", "loud_rise", "loud_share", "edit_pause"))
    return Policy(
        window=reader.duration(fields.get("window"), POLICY.window, low=SHORTEST_WINDOW),
        loud_rise=reader.integer(fields.get("loud_rise"), POLICY.loud_rise, low=1),
        loud_share=reader.number(fields.get("loud_share"), POLICY.loud_share, low=0.01),
        edit_pause=reader.duration(fields.get("edit_pause"), POLICY.edit_pause),
    )


def _health(reader: ConfigReader, node: Node) -> Health:
    fields = reader.fields(node, optional=("host", "port"))
    return Health(
        host=reader.string(fields.get("host"), HEALTH.host),
        port=reader.integer(fields.get("port"), HEALTH.port, low=1, high=LAST_PORT),
    )


def _heartbeat(reader: ConfigReader, node: Node) -> Beat:
    fields = reader.fields(node, required=("url",), optional=("every",))
    return Beat(reader.web_address(fields.get("url")), reader.duration(fields.get("every"), MINUTE, low=SHORTEST_BEAT))


def _backups(reader: ConfigReader, node: Node | None, database: str) -> Backups | None:
    """A file is saved every day unless that is not wanted; a server only where it is."""
    if isinstance(node, Scalar) and node.value == NEVER:
        return None
    if node is None and database.startswith(_SERVERS):
        return None
    fields = reader.fields(node, optional=("folder", "keep"))
    return Backups(
        folder=reader.path(fields.get("folder")) or reader.folder / BACKUPS,
        keep=reader.duration(fields.get("keep"), KEEP_BACKUPS, low=DAY),
    )


def _retention(reader: ConfigReader, node: Node | None) -> Retention:
    fields = reader.fields(node, optional=("reports", "messages", "most_reports", "most_messages"))
    return Retention(
        reports=reader.duration(fields.get("reports"), RETENTION.reports, low=SHORTEST_MEMORY),
        messages=reader.duration(fields.get("messages"), RETENTION.messages, low=SHORTEST_MEMORY),
        most_reports=reader.integer(fields["most_reports"], low=1) if "most_reports" in fields else None,
        most_messages=reader.integer(fields["most_messages"], low=1) if "most_messages" in fields else None,
    )


def _websub(reader: ConfigReader, node: Node) -> Websub:
    fields = reader.fields(node, required=("public_url",), optional=("host", "port"))
    url = fields.get("public_url")
    address = reader.web_address(url)
    if url and any(sign in address for sign in "?#@"):
        reader.problem(url, "expected a bare address, without ?, # or @: each feed is given a path behind it")
    return Websub(
        public_url=address.rstrip("/"),
        host=reader.string(fields.get("host"), WEBSUB.host),
        port=reader.integer(fields.get("port"), WEBSUB.port, low=1, high=LAST_PORT),
    )


def _rules(reader: ConfigReader, node: Node | None) -> Path | None:
    folder = reader.path(node)
    if node and folder and not reader.is_folder(folder):
        reader.problem(node, f"{folder} is not a folder")
    return folder


def _dumps(reader: ConfigReader, node: Node | None) -> str | None:
    address = reader.web_address(node)
    if node and address and COUNTRY_PLACE not in address:
        reader.problem(node, f"expected {COUNTRY_PLACE} in the address, where the code of a country goes")
    return address or None


def _database(reader: ConfigReader, node: Node | None) -> str:
    text = reader.string(node, DATABASE).removeprefix(_SQLITE)
    if "://" not in text:
        return str(reader.folder / text)
    if node and not text.startswith(_SERVERS):
        reader.problem(node, "expected a path, or an address that begins with sqlite:/// or postgresql://")
    return text


# ---------------------------------------------------------------- feeds
_OF_A_FEED = ("title", "home", "language", "tags", "interval", "full_text")


def _feeds(reader: ConfigReader, fields: Mapping[str, Node]) -> tuple[Feed, ...]:
    """Those listed in the config itself, then those of the OPML file that are not."""
    feeds: dict[str, Feed] = {}
    for item in reader.items(fields.get("feeds")):
        feed = _feed(reader, item)
        if feed.url and feeds.setdefault(feed.url, feed) is not feed:
            reader.problem(item, "a feed with this url stands already above")
    for feed in _opml_feeds(reader, fields.get("opml")):
        feeds.setdefault(feed.url, feed)
    return tuple(feeds.values())


def _feed(reader: ConfigReader, node: Node) -> Feed:
    fields = reader.fields(node, required=("url",), optional=_OF_A_FEED)
    own_interval = reader.duration(fields.get("interval"), POLLING.interval, low=SHORTEST_OWN)
    return Feed(
        url=reader.web_address(fields.get("url")),
        title=reader.string(fields.get("title")),
        home=reader.matching(fields.get("home"), COUNTRY, COUNTRY_WANTED) or None,
        language=reader.matching(fields.get("language"), LANGUAGE, "a language code such as en or ar") or None,
        tags=reader.strings(fields.get("tags")),
        interval_seconds=own_interval.total_seconds() if "interval" in fields else None,
        full_text=reader.boolean(fields.get("full_text"), default=False),
    )


def _opml_feeds(reader: ConfigReader, node: Node | None) -> tuple[Feed, ...]:
    path = reader.path(node)
    if node is None or path is None:
        return ()
    raw = reader.content(node, path)
    if raw is None:
        reader.problem(node, f"there is no file {path}")
    if not raw:
        return ()
    feeds, problems = parse_opml(raw, str(path))
    reader.elsewhere += problems
    return feeds


# ---------------------------------------------------------------- Telegram
def _telegram(reader: ConfigReader, node: Node | None) -> Telegram:
    fields = reader.fields(node, optional=("token_file", "api_url", "webhook"))
    token_node = fields.get("token_file")
    if isinstance(token_node, Scalar) and TOKEN.fullmatch(token_node.text):
        reader.problem(token_node, MISPLACED)
        token_node = None
    url_node = fields.get("api_url")
    if isinstance(url_node, Scalar) and "/bot" in url_node.text:
        reader.problem(url_node, "expected the address of the server alone: /bot and the token are added")
    token_file = reader.path(token_node)
    return Telegram(
        token=_token_of_environment(reader) or _token_of_file(reader, token_node, token_file),
        token_file=token_file,
        api_url=reader.web_address(url_node, Telegram().api_url).rstrip("/"),
        webhook=_webhook(reader, fields["webhook"]) if "webhook" in fields else None,
    )


def _webhook(reader: ConfigReader, node: Node) -> Webhook:
    fields = reader.fields(node, required=("url",), optional=("host", "port", "secret_file"))
    secret_node = fields.get("secret_file")
    secret_file = reader.path(secret_node)
    raw = reader.content(secret_node, secret_file) if secret_node and secret_file else None
    if secret_node and raw is None:
        reader.problem(secret_node, f"there is no file {secret_file}")
    secret = (raw or b"").decode("utf-8", errors="replace").strip()
    if secret and not SECRET.fullmatch(secret):
        reader.elsewhere.append(Problem(str(secret_file), 1, 1, "expected 1 to 256 letters, digits, _ or -"))
    return Webhook(
        url=reader.web_address(fields.get("url")),
        host=reader.string(fields.get("host"), "127.0.0.1"),
        port=reader.integer(fields.get("port"), 8443, low=1, high=LAST_PORT),
        secret=secret or None,
    )


def _token_of_environment(reader: ConfigReader) -> str | None:
    token = reader.environ.get(TOKEN_VARIABLE, "").strip()
    if token and not TOKEN.fullmatch(token):
        reader.elsewhere.append(Problem(f"${TOKEN_VARIABLE}", 1, 1, WRONG_SHAPE))
    return token or None


def _token_of_file(reader: ConfigReader, node: Node | None, path: Path | None) -> str | None:
    """The token in a file that need not be there: --dry-run works without."""
    raw = reader.content(node, path) if node and path else None
    token = (raw or b"").decode("utf-8-sig", errors="replace").strip()
    if token and not TOKEN.fullmatch(token):
        reader.elsewhere.append(Problem(str(path), 1, 1, WRONG_SHAPE))
    return token or None


# ---------------------------------------------------------------- access
def _access(reader: ConfigReader, node: Node | None) -> Access:
    fields = reader.fields(node, optional=("policy", "chats", "administrators"))
    policy = reader.choice(fields.get("policy"), "policy", ("open", "invite", "allow-list"), "open")
    chats = frozenset(reader.integer(item) for item in reader.items(fields.get("chats")))
    administrators = frozenset(reader.integer(item, low=1) for item in reader.items(fields.get("administrators")))
    if policy == "open" and chats:
        reader.problem(fields["chats"], "with policy open everybody may use the bot; write 'policy: allow-list'")
    if node and policy == "allow-list" and not chats | administrators:
        reader.problem(node, "nobody may use the bot: name chats or administrators, or write 'policy: open'")
    if node and policy == "invite" and not administrators:
        reader.problem(node, "nobody could invite: name administrators, or write 'policy: open'")
    return Access(None if policy == "open" else chats, administrators, invites=policy == "invite")

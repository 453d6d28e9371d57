"""What there is to configure, as the rest of the house sees it.

A newcomer shows it with `asdict`: only `repr` leaves out the token and the database, which may hold a password.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.core.model import POLICY, Feed, Policy, Problem

TOKEN_VARIABLE = "TELEGRAM_BOT_TOKEN"  # noqa: S105  the name of the variable


class ConfigError(Exception):
    """The configuration cannot be used; the message says where and what to do."""

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__("\n".join([message, *(str(problem) for problem in problems)]))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Telegram calls the bot at `url`; what answers there passes it on to `host` and `port`, same path.

    Who calls must know the `secret`; None means a new one at every start.
    """

    url: str
    host: str = "127.0.0.1"
    port: int = 8443
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Telegram:
    """`token` is None where none was given: enough for --dry-run."""

    token: str | None = field(default=None, repr=False)
    token_file: Path | None = None
    api_url: str = "https://api.telegram.org"
    webhook: Webhook | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """Who may use the bot: everybody if `chats` is None, else these and whom administrators (ids of people) admit.

    Administrators may always. With `invites`, a code that they give out admits as well.
    """

    chats: frozenset[int] | None = None
    administrators: frozenset[int] = frozenset()
    invites: bool = False

    def allows(self, chat_id: int, user_id: int) -> bool:
        return self.chats is None or chat_id in self.chats or user_id in self.administrators


@dataclass(frozen=True, slots=True)
class Polling:
    """How feeds are asked. `allow_private` holds hosts, or host:port, that may be in a private network.

    `interval` is the mean over all feeds, from which the `budget` of requests a day follows where none is given.
    `min_unconditional` is for feeds without validators; servers' wishes hold up to `wishes_up_to`.
    """

    interval: timedelta = timedelta(minutes=5)
    budget: int | None = None
    min_interval: timedelta = timedelta(minutes=2)
    min_unconditional: timedelta = timedelta(minutes=15)
    wishes_up_to: timedelta = timedelta(minutes=15)
    max_interval: timedelta = timedelta(minutes=30)
    timeout: timedelta = timedelta(seconds=20)
    concurrent: int = 20
    contact: str = ""
    allow_private: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Health:
    """Where health and metrics are served over HTTP."""

    host: str = "127.0.0.1"
    port: int = 9464


@dataclass(frozen=True, slots=True)
class Beat:
    """An address that is called every so often while all is well; it may hold a secret."""

    url: str = field(repr=False)
    every: timedelta = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Backups:
    """Where a copy of the database is put every day, and how long it is kept."""

    folder: Path
    keep: timedelta = timedelta(days=7)


SHORTEST_MEMORY = timedelta(days=35)  # copies of a text are known for 30 days, and rules count 30


@dataclass(frozen=True, slots=True)
class Retention:
    """How long reports and messages are kept, and how many at most; incidents are kept for good.

    What is younger than `SHORTEST_MEMORY` stays, however many there are.
    """

    reports: timedelta = timedelta(days=90)
    messages: timedelta = timedelta(days=90)
    most_reports: int | None = None
    most_messages: int | None = None

    @property
    def surely_known(self) -> timedelta:
        """How far back all reports are known, however many there were."""
        return self.reports if self.most_reports is None else SHORTEST_MEMORY


@dataclass(frozen=True, slots=True)
class Websub:
    """Where the hubs of feeds are listened to: at `host` and `port`, which the world reaches as `public_url`."""

    public_url: str
    host: str = "127.0.0.1"
    port: int = 9465


@dataclass(frozen=True, slots=True)
class Config:
    """`database` is a path or a URL; `rules` None means the usual places, `dumps` None GeoNames' own server.

    Without `backups` none are made.
    `near_misses`: do administrators get the weekly list of reports that nearly alerted? `feed_summary`:
    and that of feeds that are dead, or silent for longer than usual? `language` is what the bot
    speaks, by its ISO 639-1 code, where a chat chose no language and its people's Telegram has none that there is.
    """

    feeds: tuple[Feed, ...]
    database: str = field(repr=False)
    state: Path
    rules: Path | None = None
    telegram: Telegram = Telegram()
    access: Access = Access()
    polling: Polling = Polling()
    backfill: timedelta = timedelta(hours=24)
    health: Health | None = None
    websub: Websub | None = None
    dumps: str | None = None
    incidents: Policy = POLICY
    near_misses: bool = True
    backups: Backups | None = None
    retention: Retention = Retention()
    heartbeat: Beat | None = None
    feed_summary: bool = True
    language: str = "en"

    def require_token(self) -> str:
        if self.telegram.token is not None:
            return self.telegram.token
        file = self.telegram.token_file
        where = f"write it to {file}" if file else "name a file that holds it as token_file under telegram"
        raise ConfigError(
            "There is no bot token. In Telegram, send /newbot to @BotFather; then set the environment variable\n"
            f"{TOKEN_VARIABLE} to the token it answers with, or {where}.\n"
            "Without a token, `tocsin run --dry-run` prints alerts here."
        )

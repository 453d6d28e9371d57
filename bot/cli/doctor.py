"""`tocsin doctor`: looks at everything that a bot needs, and says what to mend.

A newcomer's mistake is to stop at the first thing that is broken: what does not depend on it is looked at all the same.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

import httpx
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.cli.feeds.checking import ask_all
from bot.cli.feeds.tables import Column, print_table, shown
from bot.cli.lines import speak_utf8
from bot.config import Config, ConfigError, load
from bot.core.trying import failures_of_events, failures_of_rules
from bot.rulebook import RulesNotFoundError, rules_folder
from bot.rulebook import load as load_rules
from bot.store import Archive, StoreError, backups
from bot.telegram.secrecy import guard_logs

CLOCK_ODD, CLOCK_WRONG = timedelta(seconds=5), timedelta(seconds=60)
SAVED_LATELY = timedelta(days=2)
DISK_LOW, DISK_FULL = 500_000_000, 50_000_000  # bytes
MOST_NAMED = 5  # problems or feeds in one cell
TELEGRAM_SECONDS = 10.0
SQLITE_HAS_NO_SERVER = "://"


class State(StrEnum):
    GOOD = "ok"
    ODD = "look"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing is, and what to do where it is not well."""

    what: str
    state: State
    said: str
    mend: str = ""


COLUMNS: Sequence[Column[Finding]] = (
    ("what", lambda finding: finding.what),
    ("state", lambda finding: finding.state.value),
    ("found", lambda finding: finding.said),
    ("what to do", lambda finding: finding.mend),
)
COLOURS = {State.GOOD: "", State.ODD: "yellow", State.BROKEN: "red"}


def examine_house(path: Path | None, *, offline: bool, as_json: bool) -> int:
    """The exit status: 1 when something is broken."""
    speak_utf8()
    guard_logs()
    found = list(findings(path, offline=offline))
    if as_json:
        print(json.dumps({"findings": [_object(each) for each in found]}, ensure_ascii=False, indent=2))
    else:
        print_table(COLUMNS, found, lambda finding: COLOURS[finding.state])
    return 1 if any(finding.state is State.BROKEN for finding in found) else 0


def _object(finding: Finding) -> dict[str, str]:
    return {"what": finding.what, "state": finding.state, "found": finding.said, "mend": finding.mend}


def findings(path: Path | None, *, offline: bool) -> Iterator[Finding]:
    """Everything in the order in which to mend it."""
    try:
        config = load(path, os.environ)
    except ConfigError as error:
        yield Finding("config", State.BROKEN, str(error), "mend what is named, or make a new one with: tocsin init")
        return
    yield Finding("config", State.GOOD, f"read; {len(config.feeds):,} feeds, database {_named(config.database)}")
    yield from asyncio.run(_telegram(config)) if not offline else [_token_offline(config)]
    yield _database(config)
    yield _saved(config, datetime.now(UTC))
    yield _disk(config)
    yield from _rules(config)
    if not offline:
        yield asyncio.run(_feeds(config))
    yield from _extras(webhook=config.telegram.webhook is not None)


def _named(database: str) -> str:
    return shown(database) if SQLITE_HAS_NO_SERVER in database else database


# ---------------------------------------------------------------- Telegram
WAYS = "network, firewall, proxy, name server"
NETWORK = f"see whether this machine reaches the internet at all: {WAYS}"
NO_TOKEN = Finding(
    "token",
    State.BROKEN,
    "there is none",
    "send /newbot to @BotFather, and write the token to the config's token_file; `tocsin run --dry-run` works without",
)


def _token_offline(config: Config) -> Finding:
    return NO_TOKEN if config.telegram.token is None else Finding("token", State.GOOD, "there is one; not tried")


async def _telegram(config: Config) -> list[Finding]:
    return [await _token(config), await _clock(config)]


async def _token(config: Config) -> Finding:
    if config.telegram.token is None:
        return NO_TOKEN
    try:
        async with Bot(config.telegram.token, base_url=f"{config.telegram.api_url}/bot") as bot:
            return Finding("token", State.GOOD, f"Telegram accepts it; the bot is @{bot.username}")
    except InvalidToken:
        why = "send /mybots to @BotFather for the token as it is now; in the token file it counts within a minute"
        return Finding("token", State.BROKEN, "Telegram refuses it", why)
    except TelegramError as error:
        return Finding("token", State.BROKEN, f"Telegram cannot be asked: {error}", _reach(config))


def _reach(config: Config) -> str:
    return f"see whether this machine reaches {shown(config.telegram.api_url)}: {WAYS}"


async def _clock(config: Config) -> Finding:
    """Against the Date that Telegram's server puts on every answer, whatever it answers."""
    try:
        async with httpx.AsyncClient(timeout=TELEGRAM_SECONDS) as client:
            answer = await client.get(config.telegram.api_url)
        off = datetime.now(UTC) - parsedate_to_datetime(answer.headers["Date"])
    except (httpx.HTTPError, KeyError, ValueError, TypeError) as error:
        return Finding("clock", State.ODD, f"there is nothing to compare it with: {error!r}", _reach(config))
    return clock_finding(off)


def clock_finding(off: timedelta) -> Finding:
    """`off` is how far our clock is ahead."""
    seconds = round(abs(off).total_seconds())
    if abs(off) <= CLOCK_ODD:
        return Finding("clock", State.GOOD, "right to a few seconds")
    state = State.BROKEN if abs(off) > CLOCK_WRONG else State.ODD
    which = "ahead" if off > timedelta(0) else "behind"
    return Finding("clock", state, f"{seconds:,} s {which} of Telegram's", "set it, best by NTP: alerts tell times")


# ---------------------------------------------------------------- the store
def _database(config: Config) -> Finding:
    server = SQLITE_HAS_NO_SERVER in config.database
    if not server and not Path(config.database).exists():
        return Finding("database", State.GOOD, f"{config.database} is not there yet; `tocsin run` makes it")
    try:
        with closing(Archive.open(config.database)) as archive:
            damage = archive.damage()
            feeds = archive.feeds()
    except StoreError as error:
        return Finding("database", State.BROKEN, str(error), "as it says")
    if damage:
        return Finding("database", State.BROKEN, f"damaged: {damage}", "restore a backup; do not just delete it")
    return Finding("database", State.GOOD, f"whole and up to date; {len(feeds):,} feeds known")


def _saved(config: Config, now: datetime) -> Finding:
    if config.backups is None:
        how = "write `backups:` into the config, unless something else saves the database, such as pg_dump every night"
        return Finding("backups", State.ODD, "the bot makes none, by the config", how)
    newest = backups.newest_at(config.backups.folder)
    return saved_finding(now - newest if newest else None, config.backups.folder)


def saved_finding(age: timedelta | None, folder: Path) -> Finding:
    """`age` is that of the newest backup, if there is one."""
    if age is None:
        return Finding("backups", State.GOOD, f"none in {folder} yet; one a day while the bot runs")
    if age <= SAVED_LATELY:
        return Finding("backups", State.GOOD, f"one a day in {folder}")
    mend = "if the bot runs, its log says why it makes none; `tocsin backup FILE` makes one now"
    return Finding("backups", State.ODD, f"the newest in {folder} is {age.days} days old", mend)


def _disk(config: Config) -> Finding:
    folder = Path(config.database).absolute().parent if SQLITE_HAS_NO_SERVER not in config.database else config.state
    while not folder.exists():
        folder = folder.parent
    return disk_finding(shutil.disk_usage(folder).free, folder)


def disk_finding(free: int, folder: Path) -> Finding:
    """`free` is in bytes."""
    said = f"{free / 1e9:,.1f} GB free at {folder}"
    if free >= DISK_LOW:
        return Finding("disk", State.GOOD, said)
    state = State.BROKEN if free < DISK_FULL else State.ODD
    return Finding("disk", state, said, "make room: a bot that cannot record sends nothing")


# ---------------------------------------------------------------- rules
def _rules(config: Config) -> Iterator[Finding]:
    try:
        rulebook = load_rules(rules_folder(config.rules))
    except RulesNotFoundError as error:
        yield Finding("rules", State.BROKEN, str(error), "name a folder of rules, or none for those that come with it")
        return
    if rulebook.problems or not rulebook.rules:
        told = _some([str(problem) for problem in rulebook.problems]) or "there is no rule"
        yield Finding("rules", State.BROKEN, told, "mend these lines; `tocsin check` shows all of them")
    else:
        yield Finding(
            "rules", State.GOOD, f"{sum(rule.live for rule in rulebook.rules):,} live rules without a mistake"
        )
    failures = [
        *failures_of_rules(rulebook.rules, rulebook.knowledge),
        *failures_of_events(rulebook.types, rulebook.knowledge),
    ]
    if failures:
        told = _some([str(failure) for failure in failures])
        yield Finding("tests of rules", State.BROKEN, told, "mend the rule or its test; `tocsin explain` shows why")
    else:
        yield Finding("tests of rules", State.GOOD, "all of them hold")


def _some(lines: Sequence[str]) -> str:
    more = f"; and {len(lines) - MOST_NAMED:,} more" if len(lines) > MOST_NAMED else ""
    return "; ".join(lines[:MOST_NAMED]) + more


# ---------------------------------------------------------------- feeds
async def _feeds(config: Config) -> Finding:
    if not config.feeds:
        return Finding(
            "feeds", State.ODD, "the config names none", "name some, or add them with /admin feeds add ADDRESS"
        )
    checked = await ask_all(config.feeds, config.polling)
    failed = [f"{feed.title or shown(feed.url)}: {feed.error}" for feed in checked if feed.error]
    if not failed:
        return Finding("feeds", State.GOOD, f"all {len(checked):,} answer")
    if len(failed) == len(checked):
        how = f"{NETWORK}; `tocsin feeds check` tells of each feed"
        return Finding("feeds", State.BROKEN, f"not one of {len(checked):,} answers: {_some(failed[:1])}", how)
    said = f"{len(failed):,} of {len(checked):,} fail: {_some(failed)}"
    return Finding("feeds", State.ODD, said, "`tocsin feeds check` tells of each; take out those that stay dead")


# ---------------------------------------------------------------- extras
EXTRAS: Sequence[tuple[str, str, str]] = (
    ("pictures", "matplotlib", "maps and charts in digests"),
    ("webhooks", "tornado", "Telegram calling the bot instead of being asked"),
)


def _extras(*, webhook: bool, installed: Callable[[str], object] = find_spec) -> Iterator[Finding]:
    for extra, module, purpose in EXTRAS:
        if installed(module) is not None:
            yield Finding(f"extra {extra}", State.GOOD, f"installed: {purpose}")
        elif webhook and extra == "webhooks":
            how = "pip install 'tocsin[webhooks]', or take the webhook out of the config"
            yield Finding(f"extra {extra}", State.BROKEN, "not installed, and the config has a webhook", how)
        else:
            how = f"only if you want it: pip install 'tocsin[{extra}]'"
            yield Finding(f"extra {extra}", State.GOOD, f"not installed: {purpose}", how)

"""`tocsin run`: the configuration, the store and the rules opened, the bot run until a signal comes.

A newcomer's mistake is to let a traceback out: what a person can mend is said in a sentence, with exit status 2.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from contextlib import ExitStack
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console

from bot.cli.machine import print_problems
from bot.config import Config, ConfigError, Health, load
from bot.outbox import NO_LIMITS
from bot.roles import ALL_ROLES, Role
from bot.rulebook import LiveRules, RulesNotFoundError, rules_folder
from bot.running import Setting, serve
from bot.store import Store, StoreError, StoreLostError, backups
from bot.store.alone import alone
from bot.store.engine import path_of
from bot.store.errors import StoreAwayError
from bot.store.migrate import Before
from bot.telegram.terminal import TerminalSender

MAY_START_LATER, CANNOT_START = 1, 2
TERMINAL_CHAT = 1
ALONE = (
    "A database in a file has one process, which does everything: leave out --role, or move to PostgreSQL\n"
    "with `tocsin migrate-to`."
)
TAKEN = ". Each process on a machine needs a port of its own: --health-port says another."
NO_WEBHOOKS = "The config has a webhook, for which a library is missing: pip install 'tocsin[webhooks]'"
DRY_RUN_DATABASE = "dry-run.db"  # its own memory: a dry run must not take the messages of real chats for sent


def run_bot(
    path: Path | None,
    *,
    dry_run: bool,
    roles: frozenset[Role] = ALL_ROLES,
    unkept: bool = False,
    health_port: int | None = None,
) -> int:
    """The exit status: 0 after a clean stop, 2 when something must be mended first, 1 when another start may help.

    `unkept` brings a database of an older version up to date without saving it first. `health_port` is another than
    that of the config.
    """
    with ExitStack() as held:
        try:
            config = _answering_at(health_port, _config(path))
            config = _with_own_memory(config) if dry_run else config
            held.enter_context(alone(config.database))
            before = backups.unkept if unkept else _keeping(config)
            setting = _dry(config) if dry_run else _real(config, roles, before)
        except (ConfigError, RulesNotFoundError, StoreError, OSError) as error:
            print(f"tocsin: {error}", file=sys.stderr)
            return MAY_START_LATER if isinstance(error, StoreAwayError) else CANNOT_START
        gc.freeze()  # or the collector walks through all rules and places now and then, everything else standing still
        return asyncio.run(until_signal(setting))


def _config(path: Path | None) -> Config:
    return load(path, os.environ)


def _answering_at(port: int | None, config: Config) -> Config:
    """Processes on one machine may share a config, but no port."""
    if port is None:
        return config
    return replace(config, health=replace(config.health or Health(), port=port))


def _keeping(config: Config) -> Before:
    return backups.keeping(config.database, config.backups.folder if config.backups else None)


def _real(config: Config, roles: frozenset[Role], before: Before) -> Setting:
    if roles != {Role.POLLER}:
        config.require_token()
    if path_of(config.database) is not None and Role.ALL not in roles:
        raise ConfigError(ALONE)
    _require_not_lost(config)
    if config.telegram.webhook and find_spec("tornado") is None:
        raise ConfigError(NO_WEBHOOKS)
    rules = _rules(config)
    return Setting(config, Store.open(config.database, before), rules, roles=roles)


def _require_not_lost(config: Config) -> None:
    """A new database knows no chats: silence that looks like peace."""
    path, saved = path_of(config.database), config.backups and backups.newest(config.backups.folder)
    if saved and path and not (path.exists() and path.stat().st_size):  # a disk that failed leaves an empty file
        raise StoreLostError(
            f"The store {path} is gone or empty, but there is a backup of it: {saved}. Put it back with"
            " `tocsin restore`, or move the backups away to begin with a new one."
        )


def _with_own_memory(config: Config) -> Config:
    """Nobody outside is to take a trial for the bot: no heartbeat says that all is well, no hub is asked for news."""
    config.state.mkdir(parents=True, exist_ok=True)
    own = str(config.state / DRY_RUN_DATABASE)
    return replace(config, database=own, backups=None, heartbeat=None, websub=None)


def _dry(own: Config) -> Setting:
    rules = _rules(own)
    return Setting(own, Store.open(own.database), rules, TerminalSender(Console()), NO_LIMITS, audience=TERMINAL_CHAT)


def _rules(config: Config) -> LiveRules:
    rules = LiveRules(rules_folder(config.rules))
    print_problems(rules.current)
    if not rules.current.rules:
        raise RulesNotFoundError(f"{rules.folder} holds no rule that can be used")
    return rules


async def until_signal(setting: Setting) -> int:
    """Run until SIGTERM or Ctrl-C."""
    until = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, until.set)
    try:
        await serve(setting, until)
    except StoreLostError as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return CANNOT_START
    except OSError as error:
        print(f"tocsin: cannot serve health and metrics, or what hubs of feeds say: {error}{TAKEN}", file=sys.stderr)
        return CANNOT_START
    return 0

"""`tocsin run`: the configuration, the store and the rules opened, the bot run until a signal comes.

A newcomer's mistake is to let a traceback out: what a person can mend is said in a sentence, with exit status 2.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console

from bot.cli.machine import print_problems
from bot.config import Config, ConfigError, load
from bot.outbox import NO_LIMITS
from bot.rulebook import LiveRules, RulesNotFoundError, rules_folder
from bot.running import Setting, serve
from bot.store import Store, StoreError
from bot.telegram.secrecy import guard_logs
from bot.telegram.terminal import TerminalSender

CANNOT_START = 2
TERMINAL_CHAT = 1
NO_WEBHOOKS = "The config has a webhook, for which a library is missing: pip install 'tocsin[webhooks]'"
DRY_RUN_DATABASE = "dry-run.db"  # its own memory: a dry run must not take the messages of real chats for sent


def run_bot(path: Path | None, *, dry_run: bool) -> int:
    """The exit status: 0 after a clean stop, 2 when something must be mended first."""
    start_logging(logging.INFO)
    try:
        setting = _dry(_config(path)) if dry_run else _real(_config(path))
    except (ConfigError, RulesNotFoundError, StoreError, OSError) as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return CANNOT_START
    gc.freeze()  # or the collector walks through all rules and places now and then, everything else standing still
    return asyncio.run(until_signal(setting))


def _config(path: Path | None) -> Config:
    return load(path, os.environ)


def _real(config: Config) -> Setting:
    config.require_token()
    if config.telegram.webhook and find_spec("tornado") is None:
        raise ConfigError(NO_WEBHOOKS)
    rules = _rules(config)
    return Setting(config, Store.open(config.database), rules)


def _dry(config: Config) -> Setting:
    rules = _rules(config)
    config.state.mkdir(parents=True, exist_ok=True)
    store = Store.open(str(config.state / DRY_RUN_DATABASE))
    return Setting(config, store, rules, TerminalSender(Console()), NO_LIMITS, audience=TERMINAL_CHAT)


def _rules(config: Config) -> LiveRules:
    rules = LiveRules(rules_folder(config.rules))
    print_problems(rules.current)
    if not rules.current.rules:
        raise RulesNotFoundError(f"{rules.folder} holds no rule that can be used")
    return rules


def start_logging(level: int) -> None:
    """Log to standard error, with secrets masked."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it speaks of every run of every timer, and of each wait
    guard_logs()


async def until_signal(setting: Setting) -> int:
    """Run until SIGTERM or Ctrl-C."""
    until = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, until.set)
    try:
        await serve(setting, until)
    except OSError as error:
        print(f"tocsin: cannot serve health and metrics: {error}", file=sys.stderr)
        return CANNOT_START
    return 0

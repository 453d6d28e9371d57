"""`tocsin incidents`: what is remembered of the past, by place, word and time.

A newcomer's mistake is to look in the chats: messages are edited and deleted, the database keeps every incident.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.config import Config, ConfigError
from bot.config import load as load_config
from bot.core.listing import is_in, lines, says
from bot.core.model import Incident, Place
from bot.core.yamlfile import duration_of
from bot.rulebook import RulesNotFoundError, load, rules_folder
from bot.store import Store, StoreError


class UnclearError(Exception):
    """What was asked cannot be understood; the message says why."""


def list_incidents(since: str, place: str | None, word: str | None, config: Path | None) -> int:
    """Print the incidents, the latest last. The exit status: 1 when there are none, 2 when the question is unclear."""
    try:
        settings = load_config(config, os.environ)
        area = _place(place, settings) if place else None
        found = [i for i in _all(since, settings) if is_in(area, i) and (not word or says(word, i))]
    except (ConfigError, RulesNotFoundError, StoreError, UnclearError) as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return 2
    for incident in found:
        print("\n".join(lines(incident)))
    print(f"{len(found):,} incident{'' if len(found) == 1 else 's'}", file=sys.stderr)
    return 0 if found else 1


def _all(since: str, settings: Config) -> tuple[Incident, ...]:
    oldest = moment_of(since)
    store = Store.open(settings.database)
    try:
        return store.incidents_since(oldest)
    finally:
        store.close()


def moment_of(since: str) -> datetime:
    """When the time began that reaches back so far: 24h, 30d. UnclearError says what is wrong with it."""
    try:
        if (span := duration_of(since)) is not None:
            return datetime.now(UTC) - span
    except (OverflowError, ValueError) as error:
        raise UnclearError("--since reaches back further than the calendar") from error
    raise UnclearError(f"--since {since!r} is no duration such as 24h or 30d")


def _place(name: str, settings: Config) -> Place:
    try:
        return load(rules_folder(settings.rules)).knowledge.gazetteer.find(name)
    except LookupError as error:
        raise UnclearError(str(error.args[0])) from error

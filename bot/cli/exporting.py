"""`tocsin export`: the incidents of a time as tables and maps, the reports that told of them, and a manifest.

A newcomer's mistake is to hand out the database: it holds chats and people, an export holds what was reported, and of
what rules tell with care no more than a chat is told.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import __version__
from bot.cli.incidents import UnclearError, moment_of
from bot.config import Config, ConfigError, load
from bot.core import manifest
from bot.core.exporting import as_csv, as_geojson, row
from bot.core.listing import is_in, told_to
from bot.core.manifest import Packed
from bot.core.model import Evidence, Incident, Place
from bot.rulebook import RulesNotFoundError, rules_folder
from bot.rulebook import load as load_rules
from bot.store import Archive, StoreError

DIFFERS, CANNOT = 1, 2
LATE = timedelta(days=1)  # by which the clock of an outlet may be ahead of ours

Show = Callable[[Incident], Incident | None]


def export(folder: Path, since: str, place: str | None, rule: str | None, config: Path | None, *, whole: bool) -> int:
    """The exit status: 0, or 2 with what is wrong. `whole` tells what rules tell with care as it is."""
    try:
        _require_empty(folder)
        moment = moment_of(since)
        settings = load(config, os.environ)
        chosen = _chosen(moment, _area(place, settings), rule, settings, _as_it_is if whole else _as_it_may_be_shown)
        files = [*_tables(chosen.incidents), manifest.as_lines(chosen.evidence)]
        folder.mkdir(parents=True, exist_ok=True)
        for each in files:
            (folder / each.name).write_bytes(each.content)
        (folder / manifest.NAME).write_bytes(manifest.manifest(files, datetime.now(UTC), moment, __version__))
    except (ConfigError, RulesNotFoundError, StoreError, UnclearError, OSError) as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return CANNOT
    for each in files:
        print(f"{folder / each.name}: {each.count:,}")
    if chosen.left_out:
        print(
            f"left out, for rules tell of them with care: {chosen.left_out:,} reports; --whole hands out all there is"
        )
    return 0


def _require_empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise UnclearError(f"{folder} is not empty, and nothing is mixed into an export. Name a new folder.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What goes out; `left_out` is how many reports do not, because they say what must not be told."""

    incidents: list[Incident]
    evidence: list[Evidence]
    left_out: int


def _area(place: str | None, settings: Config) -> Place | None:
    if place is None:
        return None
    try:
        return load_rules(rules_folder(settings.rules)).knowledge.gazetteer.find(place)
    except LookupError as error:
        raise UnclearError(str(error.args[0])) from error


def _as_it_is(incident: Incident) -> Incident | None:
    return incident


def _as_it_may_be_shown(incident: Incident) -> Incident | None:
    """None while it is held back."""
    rules = {*incident.rules, *(rule_id for rule_id, _ in incident.careful)}
    return next(told_to([incident], rules, datetime.now(UTC)), None)


def _chosen(since: datetime, area: Place | None, rule: str | None, settings: Config, show: Show) -> Chosen:
    """A place is looked for in what may be shown: or asking for a village would tell what happened in it."""
    with closing(Archive.open(settings.database)) as archive:
        shown = {each.id: show(each) for each in archive.incidents(since)}
        wanted = [i for i in shown.values() if i and is_in(area, i) and (rule is None or rule in i.rules)]
        began = (
            min((i.first_seen for i in wanted), default=since) - LATE
        )  # reports from before `since` tell of them too
        ids = {incident.id for incident in wanted}
        evidence = [each for each in archive.evidence(min(since, began)) if ids.intersection(each.incident_ids)]
        secret = {each.id for each in archive.incidents(min(since, began)) if show(each) != each}
    told = [each for each in evidence if secret.isdisjoint(each.incident_ids)]
    return Chosen(wanted, told, len(evidence) - len(told))


def _tables(incidents: list[Incident]) -> Iterator[Packed]:
    rows = [row(incident, incident.rules) for incident in incidents]
    yield Packed("incidents.csv", as_csv(rows).encode("utf-8-sig"), len(rows))
    yield Packed("incidents.geojson", as_geojson(rows).encode(), len(rows))


def check(folder: Path) -> int:
    """Say what in an export is not as handed over. The exit status: 0, 1 when something differs, 2 without one."""
    try:
        manifested = (folder / manifest.NAME).read_bytes()
        others = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != manifest.NAME}
    except OSError as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return CANNOT
    found = list(manifest.faults(manifested, others))
    for each in found:
        print(each)
    if not found:
        print(f"{folder} is what was handed over: {len(others)} files, all as the manifest says.")
    return DIFFERS if found else 0

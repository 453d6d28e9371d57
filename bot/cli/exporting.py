"""`tocsin export`: the incidents of a time as tables and maps, the reports that told of them, and a manifest.

A newcomer's mistake is to hand out the database: it holds chats and people, an export holds what was reported.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bot import __version__
from bot.cli.incidents import UnclearError, moment_of
from bot.config import ConfigError, load
from bot.core import manifest
from bot.core.exporting import as_csv, as_geojson, row
from bot.core.listing import is_in
from bot.core.manifest import Packed
from bot.core.model import Incident
from bot.rulebook import RulesNotFoundError, rules_folder
from bot.rulebook import load as load_rules
from bot.store import Archive, StoreError

DIFFERS, CANNOT = 1, 2


def export(folder: Path, since: str, place: str | None, rule: str | None, config: Path | None) -> int:
    """The exit status: 0, or 2 with what is wrong."""
    try:
        _require_empty(folder)
        moment = moment_of(since)
        files = list(_packed(moment, place, rule, config))
        folder.mkdir(parents=True, exist_ok=True)
        for each in files:
            (folder / each.name).write_bytes(each.content)
        (folder / manifest.NAME).write_bytes(manifest.manifest(files, datetime.now(UTC), moment, __version__))
    except (ConfigError, RulesNotFoundError, StoreError, UnclearError, OSError) as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return CANNOT
    for each in files:
        print(f"{folder / each.name}: {each.count:,}")
    return 0


def _require_empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise UnclearError(f"{folder} is not empty, and nothing is mixed into an export. Name a new folder.")


def _packed(since: datetime, place: str | None, rule: str | None, config: Path | None) -> Iterator[Packed]:
    settings = load(config, os.environ)
    area = None
    if place is not None:
        try:
            area = load_rules(rules_folder(settings.rules)).knowledge.gazetteer.find(place)
        except LookupError as error:
            raise UnclearError(str(error.args[0])) from error
    with closing(Archive.open(settings.database)) as archive:
        incidents = [i for i in archive.incidents(since) if is_in(area, i) and (rule is None or rule in i.rules)]
        wanted = {incident.id for incident in incidents}
        evidence = [each for each in archive.evidence(since) if wanted.intersection(each.incident_ids)]
    yield from _tables(incidents)
    yield manifest.as_lines(evidence)


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

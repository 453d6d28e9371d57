"""`tocsin places`: import tables of places, and show what a name resolves to.

A newcomer's mistake is to expect an import to change running processes: they open tables when they start.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from bot.config import ConfigError, usual_path
from bot.config import load as load_config
from bot.core.places.gazetteer import Gazetteer, Known, described
from bot.core.places.keys import consonants_of, is_latin, key_of, sounds_of, words_of
from bot.gazetteer.download import ADDRESS, DownloadError, download, is_country
from bot.gazetteer.dumps import TableError
from bot.gazetteer.folders import data_folder
from bot.gazetteer.importing import import_table
from bot.rulebook import RulesNotFoundError, load, rules_folder

DOWNLOADS = "downloads"  # folder in the data folder
MOST_SHOWN = 20  # bearers of a name
MOST_NAMES = 12  # of a place


def import_places(source: str, data: Path | None, address: str | None, config: Path | None) -> int:
    """Import a table, or the dump of a country named by two capital letters. The exit status."""
    folder = data_folder(data)
    try:
        path = Path(source)
        if is_country(source) and not path.exists():
            path = asyncio.run(_downloaded(source, folder / DOWNLOADS, address or _dumps(config)))
        imported = import_table(path, folder)
    except (ConfigError, DownloadError, TableError) as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return 1
    print(f"{imported.places:,} places with {imported.names:,} names are in {imported.path}")
    print("They serve from the next start.")
    return 0


def _dumps(config: Path | None) -> str:
    """Where the dumps of countries are, as the config says; an import needs no config."""
    if config is None and not usual_path(os.environ).exists():
        return ADDRESS
    return load_config(config, os.environ).dumps or ADDRESS


async def _downloaded(country: str, folder: Path, address: str) -> Path:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(f"{country}.zip", total=None)
        return await download(
            country, folder, address, lambda done, total: bar.update(task, completed=done, total=total)
        )


def find_place(name: str, rules: Path | None) -> int:
    """Show what a name, an id or a code resolves to. The exit status: 1 when nothing has that name."""
    try:
        gazetteer = load(rules_folder(rules)).knowledge.gazetteer
    except RulesNotFoundError as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return 2
    print(f"keys: {', '.join(_keys(name))}")
    found = gazetteer.named(name)
    for known in found[:MOST_SHOWN]:
        _show(known, gazetteer)
    if len(found) > MOST_SHOWN:
        print(f"and {len(found) - MOST_SHOWN} more places of that name")
    try:
        meant = gazetteer.find(name)
    except LookupError as error:
        print(f"in a rule: {error.args[0]}")
        return 0 if found else 1
    if not found:
        _show(Known(meant, 0, by_hand=False, main_keys=frozenset()), gazetteer)
    print(f"in a rule: {meant.id}, {described(meant)}")
    for warning in gazetteer.warnings_for(name):
        print(f"in a rule: {warning}")
    return 0


def _keys(name: str) -> list[str]:
    words = words_of(name)
    keys = [key_of(name)]
    if words and is_latin(words[0]):
        keys += [f"{sounds_of(words)} (sounds)", f"{consonants_of(words)} (consonants)"]
    return keys


def _show(known: Known, gazetteer: Gazetteer) -> None:
    place = known.place
    at = f"{place.lat:.4f}, {place.lon:.4f}" if place.lat is not None and place.lon is not None else "no position"
    inhabitants = f", {known.population:,} inhabitants" if known.population else ""
    print(f"{place.id}: {place.name}, {place.kind}, {at}{inhabitants}")
    parents = [parent for i in place.parents if (parent := gazetteer.get(i))]
    if parents:
        print(f"    in {', '.join(f'{p.name} ({p.id})' for p in parents)}")
    names = gazetteer.names_of(place.id)
    if len(names) > 1:
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        print(f"    also {', '.join(names[1:MOST_NAMES])}{more}")

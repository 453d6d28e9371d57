"""The gazetteer from its files: the shipped world, imported tables, and the place files of a rules folder.

Tables are unpacked once into arrays that every process maps from disk. A newcomer lets a broken file stop the rest: it
costs its own places and nobody else's, and what is wrong is handed on, not logged here.
"""

from __future__ import annotations

import lzma
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.core.model import Problem
from bot.core.overlays import PlaceFile, joined
from bot.core.places import Gazetteer
from bot.core.places.cues import Cues, NameLists
from bot.core.places.gazetteer import Source
from bot.core.places.table import Table, table_of
from bot.gazetteer.folders import data_folder, state_folder
from bot.gazetteer.unpacking import UnpackError, unpacked

PACKAGE = Path(__file__).parent
WORLD = PACKAGE / "world.tsv.xz"
IMPORTED = "places"  # folder of imported tables in the data folder
SUFFIX = ".tsv.xz"


@dataclass(frozen=True, slots=True)
class Opened:
    gazetteer: Gazetteer
    problems: tuple[Problem, ...]


def open_gazetteer(files: Sequence[PlaceFile], data: Path | None = None) -> Opened:
    """A gazetteer from the place files of a rules folder, the tables imported into `data`, and the world.

    Without `data`: the folder that the environment's TOCSIN_DATA names, else the user's.
    """
    problems: list[Problem] = []
    tables = list(_tables(data_folder(data), problems))
    below = Gazetteer([Source(table) for table in tables])
    together = joined(files, lambda place_id: below.get(place_id) is not None)
    problems += [*(p for f in files for p in f.problems), *together.problems]
    by_hand = Source(table_of(together.rows), by_hand=True)
    cues = Cues(name_lists()).joined(f.cues for f in files)
    gazetteer = Gazetteer([by_hand, *(Source(table) for table in tables)], together.regions, cues, together.spoken)
    return Opened(gazetteer, tuple(problems))


def _tables(data: Path, problems: list[Problem]) -> Iterator[Table]:
    """The imported tables in the order of their names, then the world."""
    for path in [*sorted((data / IMPORTED).glob(f"*{SUFFIX}")), WORLD]:
        try:
            yield unpacked(path, state_folder())
        except (OSError, lzma.LZMAError, ValueError) as error:
            problems.append(Problem(str(path), 1, 1, f"cannot be read: {error}"))
        except UnpackError as error:
            problems.append(Problem(str(path), 1, 1, str(error)))
            yield error.table


# ---------------------------------------------------------------- lists of words
def name_lists() -> NameLists:
    """Plain words and names of people that are also places."""
    return NameLists(word_list("words"), word_list("given"), word_list("family"))


@lru_cache(maxsize=8)
def word_list(name: str) -> frozenset[str]:
    """The lines of one of the lists beside the world."""
    text = (PACKAGE / "lists" / f"{name}.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))

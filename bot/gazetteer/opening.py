"""The gazetteer from the place files of a rules folder.

A broken file costs its own places and nobody else's; what is wrong is handed on, not logged here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.model import Problem
from bot.core.overlays import joined, parse_places
from bot.core.places import Gazetteer, gazetteer_of


@dataclass(frozen=True, slots=True)
class Opened:
    gazetteer: Gazetteer
    problems: tuple[Problem, ...]


def open_gazetteer(overlays: Iterable[tuple[str, str]]) -> Opened:
    """A gazetteer from (file name, text) of the overlay files."""
    files = [parse_places(text, file) for file, text in overlays]
    together = joined(files)
    problems = (*(p for f in files for p in f.problems), *together.problems)
    return Opened(gazetteer_of(together.named), problems)

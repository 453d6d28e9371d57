"""Which folder of rules is meant.

A newcomer's mistake is to copy the shipped events and places beside rules of one's own: a folder without them has the
shipped ones, and those of the next version.
"""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
SHIPPED = [PACKAGE / "shipped" / "rules", PACKAGE.parent / "rules"]  # in a wheel, in a checkout


class RulesNotFoundError(Exception):
    """There is no folder of rules where one was named."""


def shipped_rules() -> Path:
    """The rules that come with the package."""
    return next((folder for folder in SHIPPED if folder.is_dir()), SHIPPED[0])


def rules_folder(named: Path | None) -> Path:
    """The folder named, else the environment's TOCSIN_RULES, else ./rules, else the shipped rules."""
    if named is not None:
        return _existing(named, "--rules")
    if from_environment := os.environ.get("TOCSIN_RULES"):
        return _existing(Path(from_environment), "TOCSIN_RULES")
    here = Path("rules")
    return here if here.is_dir() else shipped_rules()


def _existing(folder: Path, said: str) -> Path:
    if not folder.is_dir():
        raise RulesNotFoundError(f"{said} names {folder}, which is not a folder")
    return folder


def part(folder: Path, name: str) -> Path:
    """The events or places of a folder of rules: its own, or else the shipped ones."""
    own = folder / name
    return own if own.is_dir() else shipped_rules() / name

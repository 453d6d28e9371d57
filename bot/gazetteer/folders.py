"""Where unpacked and imported tables live: the folders named, else the environment's, else the user's.

Unpacked tables can be deleted at any time; imported ones cannot. A newcomer's mistake is to keep both in one folder.
"""

from __future__ import annotations

import os
from pathlib import Path


def state_folder() -> Path:
    """Folder for what can be made again: TOCSIN_STATE, else the user's cache."""
    if named := os.environ.get("TOCSIN_STATE"):
        return Path(named)
    return _of_user("XDG_CACHE_HOME", ".cache")


def data_folder(named: Path | None = None) -> Path:
    """Folder for imported tables: the one named, else TOCSIN_DATA, else the user's data."""
    if named is not None:
        return named
    if from_environment := os.environ.get("TOCSIN_DATA"):
        return Path(from_environment)
    return _of_user("XDG_DATA_HOME", ".local/share")


def _of_user(variable: str, below_home: str) -> Path:
    base = os.environ.get(variable)
    return (Path(base) if base else Path.home() / below_home) / "tocsin"

"""Reads single values of config.yaml, and the files that it names.

A newcomer quotes a wrong value in its problem: in this file it may be a secret in the wrong place, so none is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from bot.config.checks import web_address_problem
from bot.core.model import Problem
from bot.core.yamlfile import LARGEST, Node, Reader


class ConfigReader(Reader):
    """A Reader that also opens the files which a config names, relative to its own folder."""

    def __init__(self, file: str, folder: Path, environ: Mapping[str, str]) -> None:
        super().__init__(file)
        self.folder = folder
        self.environ = environ
        self.elsewhere: list[Problem] = []  # problems in those other files

    def path(self, node: Node | None) -> Path | None:
        text = self.string(node)
        return self.folder / text if text else None

    def matching(self, node: Node | None, pattern: re.Pattern[str], wanted: str) -> str:
        text = self.string(node)
        if node and text and not pattern.fullmatch(text):
            self.problem(node, f"expected {wanted}")
        return text

    def web_address(self, node: Node | None, default: str = "") -> str:
        url = self.string(node, default)
        if node and url and (wrong := web_address_problem(url)):
            self.problem(node, wrong)
        return url

    def content(self, node: Node, path: Path) -> bytes | None:
        """What stands in a file, None if there is none; a problem of the node where it cannot be read."""
        try:
            return read_bytes(path)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            self.problem(node, f"{path} cannot be read: {why(error)}")
            return b""

    def is_folder(self, path: Path) -> bool:
        try:
            return path.is_dir()
        except OSError:  # not allowed to look, or a name too long to look for
            return False


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, at most one more than a file may have."""
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)  # a ValueError: there is a NUL in the name

"""Finds config.yaml and reads it with what it names: the Config, or all that is wrong with it.

A newcomer's mistake is to read the token once: whoever replaces a leaked one writes the new one to the same file.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from bot.config.checks import TOKEN
from bot.config.reader import ConfigReader, read_bytes, why
from bot.config.sections import config_of
from bot.config.settings import TOKEN_VARIABLE, Config, ConfigError, Telegram
from bot.core import yamlfile
from bot.core.model import Problem

DEFAULT_PATH = Path("config.yaml")
PATH_VARIABLE = "TOCSIN_CONFIG"


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Read the file at `path`, else the one TOCSIN_CONFIG names, else ./config.yaml. Raises ConfigError."""
    path = path or usual_path(environ)
    text = yamlfile.decode(_config_bytes(path), str(path))
    if isinstance(text, Problem):
        raise _unusable([text])
    document = yamlfile.parse(text, str(path))
    reader = ConfigReader(document.file, path.absolute().parent, environ)
    config = config_of(reader, document.root)
    if problems := {*document.problems, *reader.problems, *reader.elsewhere}:
        raise _unusable(problems)
    return config


def current_token(telegram: Telegram, environ: Mapping[str, str]) -> str | None:
    """The token as it is now: that of the environment, else what the file holds by now, else the one that was read."""
    given = environ.get(TOKEN_VARIABLE, "").strip()
    if given or telegram.token_file is None:
        return given or telegram.token
    try:
        written = read_bytes(telegram.token_file).decode("utf-8-sig", errors="replace").strip()
    except OSError:
        return telegram.token
    return written if TOKEN.fullmatch(written) else telegram.token


def usual_path(environ: Mapping[str, str]) -> Path:
    """Where a config lies that nobody named: it need not be there."""
    return Path(environ.get(PATH_VARIABLE) or DEFAULT_PATH)


def _unusable(problems: Collection[Problem]) -> ConfigError:
    return ConfigError("The configuration cannot be used:", sorted(problems))


def _config_bytes(path: Path) -> bytes:
    try:
        return read_bytes(path)
    except FileNotFoundError:
        raise ConfigError(f"There is no {path}; make one with: tocsin init") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read: {why(error)}") from None

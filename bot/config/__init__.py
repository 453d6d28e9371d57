"""config.yaml and the environment to one frozen Config; every mistake with file:line:col, all at once.

A newcomer reads a setting where it is needed; everything is read here, once, and relative paths begin at the folder
of the file. The token comes from the environment or a file of its own, never from config.yaml, and is never shown.
"""

from bot.config.opml import Outline, opml_of, outlines_of
from bot.config.reading import current_token, load, usual_path
from bot.config.settings import (
    SHORTEST_MEMORY,
    Access,
    Backups,
    Beat,
    Config,
    ConfigError,
    Health,
    Polling,
    Retention,
    Telegram,
    Webhook,
    Websub,
)

__all__ = [
    "SHORTEST_MEMORY",
    "Access",
    "Backups",
    "Beat",
    "Config",
    "ConfigError",
    "Health",
    "Outline",
    "Polling",
    "Retention",
    "Telegram",
    "Webhook",
    "Websub",
    "current_token",
    "load",
    "opml_of",
    "outlines_of",
    "usual_path",
]

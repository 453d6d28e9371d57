"""config.yaml and the environment to one frozen Config; every mistake with file:line:col, all at once.

A newcomer reads a setting where it is needed; everything is read here, once, and relative paths begin at the folder
of the file. The token comes from the environment or a file of its own, never from config.yaml, and is never shown.
"""

from bot.config.opml import Outline, opml_of, outlines_of
from bot.config.reading import current_token, load, usual_path
from bot.config.settings import Access, Config, ConfigError, Health, Polling, Telegram, Webhook

__all__ = [
    "Access",
    "Config",
    "ConfigError",
    "Health",
    "Outline",
    "Polling",
    "Telegram",
    "Webhook",
    "current_token",
    "load",
    "opml_of",
    "outlines_of",
    "usual_path",
]

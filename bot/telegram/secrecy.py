"""Keeps the bot's token out of the logs.

A newcomer's mistake is to trust that nobody logs it: every address of the Bot API holds it, and httpx logs every
address that it asks.
"""

from __future__ import annotations

import logging
import re

TOKEN = re.compile(r"(?:bot)?\d+:[A-Za-z0-9_-]{30,}")
MASK = "<token>"


def masked(text: str) -> str:
    return TOKEN.sub(MASK, text)


def hide_token(record: logging.LogRecord) -> bool:
    """A filter for logging handlers: lets everything pass, without tokens, tracebacks included."""
    try:
        message = record.getMessage()
    except (TypeError, ValueError):
        return True  # words and arguments do not fit: the handler itself says so
    record.msg, record.args = masked(message), ()
    if record.exc_info and not record.exc_text:
        record.exc_text = logging.Formatter().formatException(record.exc_info)
    if record.exc_text:
        record.exc_text = masked(record.exc_text)
    return True


def guard_logs() -> None:
    """Call once logging is set up: handlers that are added later are not guarded."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    for handler in logging.getLogger().handlers:
        handler.addFilter(hide_token)

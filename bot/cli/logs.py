"""How the running bot logs: lines for people, or a JSON object a line for programs; never a token in either.

A newcomer's mistake is to log what was read: reports are others' words, and a log is nobody's archive.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from bot.telegram.secrecy import guard_logs

FOR_PEOPLE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
LIBRARIES = {  # what they say below this level is noise, or comes to us as an exception anyway, and is said by us
    "apscheduler": logging.ERROR,  # it speaks of every run of every timer, and of each wait
    "alembic": logging.WARNING,
    "telegram.ext.Application": logging.WARNING,
    "telegram.ext.Updater": logging.CRITICAL,
    "telegram.request.BaseRequest": logging.CRITICAL,
}
EXTRAS = ("rule", "reason", "loud", "report")


def start_logging(level: int, *, as_json: bool = False) -> None:
    """Log to standard error, with secrets masked."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if as_json else logging.Formatter(FOR_PEOPLE))
    logging.basicConfig(level=level, handlers=[handler])
    for name, lowest in LIBRARIES.items():
        logging.getLogger(name).setLevel(lowest)
    guard_logs()


class JsonLines(logging.Formatter):
    """One JSON object a line: time (ISO 8601, UTC), level, logger, message, and what else was said."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        said |= {name: getattr(record, name) for name in EXTRAS if hasattr(record, name)}
        if record.exc_text or record.exc_info:
            said["exception"] = record.exc_text or self.formatException(record.exc_info or (None, None, None))
        return json.dumps(said, ensure_ascii=False, default=str)

"""Reports as tests write them."""

from datetime import UTC, datetime

from bot.core.model import Report

NOON = datetime(2020, 3, 5, 12, tzinfo=UTC)


def report(text: str, title: str = "", published: datetime = NOON, **more) -> Report:
    """A report published on 5 March 2020 at noon unless the test says otherwise."""
    return Report(id=more.pop("id", "r1"), title=title, text=text, published=published, **more)

"""What feeds hold and what we keep of it: Feed, Entry, Report, Told.

A newcomer's mistake is to use an entry's own id: feeds repeat and change theirs, a report has one that we made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.model.places import Field


@dataclass(frozen=True, slots=True)
class Feed:
    """A source that is polled. `home` is the ISO 3166 alpha-2 code of the country it covers.

    `full_text` asks for the page behind each teaser; the configuration alone says it, the store does not keep it.
    """

    url: str
    title: str = ""
    home: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    interval_seconds: float | None = None
    full_text: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed as the feed has it: nothing trimmed, joined or believed yet.

    `html` may be plain text: the parser's child, which must go through it anyhow, makes it so.
    """

    guid: str
    link: str
    title: str
    html: str
    published: datetime | None


@dataclass(frozen=True, slots=True)
class Report:
    """One report as it is kept: title and text are plain, `published` is known.

    `keys` are the names under which the same report may come again (link, guid, text); any one that is known makes
    it known. `digest` is the hash of what it says: known keys with another digest are an edited report.
    """

    id: str
    title: str
    text: str
    published: datetime
    source: str = ""
    url: str = ""
    guid: str = ""
    language: str | None = None
    home: str | None = None
    tags: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    digest: str = ""

    def text_of(self, name: Field) -> str:
        return self.title if name == "title" else self.text


@dataclass(frozen=True, slots=True)
class Told:
    """A report of the last days as far as copies need it: the `lead` of `copies.told_of`, and its incidents."""

    report_id: str
    digest: str
    lead: str
    published: datetime
    incidents: tuple[str, ...] = ()

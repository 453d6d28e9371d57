"""Feeds out of an OPML file, the list that feed readers export, and into one.

A newcomer parses it with ElementTree, which knows no lines; expat says where each outline stands. A DTD is refused
unread: all that is evil in XML (entities, external files) begins with one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from bot.config.checks import COUNTRY, COUNTRY_WANTED, web_address_problem
from bot.core.model import Feed, Problem
from bot.core.yamlfile import LARGEST

_LANGUAGE_TAG = re.compile(r"([a-z]{2,3})(?:[-_].*)?")  # en-us is en; the "unknown" that some readers export is none
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


class _RefusedError(Exception):
    """There is something in the file that is not read at all."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed, and where in the file it stands: `folder` is the text of the outline around it."""

    feed: Feed
    line: int
    column: int
    folder: str = ""


class _Outlines:
    """Collects feeds from outlines as expat meets them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Outline] = []
        self.problems: list[Problem] = []
        self.parser = expat.ParserCreate()
        self._around: list[str] = []  # the texts of the outlines that are open
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse

    def here(self, message: str) -> Problem:
        return Problem(self.file, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1, message)

    def _refuse(self, *_declaration: object) -> None:
        raise _RefusedError("a DTD (<!DOCTYPE ...>) is not allowed: delete it")

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        values = {name.casefold(): value.strip() for name, value in attributes.items()}
        url = values.get("xmlurl")
        folder = self._around[-1] if self._around else ""
        if element.casefold() == "outline":
            self._around.append(values.get("text", ""))
        if element.casefold() != "outline" or not url:
            return  # a folder of feeds
        if wrong := web_address_problem(url):
            self.problems.append(self.here(wrong))
        if (home := values.get("home")) and not COUNTRY.fullmatch(home):
            self.problems.append(self.here(f"expected {COUNTRY_WANTED}, as home"))
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        self.found.append(Outline(_feed(url, values), line, column, folder))

    def _end(self, element: str) -> None:
        if element.casefold() == "outline":
            self._around.pop()


def _feed(url: str, values: dict[str, str]) -> Feed:
    language = _LANGUAGE_TAG.fullmatch(values.get("language", "").casefold())
    tags = (tag.strip(" /") for tag in values.get("category", "").split(","))
    return Feed(
        url=url,
        title=values.get("title") or values.get("text", ""),
        home=values.get("home") or None,
        language=language[1] if language else None,
        tags=tuple(tag for tag in tags if tag),
    )


def outlines_of(raw: bytes, file: str) -> tuple[tuple[Outline, ...], tuple[Problem, ...]]:
    """All outlines that have an `xmlUrl`, and what is wrong with the file. Never raises for what it holds.

    Beyond OPML's `title`, `text`, `language` and `category` (tags, with commas), an outline may have our `home`. A file
    of more than LARGEST bytes is not read; hand over LARGEST + 1 bytes to be told so.
    """
    if len(raw) > LARGEST:
        return (), (Problem(file, 1, 1, f"larger than {LARGEST // 1_000_000} MB; split the file"),)
    outlines = _Outlines(file)
    try:
        outlines.parser.Parse(raw, True)
    except _RefusedError as error:
        outlines.problems.append(outlines.here(str(error)))
    except expat.ExpatError as error:
        message = f"not XML: {expat.ErrorString(error.code)}"
        outlines.problems.append(Problem(file, error.lineno, error.offset + 1, message))
    except (LookupError, ValueError) as error:  # an encoding that Python does not know, or cannot hand to expat
        outlines.problems.append(outlines.here(f"not XML: {error}"))
    return tuple(outlines.found), tuple(outlines.problems)


def parse_opml(raw: bytes, file: str) -> tuple[tuple[Feed, ...], tuple[Problem, ...]]:
    """The feeds of a file as `outlines_of` finds them, each once: feed readers list one in each of its folders."""
    outlines, problems = outlines_of(raw, file)
    feeds: dict[str, Feed] = {}
    for outline in outlines:
        feeds.setdefault(outline.feed.url, outline.feed)
    return tuple(feeds.values()), problems


# ---------------------------------------------------------------- writing
def opml_of(feeds: Iterable[Feed], title: str) -> str:
    """An OPML 2.0 file of feeds that `parse_opml` reads as the same ones.

    But for two things that OPML lacks: intervals, and feeds without a title, which are named after their host.
    """
    head = ('<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">')
    body = (f"    <outline {' '.join(_attributes(feed))}/>" for feed in feeds)
    titled = f"  <head><title>{escape(_clean(title))}</title></head>"
    return "\n".join((*head, titled, "  <body>", *body, "  </body>", "</opml>", ""))


def _attributes(feed: Feed) -> Iterator[str]:
    title = feed.title or urlsplit(feed.url).hostname or feed.url  # OPML wants every outline to have a text
    values = {
        "type": "rss",
        "text": title,
        "title": title,
        "xmlUrl": feed.url,
        "language": feed.language,
        "home": feed.home,
        "category": ",".join(feed.tags),
    }
    return (f"{name}={quoteattr(_clean(value))}" for name, value in values.items() if value)


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)

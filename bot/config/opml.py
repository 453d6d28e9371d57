"""Feeds out of an OPML file, the list that feed readers export.

A newcomer parses it with ElementTree, which knows no lines; expat says where each outline stands. A DTD is refused
unread: all that is evil in XML (entities, external files) begins with one.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from bot.config.checks import COUNTRY, COUNTRY_WANTED, web_address_problem
from bot.core.model import Feed, Problem

_LANGUAGE_TAG = re.compile(r"([a-z]{2,3})(?:[-_].*)?")  # en-us is en; the "unknown" that some readers export is none


class _RefusedError(Exception):
    """There is something in the file that is not read at all."""


class _Outlines:
    """Collects feeds from outlines as expat meets them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.feeds: dict[str, Feed] = {}
        self.problems: list[Problem] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.StartDoctypeDeclHandler = self._refuse

    def here(self, message: str) -> Problem:
        return Problem(self.file, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1, message)

    def _refuse(self, *_declaration: object) -> None:
        raise _RefusedError("a DTD (<!DOCTYPE ...>) is not allowed: delete it")

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        values = {name.casefold(): value.strip() for name, value in attributes.items()}
        url = values.get("xmlurl")
        if element.casefold() != "outline" or not url:
            return  # a folder of feeds
        if wrong := web_address_problem(url):
            self.problems.append(self.here(wrong))
        if (home := values.get("home")) and not COUNTRY.fullmatch(home):
            self.problems.append(self.here(f"expected {COUNTRY_WANTED}, as home"))
        self.feeds.setdefault(url, _feed(url, values))  # feed readers list a feed once for each of its folders


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


def parse_opml(raw: bytes, file: str) -> tuple[tuple[Feed, ...], tuple[Problem, ...]]:
    """The feeds of all outlines that have an `xmlUrl`, and what is wrong with the file. Never raises for what it holds.

    Beyond OPML's `title`, `text`, `language` and `category` (tags, with commas), an outline may have our `home`.
    """
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
    return tuple(outlines.feeds.values()), tuple(outlines.problems)

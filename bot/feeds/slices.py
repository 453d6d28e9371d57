"""Where the items of a feed stand in its bytes, so that only those which are new need to be parsed; pure.

A newcomer's mistake is to look for `<item>` with a pattern: it also stands in comments and CDATA, and an item that
breaks the XML makes feedparser read all others differently. expat knows both, at a fortieth of feedparser's price; in
any doubt there are no slices, and the whole body is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final
from xml.parsers import expat

DIGEST_BYTES: Final = 12  # of an item; two of one feed that collide would hide one report in 2 ** 96
_ITEM_NAMES: Final = frozenset({"item", "entry"})
_MEDIA: Final = "http://search.yahoo.com/mrss/"  # declared in many items; feedparser knows it under any prefix
_NAMES_A_FORMAT: Final = frozenset(
    {"http://www.w3.org/2005/atom", "http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/"}
)
_NAMED_IN_XML: Final = re.compile(rb"\s*<\?xml[^>]*?\bencoding\s*=\s*[\"']([\w.:-]+)")
_NAMED_IN_HTTP: Final = re.compile(r"\bcharset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_UTF8_NAMES: Final = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_ONE_BYTE: Final = re.compile(r"(?:windows-125[0-8]|iso-8859-(?:[1-9]|1[03-6])|koi8-[ru])")
_OPENING_TAG: Final = re.compile(rb"<([^\s/>]+)")
_CLOSING_TAG: Final = re.compile(rb"</([^\s/>]+)\s*>")
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Slices:
    """A body, where its items stand (start inclusive, end exclusive), and their digests, in the same order."""

    body: bytes
    spans: tuple[tuple[int, int], ...]
    digests: tuple[bytes, ...]

    def unknown(self, known: Collection[bytes]) -> int:
        """How many items are not in `known`."""
        return sum(digest not in known for digest in self.digests)

    def without(self, known: Collection[bytes]) -> bytes:
        """The body with the known items cut out: all else stands where it stood."""
        return b"".join(self._pieces(known))

    def _pieces(self, known: Collection[bytes]) -> Iterator[bytes]:
        at = 0
        for (start, end), digest in zip(self.spans, self.digests, strict=True):
            if digest in known:
                yield self.body[at:start]
                at = end
        yield self.body[at:]


def slice_items(body: bytes, content_type: str) -> Slices | None:
    """The items of an RSS, RDF or Atom body; None if a part may mean something else than in the whole."""
    charset = _charset(body, content_type)
    if charset is None:
        return None
    try:
        spans = _ItemFinder(body, charset).spans()
    except (_InDoubtError, expat.ExpatError, ValueError):  # ValueError: a charset that expat cannot use
        return None
    digests = (blake2b(body[start:end], digest_size=DIGEST_BYTES).digest() for start, end in spans)
    return Slices(body, spans, tuple(digests)) if spans else None


def _charset(body: bytes, content_type: str) -> str | None:
    """The one charset in which all of the body can be read, if whoever names one agrees; then any part can, too."""
    in_xml, in_http = _NAMED_IN_XML.match(body.removeprefix(_BYTE_ORDER_MARK)), _NAMED_IN_HTTP.search(content_type)
    named = {in_xml[1].decode().lower()} if in_xml else set()
    named |= {in_http[1].lower()} if in_http else set()
    charset = "utf-8" if named <= _UTF8_NAMES else next(iter(named)) if len(named) == 1 else ""
    if charset != "utf-8" and not (_ONE_BYTE.fullmatch(charset) and not body.startswith(_BYTE_ORDER_MARK)):
        return None
    try:
        body.decode(charset)
    except UnicodeDecodeError:
        return None
    return charset


class _InDoubtError(Exception):
    """This body had better be parsed whole."""


class _ItemFinder:
    """Follows expat through a body. All items must be children of one element, and none may stand in another."""

    def __init__(self, body: bytes, charset: str) -> None:
        self._body = body
        self._depth = 0
        self._item_depth = 0  # 0 before the first item
        self._start: int | None = None  # of the item that is open
        self._local_names: dict[str, str] = {}
        self._is_over = False  # the element that holds the items has ended
        self._declares = False  # the element that opens next declares a namespace
        self._spans: list[tuple[int, int]] = []
        self._expat = expat.ParserCreate(charset, namespace_separator=" ")
        self._expat.StartElementHandler = self._open
        self._expat.EndElementHandler = self._close
        self._expat.StartNamespaceDeclHandler = self._declare
        self._expat.StartDoctypeDeclHandler = self._refuse

    def spans(self) -> tuple[tuple[int, int], ...]:
        self._expat.Parse(self._body, True)
        return tuple(self._spans)

    def _open(self, name: str, _attributes: dict[str, str]) -> None:
        self._depth += 1
        declares, self._declares = self._declares, False
        local_name = self._local_names.get(name)
        if local_name is None:
            local_name = self._local_names[name] = name.rpartition(" ")[2].lower()
        if local_name in _ITEM_NAMES:
            self._open_item(declares)
        elif local_name == "title" and self._depth == self._item_depth:
            raise _InDoubtError  # a second title of the feed, which feedparser heeds only if items stand before it

    def _open_item(self, declares: bool) -> None:  # noqa: FBT001  called for every item of every feed
        self._item_depth = self._item_depth or self._depth
        if declares or self._start is not None or self._is_over or self._depth != self._item_depth:
            raise _InDoubtError
        self._start = self._expat.CurrentByteIndex

    def _close(self, _name: str) -> None:
        if self._start is not None and self._depth == self._item_depth:
            self._spans.append((self._start, self._end(self._start, self._expat.CurrentByteIndex)))
            self._start = None
        self._depth -= 1
        self._is_over = self._is_over or self._depth < self._item_depth - 1

    def _end(self, start: int, at: int) -> int:
        """Where the item ends: expat stands before `</item>`, but behind `<item/>`."""
        opening, closing = _OPENING_TAG.match(self._body, start), _CLOSING_TAG.match(self._body, at)
        return closing.end() if opening and closing and opening[1] == closing[1] else at

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        """To feedparser a prefix that an item declares is in force in those after it; a default namespace is not."""
        self._declares = True
        is_harmless = uri == _MEDIA or (prefix is None and (uri or "").lower() not in _NAMES_A_FORMAT)
        if self._item_depth and not is_harmless:
            raise _InDoubtError

    def _refuse(self, *_doctype: object) -> None:
        raise _InDoubtError

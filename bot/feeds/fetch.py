"""One conditional GET of one feed, within limits that hold against a hostile server.

A newcomer's mistake is to leave redirects, decompression or time to the library: its limits are per read, so a server
that sends one byte a second is never done, and 4 MB of gzip become 4 GB.
"""

import asyncio
import re
import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b
from http import HTTPStatus
from typing import Final, TypeVar

import aiohttp
from yarl import URL

from bot.core.html import feed_link
from bot.core.links import without_credentials as _shown
from bot.core.model import Hub
from bot.feeds.errors import FeedError
from bot.feeds.jsonfeed import is_json
from bot.feeds.room import Visit, alone
from bot.feeds.websub import NO_HUB, hub_of
from bot.feeds.wishes import fresh_seconds, http_date

T = TypeVar("T")

_ACCEPT: Final = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, */*;q=0.5"
)
_PERMANENT: Final = frozenset({301, 308})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_KEEPING: Final = frozenset({307, 308})  # redirects that a form goes along with
_ASKS_FOR_PATIENCE: Final = frozenset({429, 503})
_KEPT_HEADERS: Final = ("Date", "Last-Modified", "ETag", "Content-Type", "Content-Encoding", "Server", "Via", "Age")
_LONGEST_HEADER: Final = 300
_GZIP_WINDOW_BITS: Final = 31  # 15 for the largest window, 16 for a gzip header
_UNPACKED_BYTES: Final = 65_536  # at a time, so that a bomb is noticed while it is small
_GZIP_FIRST_BYTE: Final = b"\x1f"  # which no text begins with
_ROOT_ELEMENT: Final = re.compile(
    rb"<(?:!doctype\s+(html)|(?:[\w.-]+:)?(?:rss|feed|rdf|channel|(html)))\b", re.IGNORECASE
)
_SNIFFED_BYTES: Final = 4_096
_HEAD_BYTES: Final = 100_000  # where a page names its feed


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may cost. `total_seconds` covers all of it, from the first look-up to the last byte."""

    total_seconds: float = 20.0
    connect_seconds: float = 5.0
    body_bytes: int = 10_000_000
    redirects: int = 5


DEFAULT_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Ask:
    """What to ask for, and what is known of it: validators exactly as the server gave them, empty if unknown.

    They are shown to `validated_url` alone, the address that gave them; empty for `url` itself and wherever it leads.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    body_digest: str = ""
    validated_url: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What every answer says beside its body: from now on this is known of the feed, empty validators too.

    `url` is where the answer was found; `permanent` if it was not asked first and all redirects to it were for good
    (301, 308). `fresh_seconds` is how long the answer is fresh by its own account.
    """

    url: str
    etag: str
    last_modified: str
    permanent: bool
    fresh_seconds: float


@dataclass(frozen=True, slots=True)
class Unchanged(Answer):
    """Nothing new: a 304, or the same body again."""


@dataclass(frozen=True, slots=True)
class Fetched(Answer):
    """A body that is new; of the headers, those that say what was sent, and when."""

    body: bytes
    body_digest: str
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()
    hub: Hub = NO_HUB


async def fetch(
    ask: Ask, http: aiohttp.ClientSession, limits: Limits = DEFAULT_LIMITS, visit: Visit | None = None
) -> Fetched | Unchanged:
    """Ask a feed once; `http` comes from `open_session`. Everything that goes wrong is a FeedError.

    A large body waits for its place in the visited room, within the same time; without a visit there is always one.
    """
    return await _get(ask, http, limits, partial(_take, visit or alone()))


async def fetch_page(url: str, http: aiohttp.ClientSession, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """The body of a web page, under the same limits and guards. Everything that goes wrong is a FeedError."""
    return await _get(Ask(url), http, limits, partial(_take_page, alone()))


async def post_form(url: str, form: Mapping[str, str], http: aiohttp.ClientSession, limits: Limits) -> None:
    """Post a form to a hub, redirects that keep the form followed. FeedError unless the answer is a success (2xx)."""
    with _faults(url, limits):
        async with asyncio.timeout(limits.total_seconds) as deadline:
            where, timeout = _checked(URL(url)), aiohttp.ClientTimeout(total=None, sock_connect=limits.connect_seconds)
            for _ in range(limits.redirects + 1):
                async with http.post(
                    where, data=form, allow_redirects=False, timeout=timeout, trace_request_ctx=deadline
                ) as answer:
                    if answer.status not in _KEEPING:
                        if not answer.ok or answer.status in _REDIRECTS:
                            raise _refusal(answer)
                        return
                    where = _next_hop(answer)
    raise FeedError(f"{_shown(url)}: more than {limits.redirects} redirects")


Take = Callable[[Ask, aiohttp.ClientResponse, Limits, bool], Awaitable[T]]


async def _get(ask: Ask, http: aiohttp.ClientSession, limits: Limits, take: Take[T]) -> T:
    with _faults(ask.url, limits):
        async with asyncio.timeout(limits.total_seconds) as deadline:
            return await _follow(ask, http, limits, deadline, take)


@contextmanager
def _faults(url: str, limits: Limits) -> Iterator[None]:
    """Whatever goes wrong inside is a FeedError outside."""
    try:
        yield
    except aiohttp.ConnectionTimeoutError as error:
        raise FeedError(f"{_shown(url)}: no connection within {limits.connect_seconds:g} s") from error
    except TimeoutError as error:
        raise FeedError(f"{_shown(url)}: no complete answer within {limits.total_seconds:g} s") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise FeedError(f"{_shown(url)}: {_reason(error)}") from error


async def _follow(ask: Ask, http: aiohttp.ClientSession, limits: Limits, deadline: asyncio.Timeout, take: Take[T]) -> T:
    """By hand, because every hop must be http(s), counted, and judged by the guard."""
    url, statuses = _checked(URL(ask.url)), set[int]()
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=limits.connect_seconds)
    for _ in range(limits.redirects + 1):
        async with http.get(
            url, headers=_headers(ask, url), allow_redirects=False, timeout=timeout, trace_request_ctx=deadline
        ) as answer:
            if answer.status not in _REDIRECTS:
                permanent = bool(statuses) and statuses <= _PERMANENT
                return await take(ask, answer, limits, permanent)
            statuses.add(answer.status)
            url = _next_hop(answer)
    raise FeedError(f"{_shown(ask.url)}: more than {limits.redirects} redirects, the last to {_shown(str(url))}")


def _headers(ask: Ask, url: URL) -> dict[str, str]:
    headers = {"Accept": _ACCEPT, "Accept-Encoding": "gzip"}
    if _is_conditional(ask, url):
        known = {"If-None-Match": ask.etag, "If-Modified-Since": ask.last_modified}
        headers |= {name: validator for name, validator in known.items() if validator}
    return headers


def _is_conditional(ask: Ask, url: URL) -> bool:
    """Is there anything to show this address? What another one gave says nothing here."""
    is_theirs = not ask.validated_url or _bare(URL(ask.validated_url)) == _bare(url)
    return is_theirs and bool(ask.etag or ask.last_modified)


def _bare(url: URL) -> URL:
    """The address as an answer names it."""
    return url.with_user(None).with_fragment(None)


def _next_hop(answer: aiohttp.ClientResponse) -> URL:
    location = answer.headers.get("Location")
    if not location:
        raise FeedError(f"{_shown(str(answer.url))}: answered {answer.status} without saying where to")
    return _checked(answer.url.join(URL(location)))


def _checked(url: URL) -> URL:
    if url.scheme not in {"http", "https"} or not url.host:
        raise FeedError(f"{_shown(str(url))}: a feed's address begins with http:// or https:// and a host")
    return url


async def _take_page(
    visit: Visit,
    _ask: Ask,
    answer: aiohttp.ClientResponse,
    limits: Limits,
    _permanent: bool,  # noqa: FBT001  as Take has it
) -> bytes:
    if answer.status != HTTPStatus.OK:
        raise _refusal(answer)
    return await _read(answer, limits.body_bytes, visit)


async def _take(
    visit: Visit,
    ask: Ask,
    answer: aiohttp.ClientResponse,
    limits: Limits,
    permanent: bool,  # noqa: FBT001  as Take has it
) -> Fetched | Unchanged:
    url, fresh = str(answer.url), fresh_seconds(answer.headers)
    if answer.status == HTTPStatus.NOT_MODIFIED and _is_conditional(ask, answer.url):
        etag, last_modified = _validators(answer)
        return Unchanged(url, etag or ask.etag, last_modified or ask.last_modified, permanent, fresh)
    if answer.status != HTTPStatus.OK:
        raise _refusal(answer)
    body = await _read(answer, limits.body_bytes, visit)
    digest = blake2b(body, digest_size=16).hexdigest()
    etag, last_modified = _validators(answer)
    if digest == ask.body_digest:
        return Unchanged(url, etag, last_modified, permanent, fresh)
    content_type = answer.headers.get("Content-Type", "")
    _refuse_other_than_feeds(body, content_type, answer.url)
    return Fetched(
        url=url,
        etag=etag,
        last_modified=last_modified,
        permanent=permanent,
        fresh_seconds=fresh,
        body=body,
        body_digest=digest,
        content_type=content_type,
        headers=_kept(answer),
        hub=hub_of(answer.headers.getall("Link", []), body, url),
    )


def _kept(answer: aiohttp.ClientResponse) -> tuple[tuple[str, str], ...]:
    given = ((name, answer.headers.get(name, "")) for name in _KEPT_HEADERS)
    return tuple((name, value[:_LONGEST_HEADER]) for name, value in given if value)


def _validators(answer: aiohttp.ClientResponse) -> tuple[str, str]:
    return _replayable(answer.headers.get("ETag", "")), _replayable(answer.headers.get("Last-Modified", ""))


def _refusal(answer: aiohttp.ClientResponse) -> FeedError:
    where = _shown(str(answer.url))
    if answer.status == HTTPStatus.GONE:
        return FeedError(f"{where}: gone for good (410); remove it, or give its new address", gone=True)
    wish = _retry_after(answer.headers.get("Retry-After", "")) if answer.status in _ASKS_FOR_PATIENCE else None
    return FeedError(f"{where}: answered {answer.status}{_phrase(answer.status)}", retry_after=wish)


def _retry_after(value: str) -> timedelta | datetime | None:
    """RFC 9110, 10.2.3: seconds or a date; None when it is neither."""
    if value.strip().isdecimal():
        with suppress(ValueError, OverflowError):  # more digits than Python, or a timedelta, takes
            return timedelta(seconds=int(value))
    return http_date(value)


def _replayable(validator: str) -> str:
    """The validator if it can be sent back byte for byte, else nothing: one with bytes outside UTF-8 cannot."""
    return validator if validator.isprintable() else ""


# ---------------------------------------------------------------- the body
async def _read(answer: aiohttp.ClientResponse, most_bytes: int, visit: Visit) -> bytes:
    """The body, unpacked; what came and what it unpacks to are both limited, for either may be endless."""
    gunzip = _Gunzip() if _is_gzipped(answer) else None
    body, came = bytearray(), 0
    async for chunk in answer.content.iter_any():
        if came == 0 and gunzip is None and chunk.startswith(_GZIP_FIRST_BYTE):
            gunzip = _Gunzip()  # a file.gz that nobody told the server about
        came += len(chunk)
        if came > most_bytes:
            raise _too_large(answer, most_bytes)
        for piece in gunzip.unpack(chunk) if gunzip else (chunk,):
            body += piece
            if len(body) > most_bytes:
                raise _too_large(answer, most_bytes)
            await visit.grow_to(len(body))
    if gunzip and not gunzip.is_complete:
        raise FeedError(f"{_shown(str(answer.url))}: the gzip body ends too early")
    return bytes(body)


def _too_large(answer: aiohttp.ClientResponse, most_bytes: int) -> FeedError:
    return FeedError(f"{_shown(str(answer.url))}: larger than {most_bytes / 1e6:g} MB")


def _is_gzipped(answer: aiohttp.ClientResponse) -> bool:
    named = ",".join(answer.headers.getall("Content-Encoding", [])).lower()
    encodings = [name for name in map(str.strip, named.split(",")) if name not in {"", "identity"}]
    if encodings in ([], ["gzip"], ["x-gzip"]):
        return bool(encodings)
    where = _shown(str(answer.url))
    raise FeedError(f"{where}: sent with Content-Encoding {named!a}, though gzip alone was asked for")


class _Gunzip:
    """Unpacks gzip piece by piece."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP_WINDOW_BITS)

    @property
    def is_complete(self) -> bool:
        return self._member.eof

    def unpack(self, packed: bytes) -> Iterator[bytes]:
        """In pieces, so that whoever has enough can stop."""
        is_full = True
        while packed or is_full:
            if self._member.eof:
                if not packed.startswith(_GZIP_FIRST_BYTE):
                    break  # padding after the last member, which gzip(1) ignores as well
                self._member = zlib.decompressobj(_GZIP_WINDOW_BITS)
            piece = self._unpack_member(packed)
            packed = self._member.unused_data or self._member.unconsumed_tail
            is_full = len(piece) == _UNPACKED_BYTES  # there may be more without any more coming in
            yield piece

    def _unpack_member(self, packed: bytes) -> bytes:
        try:
            return self._member.decompress(packed, _UNPACKED_BYTES)
        except zlib.error as error:
            raise ValueError(f"the body is not the gzip it is said to be ({error})") from error


def _refuse_other_than_feeds(body: bytes, content_type: str, url: URL) -> None:
    where = _shown(str(url))
    if not body.strip(b"\xef\xbb\xbf \t\r\n"):
        raise FeedError(f"{where}: the answer is empty")
    if is_json(body):
        return  # the stories in it may well have pages' markup
    root = _ROOT_ELEMENT.search(body[:_SNIFFED_BYTES])
    is_page = bool(root[1] or root[2]) if root else "html" in content_type.lower()
    if is_page:
        proposed = _proposal(body, url)
        names = f"; it names this one: {proposed}" if proposed else ""
        raise FeedError(f"{where}: this is a web page, not a feed{names}", proposed=proposed)


def _proposal(page: bytes, url: URL) -> str:
    """The address of the feed that a page names, or nothing."""
    link = feed_link(page[:_HEAD_BYTES].decode(errors="replace"))
    with suppress(ValueError):  # the page may name anything; without a usable address there is nothing to propose
        return _shown(str(url.join(URL(link)))) if link else ""
    return ""


# ---------------------------------------------------------------- words for people
def _phrase(status: int) -> str:
    """What the number means; the server's own words may be anything."""
    with suppress(ValueError):
        return f" ({HTTPStatus(status).phrase})"
    return ""


def _reason(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection: {error.os_error.strerror or error.os_error}"
    return _shown(str(error)) or type(error).__name__

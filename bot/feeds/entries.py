"""An entry as the feed has it -> a report as we keep it; pure.

A newcomer's mistake is to trust a guid: one feed changes it under the same link, another gives it to a new story. So a
report has several keys, any of which makes it known, and a digest that says whether it still says the same.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from bot.core.html import is_html, to_text
from bot.core.model import Entry, Feed, Report

TEXT_MAX_BYTES: Final = 200_000
_HTML_MAX_CHARACTERS: Final = 2_000_000  # ten times the text: more markup than that is not an article
_ESCAPED_TIMES_MAX: Final = 3  # titles come escaped twice; whoever escapes more often than this is playing
_SHORT_TEXT_CHARACTERS: Final = 100  # "Air alert in Kharkiv region" is said every night, and is news every night
_UNKEEPABLE: Final = re.compile("[\0\ud800-\udfff]")  # no database takes them
_MARKUP: Final = str.maketrans("<>&", "   ")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_TRACKING: Final = re.compile(
    r"(?:utm_|at_|ns_|pk_|mtm_|hsa_|_hs|mc_)\w*|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid|igsh"
    r"|cmpid|ocid|ito|smid|emc|partner|traffic_source|wt_\w+|xtor|mkt_tok|oc|rss",
    re.IGNORECASE,
)


def to_report(entry: Entry, feed: Feed, fetched_at: datetime) -> Report:
    """The report of an entry. A date that is missing or still to come becomes `fetched_at`, which is aware."""
    title = " ".join(plain(entry.title).split())
    text = capped(plain(entry.html).strip())
    guid = _keepable(entry.guid).strip()
    url = _absolute(_keepable(entry.link), feed.url)
    said = (_fold(title), _fold(text))
    digest = _hash(*said)
    short = len("".join(said)) < _SHORT_TEXT_CHARACTERS
    keys = (*_link_key(url), *_guid_key(guid, feed), _short_text_key(said, entry, feed) if short else f"text:{digest}")
    return Report(
        id=_hash(digest, keys[0]),
        title=title,
        text=text,
        published=_published(entry.published, fetched_at),
        source=feed.title or _site(feed.url),
        url=url,
        guid=guid,
        language=feed.language,
        home=feed.home,
        tags=feed.tags,
        keys=keys,
        digest=digest,
    )


def plain(text: str) -> str:
    """The text without any markup, however often it was escaped, and without what cannot be stored."""
    text = _keepable(text[:_HTML_MAX_CHARACTERS])
    for _ in range(_ESCAPED_TIMES_MAX):
        if not is_html(text):
            break
        text = to_text(text)
    return text.translate(_MARKUP) if is_html(text) else text


def canonical_link(url: str) -> str:
    """The link as a name of the story: what only says how a reader came there is left out. Empty if it is no link."""
    parts = _split(url)
    if parts is None:
        return ""
    query = "&".join(field for field in parts.query.split("&") if not _TRACKING.fullmatch(field.partition("=")[0]))
    return urlunsplit((parts.scheme, _host(parts), parts.path or "/", query, ""))


def _split(url: str) -> SplitResult | None:
    """The parts of an http(s) address that has a host; None of anything else, such as javascript:."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in _DEFAULT_PORTS and (parts.hostname or "").strip(".") else None


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in {None, _DEFAULT_PORTS[parts.scheme]} else f"{host}:{parts.port}"


def _site(url: str) -> str:
    parts = _split(url)
    return (parts.hostname if parts else None) or url


def _absolute(link: str, feed_url: str) -> str:
    """The link as a person can open it, joined with the feed's address but not with the name and password in that."""
    try:
        joined = urljoin(_base(feed_url), link.strip())
    except ValueError:
        return ""
    return joined if link.strip() and _split(joined) else ""


@lru_cache(maxsize=1_000)
def _base(feed_url: str) -> str:
    base = _split(feed_url)
    return urlunsplit(base._replace(netloc=_host(base))) if base else ""


def _link_key(url: str) -> tuple[str, ...]:
    """A link to the front page names no story."""
    link = canonical_link(url)
    parts = urlsplit(link)
    return (f"link:{_hash(link)}",) if parts.path.strip("/") or parts.query else ()


def _guid_key(guid: str, feed: Feed) -> tuple[str, ...]:
    """Scoped to the feed: "1" is a guid in many."""
    return (f"guid:{_hash(feed.url, guid)}",) if guid else ()


def _short_text_key(said: tuple[str, str], entry: Entry, feed: Feed) -> str:
    return f"text:{_hash(*said, feed.url, entry.published.isoformat() if entry.published else '')}"


def _published(published: datetime | None, fetched_at: datetime) -> datetime:
    if published is None:
        return fetched_at
    aware = published.replace(tzinfo=UTC) if published.tzinfo is None else published.astimezone(UTC)
    return min(aware, fetched_at)


def capped(text: str) -> str:
    """At most TEXT_MAX_BYTES, cut between words: "killed 150" must not become "killed 15"."""
    packed = text.encode()
    if len(packed) <= TEXT_MAX_BYTES:
        return text
    return packed[:TEXT_MAX_BYTES].decode(errors="ignore").rsplit(maxsplit=1)[0]


def _keepable(text: str) -> str:
    return _UNKEEPABLE.sub("", text)


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


def _hash(*parts: str) -> str:
    packed = "\0".join(parts).encode()
    return blake2b(packed, digest_size=16).hexdigest()

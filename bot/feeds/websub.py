"""WebSub, the subscriber's side (W3C Recommendation, 2018): what to ask of a hub, and what to believe; pure.

A newcomer's mistake is to trust the lease: a hub that agreed may fall silent for days. So a feed that is listened to is
still polled, rarely, and a hub that did not tell of news found so is no longer believed.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from typing import Final
from urllib.parse import urljoin, urlsplit

from bot.core.model import DueWhy, Hub, Push
from bot.feeds.schedule import JITTER, Bounds, Due

NO_HUB: Final = Hub()
WISHED_LEASE_SECONDS: Final = 864_000  # ten days, as the specification's example has it
LONGEST_LEASE_SECONDS: Final = 2_592_000  # a subscription that lapsed unnoticed is found out within a month
LEAST_LEASE_SECONDS: Final = 60
RENEW_SHARE: Final = 0.2  # of the lease is left when it is renewed, or a day: time for many tries
RENEW_AT_MOST: Final = timedelta(days=1)
RETRY: Final = timedelta(minutes=5)  # doubled by each further try, up to
RETRY_AT_MOST: Final = timedelta(days=1)
ECHO: Final = timedelta(minutes=5)  # for as long a feed may not have yet what its hub told of: caches
ECHO_PAUSE: Final = timedelta(minutes=1)
PUSH_PAUSE: Final = timedelta(seconds=10)  # between two polls, however often a hub calls
MOST_CHALLENGE: Final = 1_000  # characters

# SHA-1 is on the specification's list, and many hubs know nothing else. That two texts with the same SHA-1 can be made
# forges no HMAC; and whoever forged one would only have the feed asked once more.
_METHODS: Final = {
    "sha1": hashlib.sha1,
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
}
_HEAD_BYTES: Final = 20_000
_FIRST_ITEM: Final = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]")
_LINK: Final = re.compile(rb"<(?:\w{1,20}:)?link\s([^<>]{1,2000}+)>")
_ATTRIBUTE: Final = re.compile(r"""\b(\w{1,20}+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_HEADER_LINK: Final = re.compile(r"<([^<>]{1,2000})>\s*((?:;\s*[\w*]+\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]+)\s*)*)")
_PARAMETER: Final = re.compile(r";\s*([\w*]+)\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))")


# ---------------------------------------------------------------- what a feed names
def hub_of(link_headers: Iterable[str], body: bytes, url: str) -> Hub:
    """The hub that an answer from `url` names, and itself as the hub knows it; headers go before the body.

    Of several hubs the first counts. Without an address of its own a feed cannot be subscribed to.
    """
    named: dict[str, str] = {}
    for rel, href in (*_in_headers(link_headers), *_in_body(body)):
        for relation in rel.lower().split():
            named.setdefault(relation, href)
    hub, topic = _address(named.get("hub", ""), url), _address(named.get("self", ""), url)
    return Hub(hub, topic) if hub and topic else NO_HUB


def _in_headers(headers: Iterable[str]) -> Iterable[tuple[str, str]]:
    for header in headers:
        for target, parameters in _HEADER_LINK.findall(header):
            values = {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(parameters)}
            yield values.get("rel", ""), target


def _in_body(body: bytes) -> Iterable[tuple[str, str]]:
    """Without a parser that a hostile feed could keep busy: it stands before the first item."""
    head = body[:_HEAD_BYTES]
    first = _FIRST_ITEM.search(head)
    for attributes in _LINK.findall(head[: first.start()] if first else head):
        found = _ATTRIBUTE.findall(attributes.decode(errors="replace"))
        values = {name.lower(): unescape(double or single) for name, double, single in found}
        yield values.get("rel", ""), values.get("href", "")


def _address(link: str, url: str) -> str:
    try:
        joined = urljoin(url, link.strip()) if link.strip() else ""
        parts = urlsplit(joined)
    except ValueError:
        return ""
    return joined if parts.scheme in {"http", "https"} and parts.hostname and joined.isprintable() else ""


# ---------------------------------------------------------------- what to ask of a hub, and when
def is_to_ask(wanted: Hub, push: Push | None, callbacks: str, now: datetime) -> bool:
    """Is the hub to be asked now, for the first time, anew or to renew? `callbacks` is where we are called back."""
    if not wanted.address:
        return False
    if push is None or push.hub != wanted or not push.callback.startswith(callbacks):
        return True
    if push.is_alive(now) and not _is_ending(push, now):
        return False
    return push.asked_at is None or not push.asked_at <= now < push.asked_at + _pause(push)


def _is_ending(push: Push, now: datetime) -> bool:
    left = min(timedelta(seconds=push.lease_seconds * RENEW_SHARE), RENEW_AT_MOST)
    return push.lease_until is None or push.lease_until - now <= left


def _pause(push: Push) -> timedelta:
    """A hub that refuses, or agrees and then does not tell, is asked ever more rarely, never given up."""
    doublings = min(max(push.tries + push.missed - 1, 0), 12)
    return min(RETRY * float(2**doublings), RETRY_AT_MOST)


def asked(push: Push, now: datetime) -> Push:
    """Once it is asked; write it down before, for some hubs call back before they answer."""
    return replace(push, asked_at=now, tries=push.tries + 1)


def form_of(push: Push) -> dict[str, str]:
    """What is sent to the hub.

    The secret goes to hubs without TLS as well: it opens nothing but this, and a hub could not sign without.
    """
    return {
        "hub.callback": push.callback,
        "hub.mode": "subscribe",
        "hub.topic": push.hub.topic,
        "hub.lease_seconds": str(WISHED_LEASE_SECONDS),
        "hub.secret": push.secret,
    }


# ---------------------------------------------------------------- what a hub says
def agreed(push: Push, query: Mapping[str, str], now: datetime) -> Push | None:
    """What a question "did you ask for this?" agrees to; None where we did not.

    Hubs may ask again while the lease runs. We never end a subscription, so whoever says so is no hub of ours.
    """
    is_asked = push.tries > 0 or push.is_alive(now)
    is_ours = query.get("hub.mode") == "subscribe" and query.get("hub.topic") == push.hub.topic
    if not (is_asked and is_ours and 0 < len(query.get("hub.challenge", "")) <= MOST_CHALLENGE):
        return None
    given = query.get("hub.lease_seconds", "")
    seconds = int(given) if given.isdecimal() and len(given) < 10 else WISHED_LEASE_SECONDS
    seconds = min(max(seconds, LEAST_LEASE_SECONDS), LONGEST_LEASE_SECONDS)
    ends = now + timedelta(seconds=seconds)
    return replace(push, tries=0, lease_until=ends, lease_seconds=seconds, error="")


def denied(push: Push, query: Mapping[str, str]) -> Push | None:
    """The end of what a hub says to be refused, now or later; None where it is about something else."""
    if query.get("hub.mode") != "denied" or query.get("hub.topic") != push.hub.topic:
        return None
    why = query.get("hub.reason", "")[:200]
    return replace(
        push, lease_until=None, tries=max(push.tries, 1), error=f"the hub denies it{f': {why}' if why else ''}"
    )


class Signature:
    """Takes a body piece by piece and says whether a header X-Hub-Signature signs it."""

    def __init__(self, secret: str, header: str) -> None:
        method, _, self._said = header.strip().partition("=")
        digest = _METHODS.get(method.strip().lower())
        self._hmac = hmac.new(secret.encode(), digestmod=digest) if digest else None

    def update(self, piece: bytes) -> None:
        if self._hmac is not None:
            self._hmac.update(piece)

    def is_good(self) -> bool:
        """In a time that does not tell how much of it was right."""
        said = self._said.strip().lower().encode()
        return self._hmac is not None and hmac.compare_digest(self._hmac.hexdigest().encode(), said)


# ---------------------------------------------------------------- what follows for polling
def listening(due: Due, push: Push | None, bounds: Bounds, now: datetime, roll: float) -> Due:
    """The next poll of a feed after a success, where its hub is to be taken into account.

    A push has the feed polled at once; its news may take some minutes to come through caches, so where it was not found
    the poll is repeated. Otherwise silence of the hub is believed, up to the longest interval.
    """
    if push is None:
        return due
    if push.pushed_at is not None and timedelta(0) <= now - push.pushed_at < ECHO:
        return min(due, Due(now + ECHO_PAUSE, DueWhy.PUSHED), key=lambda each: each.at)
    if push.is_alive(now) and due.why != DueWhy.OWN:
        return Due(now + timedelta(seconds=bounds.longest_seconds) * (1 + JITTER * roll), DueWhy.LISTENING)
    return due


def after_poll(asked_with: Push | None, push: Push, *, had_news_since: datetime | None, now: datetime) -> Push:
    """What a poll says of a hub that has told of its news, or has not: then it is believed when it agrees anew.

    `asked_with` is what was known when the poll began: for what the hub told meanwhile, it may have come too early.
    `had_news_since` is the poll before, None without news: a hub need not tell what came out before it agreed.
    """
    told_meanwhile = push.pushed_at != (asked_with.pushed_at if asked_with else None)
    if had_news_since is None or told_meanwhile:
        return push
    if push.pushed_at is not None:
        return replace(push, pushed_at=None)
    if not push.is_alive(now) or push.agreed_at is None or had_news_since < push.agreed_at:
        return push
    return replace(push, missed=push.missed + 1, lease_until=None, asked_at=now, error="news came that it did not tell")

"""What a process needs once however many bots its tests start: the shipped files parsed, certificates loaded.

A newcomer's mistake is to remember what is opened as well: which tables of places there are depends on the test.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from httpx._transports import default as transport

from bot.rulebook import loading

PARSERS = ("parse_event_type", "parse_vocabulary", "parse_places")  # of a text and the name of its file


def parse_once() -> None:
    """From now on every text is parsed once. What comes of it is never changed, so nobody can tell."""
    for name in PARSERS:
        setattr(loading, name, cache(getattr(loading, name)))
    loading._languages = _remembered(loading._languages)


def load_certificates_once() -> None:
    """Every client of Telegram loads all authorities of the web, twice; those on loopback ask none of them."""
    transport.create_ssl_context = cache(transport.create_ssl_context)  # type: ignore[attr-defined]


def _remembered(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which need not think when it is asked the same as the last time; bots may ask side by side."""
    last: tuple[tuple[Any, ...], Any] | None = None

    def ask(*args: Any) -> Any:
        nonlocal last
        known = last
        if known is None or known[0] != args:
            last = known = args, function(*args)
        return known[1]

    return ask

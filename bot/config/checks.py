"""What a single value must look like, whether it stands in config.yaml or in an OPML file.

A newcomer quotes the wrong value: an address may hold a password and a text may be the token, so none is quoted.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")  # as @BotFather gives it out: the bot's id and 35 letters
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")  # as the Bot API takes it
COUNTRY = re.compile(r"[A-Z]{2}")  # ISO 3166-1 alpha-2
COUNTRY_WANTED = "a country's two capital letters, such as SY"
LANGUAGE = re.compile(r"[a-z]{2,3}")  # ISO 639
CONTACT = re.compile(r"[\x21-\x7e]+")  # it becomes part of an HTTP header


def web_address_problem(url: str) -> str | None:
    """What is wrong with the address of a feed or a server, or None."""
    try:
        parts = urlsplit(url)
        hostname, _ = parts.hostname, parts.port  # asking for the port raises what is wrong with it
    except ValueError:
        return "not a web address"
    if parts.scheme not in ("http", "https"):
        return "expected an address that begins with https:// or http://"
    if not hostname or any(character.isspace() for character in url):
        return "not a web address: it has no host, or a blank in it"
    return None

"""Addresses as people may see them.

A newcomer's mistake is to log an address as it was configured: it may hold a name and a password.
"""

from __future__ import annotations

import re

_CREDENTIALS = re.compile(r"(?<=//)[^/?#\s]*@")


def without_credentials(url: str) -> str:
    """The address, or each in a text, without name and password, which would end in logs and chats."""
    return _CREDENTIALS.sub("", url)

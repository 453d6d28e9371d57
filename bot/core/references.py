"""Short names of incidents, for people to read out and type.

A newcomer's mistake is to show the id itself: it holds the id of the place, which a careful rule hides.
"""

from __future__ import annotations

from base64 import b32encode
from hashlib import blake2s

REFERENCE_BYTES = 5  # 8 letters; two of 100,000 incidents share one with a chance of 1 in 200


def reference(incident_id: str) -> str:
    """Eight small letters and digits that stand for an incident."""
    digest = blake2s(incident_id.encode("utf-8", "surrogatepass"), digest_size=REFERENCE_BYTES).digest()
    return b32encode(digest).decode().lower()

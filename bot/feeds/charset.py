"""Bodies in wide charsets (UTF-16, UTF-32) turned into UTF-8, and those that only claim to be in one told apart; pure.

A newcomer's mistake is to believe what is declared: UTF-16 read as UTF-8 is full of NULs yet perfectly valid, and the
reverse gives Chinese. The first bytes do not lie: a feed begins with `<` or `{`.
"""

import codecs
import re
from typing import Final

_MARKS: Final = {  # the longer first: that of UTF-32 begins with that of UTF-16
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_FIRST_CHARACTERS: Final = "<{"
_XML: Final = "application/xml"
_WIDE: Final = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_CLAIMED_IN_XML: Final = re.compile(
    rb"(\s*<\?xml[^>]*?\bencoding\s*=\s*[\"'])(?:utf|ucs|u)[-_]?(?:16|32|2|4)[\w-]*", re.IGNORECASE
)
_CLAIMED_IN_HTTP: Final = re.compile(r"(\bcharset\s*=\s*[\"']?)(?:utf|ucs|u)[-_]?(?:16|32|2|4)[\w-]*", re.IGNORECASE)


def narrowed(body: bytes, content_type: str) -> tuple[bytes, str]:
    """Body and Content-Type without any wide charset; all other bodies come back as they are."""
    wide, mark = _wide(body)
    if wide:
        narrow = body.removeprefix(mark).decode(wide, errors="replace").encode()
        return _claiming_utf8(narrow), f"{content_type.partition(';')[0] or _XML}; charset=utf-8"
    if body.startswith((b"<", b"{")):
        return _claiming_utf8(body), _CLAIMED_IN_HTTP.sub(r"\1utf-8", content_type)
    return body, content_type


def _claiming_utf8(body: bytes) -> bytes:
    claim = _CLAIMED_IN_XML.match(body)
    return b"".join((claim[1], b"utf-8", body[claim.end() :])) if claim else body


def _wide(body: bytes) -> tuple[str, bytes]:
    """The wide charset of a body and the mark that says so; empty where there is none."""
    for mark, charset in _MARKS.items():
        if body.startswith(mark):
            return charset, mark
    for charset in _WIDE:
        if body.startswith(tuple(first.encode(charset) for first in _FIRST_CHARACTERS)):
            return charset, b""
    return "", b""

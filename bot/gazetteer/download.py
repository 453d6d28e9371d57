"""A country's dump fetched from GeoNames: resumed where it broke off, and believed only when the archive is whole.

A newcomer's mistake is to resume onto a newer file: the part kept is continued only while the server says, by its
validator, that the file is the same.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import aiohttp

ADDRESS = "https://download.geonames.org/export/dump/{country}.zip"
CHUNK = 64 * 1024
LARGEST = 500_000_000  # bytes; the dump of the largest country has 80 million
QUIET_SECONDS = 30.0  # without a byte
_COUNTRY = re.compile(r"[A-Z]{2}")

Progress = Callable[[int, int | None], None]  # bytes so far, bytes in all where the server says


class DownloadError(Exception):
    """The dump could not be had; the message says what to do."""


def is_country(text: str) -> bool:
    """Two capital letters: an ISO 3166 alpha-2 code rather than a file."""
    return _COUNTRY.fullmatch(text) is not None


async def download(country: str, folder: Path, address: str = ADDRESS, progress: Progress = lambda *_: None) -> Path:
    """The dump of a country as a file in `folder`. What is there already of an interrupted download is kept."""
    url = address.replace("{country}", country)
    part, validator = folder / f"{country}.zip.part", folder / f"{country}.zip.validator"
    try:
        await _fetch(url, part, validator, progress)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        said = str(error) or type(error).__name__
        raise DownloadError(f"{url}: {said}; what has arrived is kept, so start again to go on") from error
    return _kept(url, part, validator)


def _kept(url: str, part: Path, validator: Path) -> Path:
    validator.unlink(missing_ok=True)
    if not _is_whole(part):
        part.unlink(missing_ok=True)
        raise DownloadError(f"{url}: what arrived is no whole zip archive; it was thrown away, start again")
    return part.replace(part.with_suffix(""))


async def _fetch(url: str, part: Path, validator: Path, progress: Progress) -> None:
    have, headers = _asked(part, validator)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=QUIET_SECONDS, sock_read=QUIET_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url, headers=headers) as response:
        if response.status == 416:  # all of it is here: RFC 9110, 15.5.17
            return
        if response.status not in (200, 206):
            raise DownloadError(f"{url}: the server answered {response.status} {response.reason}")
        going_on = response.status == 206
        _note_validator(response, validator)
        done = have if going_on else 0
        total = done + response.content_length if response.content_length is not None else None
        with part.open("ab" if going_on else "wb") as file:
            async for chunk in response.content.iter_chunked(CHUNK):
                file.write(chunk)
                done += len(chunk)
                progress(done, total)
                if done > LARGEST:
                    raise DownloadError(f"{url}: more than {LARGEST // 1_000_000} MB, which is no country's dump")
        if total is not None and done < total:
            raise aiohttp.ClientPayloadError(f"broke off after {done} of {total} bytes")


def _asked(part: Path, validator: Path) -> tuple[int, dict[str, str]]:
    """How many bytes are here, and the headers that ask for the rest of the same file."""
    part.parent.mkdir(parents=True, exist_ok=True)
    have = part.stat().st_size if part.exists() and validator.exists() else 0
    return have, {"Range": f"bytes={have}-", "If-Range": validator.read_text()} if have else {}


def _note_validator(response: aiohttp.ClientResponse, validator: Path) -> None:
    strong = response.headers.get("ETag", "")
    told = strong if strong and not strong.startswith("W/") else response.headers.get("Last-Modified", "")
    if told:
        validator.write_text(told)
    else:
        validator.unlink(missing_ok=True)


def _is_whole(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None
    except (OSError, zipfile.BadZipFile):
        return False

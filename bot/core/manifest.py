"""What goes out as evidence: a line for each report that told of an incident, and a manifest by which others check it.

A newcomer's mistake is to hash what is in the database: what counts is the bytes that were handed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.core.evidence import hash_of
from bot.core.model import Evidence

NAME = "MANIFEST.json"
ALGORITHM = "sha256"
_EVIDENCE = TypeAdapter(Evidence)
_MANIFEST: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of an export: its bytes, and how many incidents or reports are in it."""

    name: str
    content: bytes
    count: int


def as_lines(evidence: Iterable[Evidence]) -> Packed:
    """JSON Lines, one report each, oldest first; times are ISO 8601, offsets are code points into title or text."""
    lines = [_EVIDENCE.dump_json(each) for each in evidence]
    return Packed("evidence.jsonl", b"".join(line + b"\n" for line in lines), len(lines))


def manifest(files: Iterable[Packed], made_at: datetime, since: datetime, version: str) -> bytes:
    """The digests of all files, which anybody can compute again with sha256sum."""
    told = {
        each.name: {ALGORITHM: sha256(each.content).hexdigest(), "bytes": len(each.content), "count": each.count}
        for each in files
    }
    said = {"made_by": f"tocsin {version}", "made_at": made_at.isoformat(), "since": since.isoformat(), "files": told}
    return (json.dumps(said, indent=1) + "\n").encode()


def faults(manifested: bytes, files: Mapping[str, bytes]) -> Iterator[str]:
    """What is wrong with an export, in words; `files` are those that are there, by name."""
    try:
        told = _MANIFEST.validate_json(manifested)["files"]
        wanted = {str(name): str(each[ALGORITHM]) for name, each in told.items()}
    except (ValidationError, KeyError, TypeError, AttributeError):
        yield f"{NAME} is no manifest of ours"
        return
    for name, digest in wanted.items():
        if name not in files:
            yield f"{name} is missing"
        elif sha256(files[name]).hexdigest() != digest:
            yield f"{name} is not what was handed over: its SHA-256 differs"
    yield from (f"{name} is not in the manifest" for name in files if name not in wanted)
    yield from _wrong_reports(files.get("evidence.jsonl", b""))


def _wrong_reports(lines: bytes) -> Iterator[str]:
    for number, line in enumerate(lines.splitlines(), start=1):
        try:
            kept = _EVIDENCE.validate_json(line)
        except ValidationError:
            yield f"evidence.jsonl:{number}: not a report as we write it"
            continue
        if kept.sha256 != hash_of(kept.title, kept.text):
            yield f"evidence.jsonl:{number}: the text of {kept.report_id} is not the one that was recorded"

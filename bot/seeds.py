"""The sample reports of `seeds/`: what the demo plays, and what the goldens hold.

A newcomer's mistake is to mend an `expected` block after a change of the reading; it is what a monitor would want to
hear.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.core.model import Count, Feed, Problem
from bot.core.yamlfile import Node, Reader, decode, parse

PACKAGE = Path(__file__).parent
SHIPPED = [PACKAGE / "shipped" / "seeds", PACKAGE.parent / "seeds"]  # in a wheel, in a checkout


class SeedError(Exception):
    """A seed file is broken; the message holds its problems."""


@dataclass(frozen=True, slots=True)
class ExpectedAlert:
    """An alert as a person would write it down; the place by its name."""

    rule: str
    reason: str
    severity: str
    place: str
    killed: int
    injured: int
    loud: bool


@dataclass(frozen=True, slots=True)
class SeedReport:
    """One report, and all that must follow from it when the ones before it are known."""

    id: str
    outlet: str
    title: str
    text: str
    expected: tuple[ExpectedAlert, ...]
    duplicate_of: str | None


@dataclass(frozen=True, slots=True)
class Story:
    """Outlets by id, as feeds without an address yet, and their reports in the order of publication."""

    outlets: dict[str, Feed]
    reports: tuple[SeedReport, ...]


def seeds_folder() -> Path:
    """The samples that come with the package."""
    return next((folder for folder in SHIPPED if folder.is_dir()), SHIPPED[0])


def load_story(path: Path) -> Story:
    """A story from its file. SeedError with all problems when it is not right."""
    text = decode(path.read_bytes(), str(path))
    if isinstance(text, Problem):
        raise SeedError(str(text))
    document = parse(text, str(path))
    reader = Reader(str(path))
    fields = reader.fields(document.root, required=("outlets", "reports"))
    outlets = dict(_outlet(reader, node) for node in reader.items(fields.get("outlets")))
    reports = tuple(_report(reader, node) for node in reader.items(fields.get("reports")))
    if problems := sorted({*document.problems, *reader.problems}):
        raise SeedError("\n".join(map(str, problems)))
    return Story(outlets, reports)


def _outlet(reader: Reader, node: Node) -> tuple[str, Feed]:
    fields = reader.fields(node, required=("id", "title"), optional=("home", "language"))
    feed = Feed(
        url="",
        title=reader.string(fields.get("title")),
        home=reader.string(fields.get("home")) or None,
        language=reader.string(fields.get("language")) or None,
    )
    return reader.identifier(fields.get("id")), feed


def _report(reader: Reader, node: Node) -> SeedReport:
    fields = reader.fields(node, required=("id", "outlet", "title", "text", "expected"))
    expected = reader.fields(fields.get("expected"), required=("alerts",), optional=("duplicate_of",))
    return SeedReport(
        id=reader.identifier(fields.get("id")),
        outlet=reader.identifier(fields.get("outlet")),
        title=reader.string(fields.get("title")),
        text=reader.string(fields.get("text")),
        expected=tuple(_alert(reader, alert) for alert in reader.items(expected.get("alerts"))),
        duplicate_of=reader.string(expected.get("duplicate_of")) or None,
    )


SOUNDS = ("loud", "quiet")
_ALERT = ("rule", "reason", "severity", "place", "killed", "injured", "sound")


def _alert(reader: Reader, node: Node) -> ExpectedAlert:
    fields = reader.fields(node, required=_ALERT)
    return ExpectedAlert(
        rule=reader.string(fields.get("rule")),
        reason=reader.string(fields.get("reason")),
        severity=reader.string(fields.get("severity")),
        place=reader.string(fields.get("place")),
        killed=reader.integer(fields.get("killed")),
        injured=reader.integer(fields.get("injured")),
        loud=reader.choice(fields.get("sound"), "sound", SOUNDS, "quiet") == "loud",
    )


def figure(count: Count | None) -> int:
    """The number that an expected block compares with."""
    return count.figure if count else 0

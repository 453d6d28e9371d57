"""The areas that one can watch from the start, with the shipped rules and starter feeds of each.

A newcomer adds a file of rules or a folder of feeds and forgets areas.yaml: a test compares them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.config import outlines_of
from bot.core.model import Feed
from bot.core.yamlfile import Node, Reader, parse
from bot.rulebook import shipped_rules
from bot.seeds import seeds_folder

FILE = Path(__file__).parent / "areas.yaml"
EVERYWHERE = "Everywhere"
ALL = "all"


@dataclass(frozen=True, slots=True)
class Area:
    """`rules` are names of files in rules/alerts/, `feeds` those of folders in seeds/feeds.opml."""

    code: str
    title: str
    rules: tuple[str, ...]
    feeds: tuple[str, ...]


def areas() -> tuple[Area, ...]:
    """All there are, in the order to show them. ValueError when the file is broken."""
    document = parse(FILE.read_text(encoding="utf-8"), str(FILE))
    reader = Reader(str(FILE))
    found = tuple(_area(reader, node) for node in reader.items(document.root))
    if problems := sorted({*document.problems, *reader.problems}):
        raise ValueError("\n".join(map(str, problems)))
    return found


def _area(reader: Reader, node: Node) -> Area:
    fields = reader.fields(node, required=("code", "title", "rules", "feeds"))
    return Area(
        reader.string(fields.get("code")),
        reader.string(fields.get("title")),
        reader.strings(fields.get("rules")),
        tuple(reader.string(item) for item in reader.items(fields.get("feeds"))),
    )


def chosen(words: Sequence[str], known: Sequence[Area]) -> tuple[Area, ...]:
    """The areas that are meant by codes, or by numbers from 1; LookupError for others."""
    named = [word.strip().lower() for part in words for word in part.split(",") if word.strip()]
    if not named or ALL in named:
        return tuple(known)
    by_name = {name: area for n, area in enumerate(known, start=1) for name in (str(n), area.code)}
    if unknown := [name for name in named if name not in by_name]:
        codes = ", ".join(area.code for area in known)
        raise LookupError(f"there is no area {unknown[0]!r}; there are: {codes}, and {ALL}")
    wanted = {by_name[name].code for name in named}
    return tuple(area for area in known if area.code in wanted)


def rule_files(wanted: Collection[Area]) -> list[Path]:
    """The shipped files of rules of the areas."""
    return sorted({shipped_rules() / "alerts" / f"{name}.yaml" for area in wanted for name in area.rules})


def starter_feeds(wanted: Collection[Area]) -> list[Feed]:
    """The starter feeds of the areas, and those of everywhere."""
    folders = {EVERYWHERE, *(name for area in wanted for name in area.feeds)}
    path = seeds_folder() / "feeds.opml"
    outlines, _ = outlines_of(path.read_bytes(), str(path))
    return [outline.feed for outline in outlines if outline.folder in folders]

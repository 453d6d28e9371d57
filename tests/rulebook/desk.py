"""A folder of rules as somebody edits it: two event types, one language, two places and short rules.

A newcomer's mistake is to look for what is in force on the disk: `titles` asks the rules that live.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.rulebook import LiveRules

EVENT = "id: {id}\ntitle: T\ncounts: c\nexcludes: e\nvictims: civilian\nexamples: []\n"
WORDS = "language: en\nscript: latin\nkilled: [killed]\nfunction_words: [the]\n"
PLACES = """\
- {id: "ov:idlib", name: Idlib, kind: admin1, at: [35.9, 36.6]}
- {id: "ov:homs", name: Homs, kind: admin1}
"""


class Desk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in ("alerts", "events", "places"):
            (folder / part).mkdir(parents=True)
        for event in ("casualties", "civilian-casualties"):
            (folder / "events" / f"{event}.yaml").write_text(EVENT.format(id=event), encoding="utf-8")
        (folder / "events" / "vocabulary").mkdir()
        (folder / "events" / "vocabulary" / "en.yaml").write_text(WORDS, encoding="utf-8")
        self.places = folder / "places" / "here.yaml"
        self.places.write_text(PLACES, encoding="utf-8")

    def path(self, name: str) -> Path:
        return self.folder / "alerts" / name

    def write(self, name: str, *ids: str, title: str = "old", place: str = "Idlib") -> Path:
        """A file of good rules with these ids."""
        return self.put(name, "".join(rule(each, title, place) for each in ids))

    def put(self, name: str, text: str) -> Path:
        path = self.path(name)
        path.write_text(text, encoding="utf-8")
        return path


def rule(rule_id: str, title: str = "old", place: str = "Idlib") -> str:
    return f"- {{id: {rule_id}, title: {title}, when: {{event: casualties, place: {place}}}}}\n"


def titles(live: LiveRules) -> dict[str, str]:
    """The titles of the rules in force by id, in their order."""
    return {each.id: each.title for each in live.current.rules}


def said(live: LiveRules) -> list[str]:
    """The problems, with files as seen from the folder of alerts."""
    above = f"{live.folder / 'alerts'}/"
    return [str(problem).removeprefix(above) for problem in live.current.problems]


def unchanged(*, besides: Sequence[str] = ()) -> dict[str, str]:
    """What is in force of the rules that `live` begins with, when none of them, or all besides these, are as before."""
    return {each: "old" for each in ("idlib", "neighbour", "homs", "other") if each not in besides}

"""Reads a folder of rules into a Rulebook: alert rules, event types, vocabularies and places, with all their problems.

A newcomer's mistake is to stop at the first broken file: each file is read on its own, and the good ones serve.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from bot.core.events import languages_of
from bot.core.events.files import EventType, parse_event_type, parse_vocabulary
from bot.core.model import Problem, Rule
from bot.core.pipeline import Rulebook
from bot.core.reading import Knowledge
from bot.core.rules import Names, check_together, parse_list, parse_rules
from bot.core.yamlfile import LARGEST, decode
from bot.gazetteer import open_gazetteer

PACKAGE = Path(__file__).parent
SHIPPED = [PACKAGE / "shipped" / "rules", PACKAGE.parent / "rules"]  # in a wheel, in a checkout


class RulesNotFoundError(Exception):
    """There is no folder of rules where one was named."""


def shipped_rules() -> Path:
    """The rules that come with the package."""
    return next((folder for folder in SHIPPED if folder.is_dir()), SHIPPED[0])


def rules_folder(named: Path | None) -> Path:
    """The folder named, else the environment's TOCSIN_RULES, else ./rules, else the shipped rules."""
    if named is not None:
        return _existing(named, "--rules")
    if from_environment := os.environ.get("TOCSIN_RULES"):
        return _existing(Path(from_environment), "TOCSIN_RULES")
    here = Path("rules")
    return here if here.is_dir() else shipped_rules()


def _existing(folder: Path, said: str) -> Path:
    if not folder.is_dir():
        raise RulesNotFoundError(f"{said} names {folder}, which is not a folder")
    return folder


@dataclass(frozen=True, slots=True)
class _Text:
    file: str
    text: str


def load(folder: Path) -> Rulebook:
    """All rules of a folder; without `events/` or `places/`, the shipped ones. Never raises for what is in them."""
    problems: list[Problem] = []
    types = list(_event_types(_part(folder, "events"), problems))
    vocabularies = []
    for source in _texts(_part(folder, "events") / "vocabulary", problems):
        read = parse_vocabulary(source.text, source.file)
        problems += read.problems
        if read.vocabulary is not None:
            vocabularies.append(read.vocabulary)
    opened = open_gazetteer((s.file, s.text) for s in _texts(_part(folder, "places"), problems))
    problems += opened.problems
    gazetteer = opened.gazetteer
    lists = dict(_lists(folder, problems))
    names = Names(
        [t.id for t in types],
        gazetteer.find,
        gazetteer.warnings_for,
        lists,
        [vocabulary.language for vocabulary in vocabularies],
        frozenset(word for vocabulary in vocabularies for word in vocabulary.function_words),
    )
    files = [parse_rules(source.text, source.file, names) for source in _texts(folder / "alerts", problems)]
    problems += [p for f in files for p in f.problems]
    problems += check_together(files)
    rules = {rule.id: rule for f in reversed(files) for rule in reversed(f.rules)}
    warnings = tuple(w for f in files for w in f.warnings)
    knowledge = Knowledge(languages_of(vocabularies, types), gazetteer)
    return Rulebook(
        knowledge, tuple(reversed(rules.values())), tuple(types), tuple(sorted(problems)), warnings, tuple(lists)
    )


def _part(folder: Path, name: str) -> Path:
    own = folder / name
    return own if own.is_dir() else shipped_rules() / name


def _event_types(folder: Path, problems: list[Problem]) -> Iterator[EventType]:
    for source in _texts(folder, problems):
        read = parse_event_type(source.text, source.file)
        problems += read.problems
        if read.event_type is not None:
            yield read.event_type


def _lists(folder: Path, problems: list[Problem]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Lists by the name of their file, which is how rules call them; own ones beside the shipped ones, or for them."""
    for place in dict.fromkeys((shipped_rules() / "lists", folder / "lists")):
        for source in _texts(place, problems):
            read = parse_list(source.text, source.file)
            problems += read.problems
            yield Path(source.file).stem, read.texts


def _texts(folder: Path, problems: list[Problem]) -> Iterator[_Text]:
    """The texts of the YAML files of a folder, in the order of their names; unreadable ones become problems."""
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
        text = _read(path)
        if isinstance(text, Problem):
            problems.append(text)
        else:
            yield _Text(str(path), text)


def _read(path: Path) -> str | Problem:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        return Problem(str(path), 1, 1, f"cannot be read: {error.strerror}")
    return decode(raw, str(path))


# ---------------------------------------------------------------- as they change
class LiveRules:
    """The rules as they are now. `current` is swapped whole, so no report is ever judged by half a set."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen = _fingerprint(folder)
        self.current = load(folder)

    def reload_if_changed(self) -> bool:
        """Read the folder anew when a file in it changed; did it? What broke keeps its last good version."""
        seen = _fingerprint(self.folder)
        if seen == self._seen:
            return False
        self.current = last_good(load(self.folder), self.current)
        self._seen = seen
        return True


def last_good(new: Rulebook, old: Rulebook) -> Rulebook:
    """The new rules, with the old ones of every file that is broken; the old knowledge while any of it is broken."""
    broken = {problem.file for problem in new.problems}
    if any(_is_knowledge(file) for file in broken):
        return replace(old, problems=new.problems)
    ids = {rule.id for rule in new.rules}
    kept = [rule for rule in old.rules if _file_of(rule) in broken and rule.id not in ids]
    return replace(new, rules=(*new.rules, *kept))


def _file_of(rule: Rule) -> str:
    return rule.where.rpartition(":")[0]


def _is_knowledge(file: str) -> bool:
    return Path(file).parent.name != "alerts"


def _fingerprint(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of every file that `load` would read."""
    found = []
    for part in (folder / "alerts", folder / "lists", _part(folder, "events"), _part(folder, "places")):
        for path in sorted(part.rglob("*.y*ml")):
            with suppress(OSError):  # deleted since it was listed: the next look sees that
                stat = path.stat()
                found.append((str(path), stat.st_mtime_ns, stat.st_size))
    return tuple(found)

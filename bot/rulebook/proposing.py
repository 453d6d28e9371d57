"""Drafts as edits of the files of a rules folder, tried on a copy before anything is written.

A newcomer's mistake is to try an edit on the rule alone: a changed file may break its neighbours, and a phrase that is
no place any more may be one in another rule's test.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import unified_diff
from pathlib import Path

from bot.core.drafting import Draft
from bot.core.model import Problem
from bot.core.trying import failures_of_events, failures_of_rules
from bot.rulebook.editing import EditError, with_phrase, with_test, with_unless_word
from bot.rulebook.loading import load

TRAPS = Path("places") / "traps.yaml"
NO_PLACES = "the folder has no places/ of its own: a phrase there would take the place of all that are shipped"


@dataclass(frozen=True, slots=True)
class Proposal:
    """New texts of files by their path; `why_not` says why there are none."""

    edits: Mapping[Path, str]
    why_not: tuple[str, ...] = ()


def propose(drafts: Iterable[Draft], folder: Path) -> Proposal:
    """The edits of all drafts for one verdict."""
    edits: dict[Path, str] = {}
    why_not = []
    for draft in drafts:
        if draft.test is None:
            continue
        try:
            edits |= _edited(draft, folder, edits)
        except (EditError, OSError) as error:
            why_not.append(f"{draft.rule_id}: {error}")
    return Proposal(edits, tuple(why_not))


def _edited(draft: Draft, folder: Path, so_far: Mapping[Path, str]) -> Mapping[Path, str]:
    assert draft.test is not None
    path = Path(draft.file)
    text = with_test(_text(path, so_far), draft.rule_id, draft.test)
    edits = {path: with_unless_word(text, draft.rule_id, draft.word) if draft.word else text}
    if draft.phrase:
        if not (folder / "places").is_dir():
            raise EditError(NO_PLACES)
        traps = folder / TRAPS
        known = _text(traps, so_far) if traps in so_far or traps.exists() else ""
        is_known = f"- {draft.phrase}\n" in known
        edits |= {} if is_known else {traps: with_phrase(known, draft.phrase)}
    return edits


def _text(path: Path, so_far: Mapping[Path, str]) -> str:
    return so_far[path] if path in so_far else path.read_text(encoding="utf-8")


def diff(proposal: Proposal, folder: Path) -> str:
    """As `patch -p1` takes it, from the folder in which the rules folder is."""
    return "".join(
        line for path, text in proposal.edits.items() for line in _diff(path.relative_to(folder.parent), path, text)
    )


def _diff(name: Path, path: Path, text: str) -> Iterable[str]:
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    source = f"a/{name}" if before else "/dev/null"
    return unified_diff(before.splitlines(keepends=True), text.splitlines(keepends=True), source, f"b/{name}")


def harm_of(proposal: Proposal, folder: Path) -> list[str]:
    """What would be wrong with the edits in force and is not without them: problems, and tests that fail."""
    with tempfile.TemporaryDirectory(prefix="tocsin-rules-") as scratch:
        copy = Path(shutil.copytree(folder, Path(scratch) / folder.name))
        for path, text in proposal.edits.items():
            (copy / path.relative_to(folder)).write_text(text, encoding="utf-8")
        harm = [replace(wrong, file=wrong.file.replace(str(copy), str(folder))) for wrong in _wrong(copy)]
    known = {_said(wrong) for wrong in _wrong(folder)} if harm else set()
    return [str(wrong) for wrong in sorted(harm) if _said(wrong) not in known]


def _said(problem: Problem) -> tuple[str, str]:
    """A problem whatever line it stands in: an edit moves lines."""
    return problem.file, problem.message


def _wrong(folder: Path) -> list[Problem]:
    rulebook = load(folder)
    rules = failures_of_rules(rulebook.rules, rulebook.knowledge)
    events = failures_of_events(rulebook.types, rulebook.knowledge)
    return [*rulebook.problems, *rules, *events]


def write(proposal: Proposal) -> None:
    """Each file whole or not at all: the bot may read it meanwhile."""
    for path, text in proposal.edits.items():
        beside = path.with_name(f".{path.name}.new")  # files with a dot are left to the editors
        beside.write_text(text, encoding="utf-8")
        if path.exists():
            shutil.copymode(path, beside)
        beside.replace(path)

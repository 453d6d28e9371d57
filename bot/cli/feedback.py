"""`tocsin feedback`: what people said of alerts, and how it would become a test and an edit of the rules.

A newcomer's mistake is to apply what is drafted: a word that sets one report apart may silence the next massacre, so a
person reads every diff.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.cli.feeds.tables import Column, moment, print_table, stamp
from bot.cli.lines import speak_utf8
from bot.config import Config, ConfigError
from bot.config import load as load_config
from bot.core.drafting import Draft, drafts
from bot.core.messages import toll_line, where
from bot.core.model import Feedback, Report
from bot.core.pipeline import Rulebook
from bot.core.references import reference
from bot.rulebook import RulesNotFoundError, load, rules_folder
from bot.rulebook.proposing import Proposal, diff, harm_of, propose, write
from bot.store import Archive, StoreError


@dataclass(frozen=True, slots=True)
class Drafted:
    """A verdict with what was drafted for it."""

    given: Feedback
    drafts: tuple[Draft, ...]
    proposal: Proposal
    diff: str


@dataclass(frozen=True, slots=True)
class Desk:
    """The rules as they are, and where they are."""

    folder: Path
    rulebook: Rulebook
    archive: Archive


COLUMNS: Sequence[Column[Feedback]] = (
    ("", lambda given: str(given.id)),
    ("given (UTC)", lambda given: moment(given.given_at)),
    ("by", lambda given: given.name),
    ("verdict", lambda given: given.verdict),
    ("incident", lambda given: reference(given.incident.id)),
    ("place", lambda given: where(given.incident.place)),
    ("toll", lambda given: toll_line(given.incident)),
    ("report", lambda given: given.report.title or given.report.url if given.report else "not kept"),
)


def show_feedback(rules: Path | None, config: Path | None, *, as_json: bool) -> int:
    """Print all verdicts with their drafts. The exit status: 2 when the rules or the store cannot be read."""
    speak_utf8()
    try:
        settings = load_config(config, os.environ)
        with closing(Archive.open(settings.database)) as archive:
            found = _all(_desk(rules, settings, archive))
    except (ConfigError, RulesNotFoundError, StoreError) as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return 2
    if as_json:
        print(json.dumps({"feedback": [_object(each) for each in found]}, ensure_ascii=False, indent=2))
    else:
        _print(found)
    return 0


def apply_draft(number: int, rules: Path | None, config: Path | None, sure: bool) -> int:
    """Write the edits drafted for one verdict. The exit status: 1 when nothing was written, 2 as above."""
    speak_utf8()
    try:
        settings = load_config(config, os.environ)
        with closing(Archive.open(settings.database)) as archive:
            desk = _desk(rules, settings, archive)
            given = next((each for each in archive.feedback() if each.id == number), None)
            found = _drafted(given, desk) if given else None
    except (ConfigError, RulesNotFoundError, StoreError) as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return 2
    if found is None:
        print(f"tocsin: there is no feedback {number}; tocsin feedback lists it", file=sys.stderr)
        return 2
    return _apply(found, desk.folder, sure=sure)


def _apply(found: Drafted, folder: Path, *, sure: bool) -> int:
    _print_drafts(found)
    if not found.proposal.edits:
        return _refuse("there is nothing to write")
    if harm := harm_of(found.proposal, folder):
        return _refuse("with these edits the rules would not be as they should:", *harm)
    if not sure and not _is_confirmed():
        return _refuse("it was not confirmed")
    write(found.proposal)
    for path in found.proposal.edits:
        print(f"written: {path}")
    return 0


def _refuse(why: str, *lines: str) -> int:
    print("\n".join([f"tocsin: nothing was written: {why}", *lines]), file=sys.stderr)
    return 1


def _is_confirmed() -> bool:
    print("Write this? [y/N] ", end="", flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


# ---------------------------------------------------------------- drafting
def _desk(rules: Path | None, settings: Config, archive: Archive) -> Desk:
    folder = rules_folder(rules or settings.rules).resolve()
    return Desk(folder, load(folder), archive)


def _all(desk: Desk) -> list[Drafted]:
    return [_drafted(given, desk) for given in desk.archive.feedback()]


def _drafted(given: Feedback, desk: Desk) -> Drafted:
    found = tuple(drafts(given, desk.rulebook.rules, desk.rulebook.knowledge, _earlier(given, desk.archive)))
    proposal = propose(found, desk.folder)
    return Drafted(given, found, proposal, diff(proposal, desk.folder))


def _earlier(given: Feedback, archive: Archive) -> Report | None:
    """The report that this one may repeat, as far as the incident says so."""
    other = given.incident.resembles
    return archive.first_report(other.incident_id) if other else None


# ---------------------------------------------------------------- showing
def _print(found: Sequence[Drafted]) -> None:
    print_table(COLUMNS, [each.given for each in found], lambda _: "")
    for each in found:
        print(f"\n{each.given.id}: {each.given.verdict}, {where(each.given.incident.place)}")
        _print_drafts(each)
    count = len(found)
    print(f"{count:,} verdict{'' if count == 1 else 's'}; --apply N writes the edits of one", file=sys.stderr)


def _print_drafts(found: Drafted) -> None:
    for draft in found.drafts:
        if draft.note:
            print(f"  {draft.rule_id}: {draft.note}")
    for why in found.proposal.why_not:
        print(f"  {why}")
    print(found.diff, end="")


def _object(found: Drafted) -> dict[str, object]:
    given, report = found.given, found.given.report
    kept = {"title": report.title, "text": report.text, "url": report.url, "source": report.source} if report else None
    return {
        "id": given.id,
        "given_at": stamp(given.given_at),
        "by": given.name,
        "user": given.user_id,
        "chat": given.chat_id,
        "verdict": given.verdict,
        "incident": reference(given.incident.id),
        "place": given.incident.place.id if given.incident.place else None,
        "toll": toll_line(given.incident),
        "rules": list(given.rules),
        "report": kept,
        "drafts": [_draft_object(draft) for draft in found.drafts],
        "why_not": list(found.proposal.why_not),
        "diff": found.diff,
    }


def _draft_object(draft: Draft) -> dict[str, object]:
    texts = list(draft.test.texts) if draft.test else []
    return {
        "rule": draft.rule_id,
        "file": draft.file,
        "texts": texts,
        "unless_word": draft.word,
        "phrase": draft.phrase,
        "note": draft.note,
    }

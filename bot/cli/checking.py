"""`tocsin check`: everything that is wrong in a folder of rules, and whether its rules do what their tests say.

A newcomer's mistake is to stop at the first broken file: an author mends all of them in one go.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from bot.core.model import Problem
from bot.core.pipeline import Rulebook
from bot.core.rules import shadows
from bot.core.trying import failures_of_events, failures_of_rules
from bot.rulebook import RulesNotFoundError, load, rules_folder

Line = Callable[[str, Problem], str]  # of a level and a problem


def check(folder: Path | None, form: str) -> int:
    """Print problems, warnings and failed tests. The exit status: 1 when a rule is wrong or a test fails."""
    if form not in FORMS:
        print(f"tocsin: unknown form {form!r}; known: {', '.join(FORMS)}", file=sys.stderr)
        return 2
    try:
        rulebook = load(rules_folder(folder))
    except RulesNotFoundError as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return 2
    failures = [
        *failures_of_rules(rulebook.rules, rulebook.knowledge),
        *failures_of_events(rulebook.types, rulebook.knowledge),
    ]
    _print("error", [*rulebook.problems, *failures], FORMS[form])
    warnings = [*rulebook.warnings, *shadows(rulebook.rules)]
    _print("warning", warnings, FORMS[form])
    print(_summary(rulebook, len(warnings), len(failures)), file=sys.stderr)
    return 1 if rulebook.problems or failures else 0


def _print(level: str, found: Iterable[Problem], line: Line) -> None:
    for problem in sorted(found):
        print(line(level, problem))


def _for_people(level: str, found: Problem) -> str:
    return str(found) if level == "error" else f"{found.file}:{found.line}:{found.column}: {level}: {found.message}"


def _for_github(level: str, found: Problem) -> str:
    """A workflow command; GitHub shows it at the line (docs.github.com, "Workflow commands")."""
    message = found.message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{level} file={found.file},line={found.line},col={found.column}::{message}"


FORMS: Mapping[str, Line] = {"text": _for_people, "github": _for_github}


def _summary(rulebook: Rulebook, warnings: int, failed: int) -> str:
    tests = sum(len(rule.tests) for rule in rulebook.rules) + sum(len(t.examples) for t in rulebook.types)
    drafts = sum(not rule.live for rule in rulebook.rules)
    return (
        f"{_counted(len(rulebook.rules), 'rule')} ({_counted(drafts, 'draft')}), "
        f"{_counted(len(rulebook.types), 'event type')}: {_counted(len(rulebook.problems), 'problem')}, "
        f"{_counted(warnings, 'warning')}, {failed} of {_counted(tests, 'test')} failed"
    )


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"

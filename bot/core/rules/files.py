"""Alert rule files to rules: what somebody may write, and what is said to whom wrote something else.

A newcomer returns at the first mistake; here a wrong rule is left out with all its problems, and its neighbours live.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from bot.core.model import Expected, Near, Problem, Rule, RuleTest, Titles
from bot.core.rules.comparing import QUANTITIES, read_severity, read_threshold, severity_word
from bot.core.rules.conditions import (
    MOST_SOURCES,
    read_areas,
    read_delivery,
    read_events,
    read_frequency,
    read_languages,
    read_patterns,
    read_silence,
    read_texts,
    read_unless,
    read_victims,
    read_words,
)
from bot.core.rules.names import Names
from bot.core.rules.sense import note_nonsense
from bot.core.yamlfile import Listing, Mapping, Node, Reader, Scalar, is_identifier, parse, problem, shown, unknown

NO_ALERT = "none"
RULE = ("id", "title", "when", "titles", "description", "status", "unless", "severity", "deliver", "tests")
WHEN = (
    *("event", "all_events", "place", "victims", *QUANTITIES),
    *("words", "all_words", "regex", "near", "languages", "sources", "tags"),
    *("min_sources", "for", "silence"),
)
TEST = ("text", "alert", "source", "tags", "language")
NEARNESS: tuple[Near, ...] = get_args(Near)


@dataclass(frozen=True, slots=True)
class RuleFile:
    """What became of one file. `ids` are all ids as they stand in it, those of rules that have problems as well;
    `warnings` spoil no rule. Without `ids_known` some rule's id cannot be read, so nobody can say which rules are gone.
    """

    file: str
    rules: tuple[Rule, ...]
    problems: tuple[Problem, ...]
    ids: tuple[Scalar, ...] = ()
    warnings: tuple[Problem, ...] = ()
    ids_known: bool = True


def parse_rules(text: str, file: str, names: Names) -> RuleFile:
    """Read a file of alert rules: those without problems, and the problems of the others, sorted by position."""
    document = parse(text, file)
    top = Reader(file)
    items = _items(top, document.root)
    spoilt = _spoilt(items, document.problems)
    rules: list[Rule] = []
    problems, warnings = [*document.problems, *top.problems], list[Problem]()
    ids: dict[str, Scalar] = {}
    for index, item in enumerate(items):
        reader = Reader(file)
        rule = _rule(reader, item, names)
        _note_id(reader, item, ids)
        problems += reader.problems
        warnings += reader.warnings
        if not reader.problems and index not in spoilt:
            rules.append(rule)
    found = tuple(ids.values())
    ids_known = isinstance(document.root, Listing) and all(map(_has_id, items))
    return RuleFile(file, tuple(rules), tuple(sorted(set(problems))), found, tuple(warnings), ids_known)


def check_together(files: Iterable[RuleFile]) -> tuple[Problem, ...]:
    """What is wrong between files that are fine alone: an id that an earlier file has already."""
    owners: dict[str, tuple[str, int]] = {}
    problems = []
    for rule_file in files:
        for scalar in rule_file.ids:
            file, line = owners.setdefault(scalar.text, (rule_file.file, scalar.line))
            if file != rule_file.file:
                problems.append(problem(rule_file.file, scalar, _taken(scalar, f"{file}:{line}")))
    return tuple(sorted(problems))


def _items(reader: Reader, root: Node | None) -> tuple[Node, ...]:
    if isinstance(root, Mapping):
        reader.problem(root, "expected a list of rules: begin each rule with '- '")
        return ()
    return reader.items(root)


def _spoilt(items: tuple[Node, ...], problems: Iterable[Problem]) -> frozenset[int]:
    """Which items hold what the YAML reader refused, such as an alias: each problem lies in the item begun last."""
    starts = [(item.line, item.column) for item in items]
    return frozenset(bisect_right(starts, (wrong.line, wrong.column)) - 1 for wrong in problems)


def _note_id(reader: Reader, item: Node, ids: dict[str, Scalar]) -> None:
    """Remember the id of a rule; a second one of the same name is a problem of the second rule."""
    for key, value in item.entries if isinstance(item, Mapping) else ():
        if key.text == "id" and isinstance(value, Scalar) and isinstance(value.value, str):
            first = ids.setdefault(value.text, value)
            if first is not value:
                reader.problem(value, _taken(value, f"line {first.line}"))


def _has_id(item: Node) -> bool:
    """Whether it says which rule it is, whatever else is wrong with it."""
    entries = item.entries if isinstance(item, Mapping) else ()
    return any(key.text == "id" and isinstance(value, Scalar) and is_identifier(value) for key, value in entries)


def _taken(identifier: Scalar, by: str) -> str:
    return f"the id {shown(identifier.text)} is also that of {by}: each rule needs its own"


# ---------------------------------------------------------------- one rule
def _rule(reader: Reader, node: Node, names: Names) -> Rule:
    fields = reader.fields(node, required=RULE[:3], optional=RULE[3:])
    asked = fields.get("when")
    speaks = isinstance(asked, Mapping) and all(key.text != "silence" for key, _ in asked.entries)
    when = reader.fields(asked, required=WHEN[:1] if speaks else (), optional=WHEN)
    reader.string(fields.get("description"))  # for people alone
    rule = Rule(
        id=reader.identifier(fields.get("id")),
        title=reader.string(fields.get("title")),
        events=read_events(reader, when.get("event"), names),
        all_events=read_events(reader, when.get("all_events"), names),
        areas=read_areas(reader, when.get("place"), names),
        victims=read_victims(reader, when.get("victims"), names),
        thresholds=tuple(read_threshold(reader, when[each], each) for each in QUANTITIES if each in when),
        words=read_words(reader, when.get("words"), names),
        all_words=read_words(reader, when.get("all_words"), names),
        patterns=read_patterns(reader, when.get("regex"), names),
        near=reader.choice(when.get("near"), "nearness", NEARNESS, "report"),
        languages=read_languages(reader, when.get("languages"), names),
        sources=read_texts(reader, when.get("sources"), names),
        tags=frozenset(read_texts(reader, when.get("tags"), names)),
        min_sources=reader.integer(when.get("min_sources"), 1, low=1, high=MOST_SOURCES),
        frequency=read_frequency(reader, when.get("for")),
        silence=read_silence(reader, when.get("silence")),
        unless=read_unless(reader, fields.get("unless"), names),
        delivery=read_delivery(reader, fields.get("deliver")),
        severity=read_severity(reader, fields.get("severity")),
        live=reader.choice(fields.get("status"), "status", ("live", "draft"), "live") == "live",
        tests=tuple(_test(reader, test, names) for test in reader.items(fields.get("tests"))),
        where=f"{reader.file}:{node.line}",
        titles=_titles(reader, fields.get("titles"), names),
    )
    note_nonsense(reader, rule, fields, when, names)
    return rule


def _titles(reader: Reader, node: Node | None, names: Names) -> Titles:
    """The title in other languages; one that nobody is written to in is a mistake, or it would never be seen."""
    if isinstance(node, Mapping) and not node.entries:
        reader.problem(node, "names no language: write a title for one, such as {fr: Frappes sur Idlib}")
    for language, _ in (entries := reader.entries(node)):
        if language.text not in names.tongues:
            reader.problem(language, unknown("language", language.text, names.tongues))
    return tuple((language.text, reader.string(title)) for language, title in entries)


# ---------------------------------------------------------------- tests inside rules
def _test(reader: Reader, node: Node, names: Names) -> RuleTest:
    fields = reader.fields(node, required=TEST[:2], optional=TEST[2:])
    language = reader.string(fields.get("language"))
    if language and language not in names.languages:
        reader.problem(fields["language"], unknown("language", language, names.languages))
    return RuleTest(
        texts=tuple(reader.string(text) for text in reader.each(fields.get("text"))),
        expected=_expected(reader, fields["alert"]) if "alert" in fields else None,
        where=f"{reader.file}:{node.line}",
        source=reader.string(fields.get("source")),
        tags=frozenset(read_texts(reader, fields.get("tags"), names)),
        language=language or None,
    )


def _expected(reader: Reader, node: Node) -> Expected | None:
    if isinstance(node, Scalar):
        if node.value != NO_ALERT:
            reader.expected(f"{NO_ALERT} or what the alert says, such as {{place: Homs, killed: 3}}", node, None)
        return None
    fields = reader.fields(node, optional=("place", *QUANTITIES[:2], "severity"))
    return Expected(
        place=reader.string(fields.get("place")) or None,
        killed=_count(reader, fields.get("killed")),
        injured=_count(reader, fields.get("injured")),
        severity=severity_word(reader, fields["severity"]) if "severity" in fields else None,
    )


def _count(reader: Reader, node: Node | None) -> int | None:
    return None if node is None else reader.integer(node, low=0)

"""Alert rule files to rules: what somebody may write, and what is said to whom wrote something else.

A newcomer returns at the first mistake; here a wrong rule is left out with all its problems, and its neighbours live.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import cast, get_args

from bot.core.model import (
    Area,
    Comparison,
    Expected,
    Place,
    Problem,
    Quantity,
    Rule,
    RuleTest,
    Severity,
    SeverityStep,
    Threshold,
)
from bot.core.yamlfile import (
    Listing,
    Mapping,
    Node,
    Reader,
    Scalar,
    is_identifier,
    parse,
    problem,
    shown,
    unknown,
)

QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)
OTHERWISE = "otherwise"
NO_ALERT = "none"
ALWAYS = Threshold("killed", ">=", 0)  # stands where a comparison was wrong, in a rule that nobody will see
NORMAL_OTHERWISE = SeverityStep(Severity.NORMAL, None)

FindPlace = Callable[[str], Place]  # raises LookupError, whose message tells the author what is wrong with the name
WarnOfPlace = Callable[[str], Sequence[str]]  # what an author should know of a name that is found


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


@dataclass(frozen=True, slots=True)
class Names:
    """What the names in rules may stand for: the event types, and places."""

    events: Collection[str]
    find_place: FindPlace
    warn_of_place: WarnOfPlace = lambda _: ()


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
    fields = reader.fields(
        node,
        required=("id", "title", "when"),
        optional=("description", "status", "unless", "severity", "tests"),
    )
    when = reader.fields(fields.get("when"), required=("event",), optional=("place", "words", *QUANTITIES))
    unless = reader.fields(fields.get("unless"), required=("words",))
    reader.string(fields.get("description"))  # for people alone
    return Rule(
        id=reader.identifier(fields.get("id")),
        title=reader.string(fields.get("title")),
        events=_events(reader, when.get("event"), names.events),
        areas=_areas(reader, when.get("place"), names),
        thresholds=tuple(_threshold(reader, when[quantity], quantity) for quantity in QUANTITIES if quantity in when),
        words=reader.strings(when.get("words")),
        unless_words=reader.strings(unless.get("words")),
        severity=_severity(reader, fields.get("severity")),
        live=reader.choice(fields.get("status"), "status", ("live", "draft"), "live") == "live",
        tests=tuple(_test(reader, test) for test in reader.items(fields.get("tests"))),
        where=f"{reader.file}:{node.line}",
    )


def _events(reader: Reader, node: Node | None, known: Collection[str]) -> frozenset[str]:
    chosen = set()
    for item in reader.each(node):
        name = reader.string(item)
        if name and name not in known:
            reader.problem(item, unknown("event", name, known))
        chosen.add(name)
    return frozenset(chosen)


def _areas(reader: Reader, node: Node | None, names: Names) -> tuple[Area, ...]:
    """A place, `{within_km: 30, of: PLACE}`, or a list of such."""
    areas = [_area(reader, item, names) for item in reader.each(node)]
    return tuple(dict.fromkeys(area for area in areas if area is not None))


def _area(reader: Reader, node: Node, names: Names) -> Area | None:
    if isinstance(node, Mapping):
        return _circle(reader, node, names)
    place = _place(reader, node, names)
    return Area(place) if place else None


def _place(reader: Reader, node: Node | None, names: Names) -> Place | None:
    name = reader.string(node)
    if node is None or not name:
        return None
    try:
        place = names.find_place(name)
    except LookupError as error:
        reader.problem(node, str(error.args[0] if error.args else f"unknown place {shown(name)}"))
        return None
    for warning in names.warn_of_place(name):
        reader.warning(node, warning)
    return place


def _circle(reader: Reader, node: Node, names: Names) -> Area | None:
    fields = reader.fields(node, required=("within_km", "of"))
    radius = reader.number(fields.get("within_km"), low=NEAREST_KM, high=FARTHEST_KM)
    centre = fields.get("of")
    place = _place(reader, centre, names)
    if place is None or centre is None:
        return None
    if place.lat is None:
        reader.problem(centre, f"nobody knows where {shown(place.name)} lies: name a place that has a position")
    return Area(place, radius)


NEAREST_KM, FARTHEST_KM = 1, 1000


# ---------------------------------------------------------------- thresholds and severity
_COMPARISON = re.compile(r"(>=|>|==|<=|<) *([0-9]{1,6})")
_CONDITION = re.compile(r"([a-z]+) *(>=|>|==|<=|<) *([0-9]{1,6})")


def _threshold(reader: Reader, node: Node, quantity: Quantity) -> Threshold:
    """`killed: ">= 3"`, or `killed: 3`, which means the same."""
    match node:
        case Scalar(value=int(value)) if not isinstance(value, bool) and value >= 0:
            return Threshold(quantity, ">=", value)
        case Scalar(value=str(text)) if parts := _COMPARISON.fullmatch(text.strip()):
            return Threshold(quantity, cast("Comparison", parts[1]), int(parts[2]))
    reader.expected('a number, or in quotes a comparison such as ">= 3"', node, None)
    return ALWAYS


def _severity(reader: Reader, node: Node | None) -> tuple[SeverityStep, ...]:
    """The steps, most severe first; the last one always holds."""
    if not isinstance(node, Mapping):
        return (SeverityStep(_severity_word(reader, node), None),)
    written = [(key, _severity_word(reader, key), _condition(reader, value)) for key, value in node.entries]
    known = [(key, SeverityStep(word, condition)) for key, word, condition in written if key.text == word]
    known.sort(key=lambda pair: pair[1].severity.rank)
    for (_, step), (key, _) in pairwise(known):
        if step.threshold is None:
            reader.problem(key, f"never reached: '{step.severity}: {OTHERWISE}' is more severe and always holds")
    steps = tuple(step for _, step in known)
    return steps if steps and steps[-1].threshold is None else (*steps, NORMAL_OTHERWISE)


def _severity_word(reader: Reader, node: Node | None) -> Severity:
    return reader.choice(node, "severity", tuple(Severity), Severity.NORMAL)


def _condition(reader: Reader, node: Node) -> Threshold | None:
    """`killed >= 10`, or `otherwise`, which is None."""
    text = reader.string(node)
    if text == OTHERWISE:
        return None
    parts = _CONDITION.fullmatch(text)
    if parts and parts[1] in QUANTITIES:
        return Threshold(cast("Quantity", parts[1]), cast("Comparison", parts[2]), int(parts[3]))
    if parts:
        reader.problem(node, unknown("quantity", parts[1], QUANTITIES))
    elif text:
        reader.problem(node, f'expected a condition such as "killed >= 10", or {OTHERWISE}')
    return ALWAYS


# ---------------------------------------------------------------- tests inside rules
def _test(reader: Reader, node: Node) -> RuleTest:
    fields = reader.fields(node, required=("text", "alert"))
    expected = _expected(reader, fields["alert"]) if "alert" in fields else None
    return RuleTest(reader.string(fields.get("text")), expected, f"{reader.file}:{node.line}")


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
        severity=_severity_word(reader, fields["severity"]) if "severity" in fields else None,
    )


def _count(reader: Reader, node: Node | None) -> int | None:
    return None if node is None else reader.integer(node, low=0)

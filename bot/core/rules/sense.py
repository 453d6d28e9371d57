"""Rules that are well formed and make no sense: they can never fire, or a part of them says nothing.

A newcomer's mistake is to look for these at run time: a rule that never fires looks just like peace.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from bot.core.events import CASUALTIES, CASUALTY_TYPES
from bot.core.model import Area, Place, Rule, RuleTest, SeverityStep, Threshold
from bot.core.rules.comparing import bounds, excludes, implies
from bot.core.rules.names import Names
from bot.core.yamlfile import Listing, Node, Reader, shown
from bot.core.yamlfile import Mapping as Keyed

Fields = Mapping[str, Node]
LOUD_ALONE = ("all_events", "victims", "killed", "injured", "casualties", "min_sources", "for")  # no use to silence


def note_nonsense(reader: Reader, rule: Rule, fields: Fields, when: Fields, names: Names) -> None:
    """Note what can never be. Where the rule has problems already, its values are worth nothing and nothing is said."""
    if reader.problems:
        return
    found = [*_conditions(rule, when), *_excluded(rule, fields, when)]
    if rule.silence is not None:
        found += _silence(rule, fields, when)
    for blamed, message in found:
        reader.problem(blamed, message)
    for blamed, message in (*_idle(rule, when), *_severity(rule, fields)):
        reader.warning(blamed, message)
    for test, asked in zip(_tests(fields), rule.tests, strict=False):
        for blamed, message in _unreachable(rule, asked, test, names):
            reader.warning(blamed, message)  # the rule itself may be right: it is not left out, its test fails


# ---------------------------------------------------------------- conditions that can never hold
def _conditions(rule: Rule, when: Fields) -> Iterator[tuple[Node, str]]:
    for threshold in rule.thresholds:
        low, high = bounds(threshold)
        if high < low:
            yield when[threshold.quantity], f"never holds: no report tells of fewer than 0 {threshold.quantity}"
    for one, other in combinations(rule.thresholds, 2):
        if excludes(one, other):
            yield (
                when[other.quantity],
                f"never holds beside {_said(one)}: that is more than {_said(other)} lets through",
            )
    if rule.victims and rule.events and rule.events <= CASUALTIES:
        told = {CASUALTY_TYPES[victims] for victims in rule.victims}
        if rule.events.isdisjoint(told):
            yield when["victims"], f"never holds: the event of such victims is {' or '.join(sorted(told))}"


def _excluded(rule: Rule, fields: Fields, when: Fields) -> Iterator[tuple[Node, str]]:
    """Where `unless` leaves nothing of `when`."""
    unless = fields.get("unless")
    if unless is None:
        return
    left_out = (
        ("event", bool(rule.events) and rule.events <= rule.unless.events),
        ("all_events", not rule.all_events.isdisjoint(rule.unless.events)),
        ("place", bool(rule.areas) and all(_is_within(area, rule.unless.areas) for area in rule.areas)),
        ("words", bool(rule.words) and set(rule.words) <= set(rule.unless.words)),
        ("all_words", not set(rule.all_words).isdisjoint(rule.unless.words)),
        ("regex", bool(rule.patterns) and set(rule.patterns) <= set(rule.unless.patterns)),
        ("languages", bool(rule.languages) and rule.languages <= rule.unless.languages),
        ("sources", bool(rule.sources) and set(rule.sources) <= set(rule.unless.sources)),
        ("tags", bool(rule.tags) and rule.tags <= rule.unless.tags),
    )
    for key, nothing_left in left_out:
        if nothing_left:
            yield when[key], f"never holds: 'unless' leaves out all that '{key}' asks for"


def _is_within(area: Area, others: tuple[Area, ...]) -> bool:
    return any(other.within_km is None and other.place.id in area.place.lineage for other in others)


def _severity(rule: Rule, fields: Fields) -> Iterator[tuple[Node, str]]:
    """Steps of severity that never come: the rule's own conditions or a more severe step leave them nothing."""
    written = fields.get("severity")
    keys = {key.text: key for key, _ in written.entries} if isinstance(written, Keyed) else {}
    severer: list[SeverityStep] = []
    for step in (step for step in rule.severity if step.severity in keys):
        if (why := _never_comes(rule, step, severer)) is not None:
            yield keys[step.severity], f"never reached: {why}"
        severer.append(step)


def _never_comes(rule: Rule, step: SeverityStep, severer: Sequence[SeverityStep]) -> str | None:
    if step.threshold is None:  # "normal: otherwise" is a good habit also where it says nothing
        return None
    asked = [*rule.thresholds, step.threshold]
    if any(excludes(step.threshold, threshold) for threshold in rule.thresholds):
        return _rule_asks(rule)
    for above in severer:
        if above.threshold and any(implies(threshold, above.threshold) for threshold in asked):
            return f"wherever it holds, '{above.severity}: {_said(above.threshold)}' holds too, and is more severe"
    return None


def _rule_asks(rule: Rule) -> str:
    return f"the rule itself asks for {' and '.join(map(_said, rule.thresholds))}"


def _said(threshold: Threshold) -> str:
    return f"{threshold.quantity} {threshold.comparison} {threshold.value}"


def _silence(rule: Rule, fields: Fields, when: Fields) -> Iterator[tuple[Node, str]]:
    if not (rule.areas or rule.sources or rule.tags or rule.events):
        yield when["silence"], "silence of whom? name a place, sources, tags or an event that is usually heard of"
    for key in LOUD_ALONE:
        if key in when:
            yield when[key], f"a rule of silence holds when nothing is told: '{key}' has nothing to ask"
    for key in ("tests", "deliver"):
        if key in fields:
            yield fields[key], f"a rule of silence speaks of no report: leave '{key}' out"
    if any(step.threshold for step in rule.severity):
        yield fields["severity"], "silence has no toll: give one severity, such as 'severity: high'"


# ---------------------------------------------------------------- what says nothing
def _idle(rule: Rule, when: Fields) -> Iterator[tuple[Node, str]]:
    if "near" in when and not (rule.words or rule.all_words or rule.patterns or rule.all_events):
        yield when["near"], "'near' says nothing without words, all_words, regex or all_events"
    for threshold in rule.thresholds:
        if bounds(threshold)[0] == 0 and threshold.comparison in (">=", ">"):
            yield when[threshold.quantity], "always holds: leave it out"
    for area in rule.areas:
        others = tuple(other for other in rule.areas if other is not area)
        if area.within_km is None and _is_within(area, others):
            yield when["place"], f"{shown(area.place.name)} lies in another place of the list: it says nothing more"


# ---------------------------------------------------------------- tests that can never hold
def _tests(fields: Fields) -> tuple[Node, ...]:
    tests = fields.get("tests")
    return tests.items if isinstance(tests, Listing) else ()


def _unreachable(rule: Rule, asked: RuleTest, test: Node, names: Names) -> Iterator[tuple[Node, str]]:
    expected = asked.expected
    if expected is None:
        return
    alert = _of(test, "alert")
    place = _found(expected.place, names)
    if isinstance(place, str):
        yield _of(alert, "place"), place
    elif place is not None and rule.areas and not _may_hold(place, rule.areas):
        yield _of(alert, "place"), f"can never come: {shown(place.name)} lies in no place of the rule"
    for threshold in rule.thresholds:
        count = {"killed": expected.killed, "injured": expected.injured}.get(threshold.quantity)
        if count is not None and excludes(Threshold(threshold.quantity, "==", count), threshold):
            yield _of(alert, threshold.quantity), f"can never come: the rule asks for {_said(threshold)}"
    if expected.severity not in (None, *(step.severity for step in rule.severity)):
        yield _of(alert, "severity"), f"can never come: the rule has no step {shown(expected.severity or '')}"
    needed = max(rule.min_sources, rule.frequency.reports if rule.frequency else 1)
    if len(asked.texts) < needed:
        yield _of(test, "text"), f"can never come: the rule needs {needed} reports; give a list of {needed} texts"


def _may_hold(place: Place, areas: tuple[Area, ...]) -> bool:
    return any(area.within_km is not None or area.place.id in place.lineage for area in areas)


def _found(name: str | None, names: Names) -> Place | str | None:
    """The place, or what is wrong with its name."""
    if name is None:
        return None
    try:
        return names.find_place(name)
    except LookupError as error:
        return str(error.args[0] if error.args else f"unknown place {shown(name)}")


def _of(node: Node, key: str) -> Node:
    """The value of a key, or the whole where there is none: the node to blame."""
    entries = node.entries if isinstance(node, Keyed) else ()
    return next((value for name, value in entries if name.text == key), node)

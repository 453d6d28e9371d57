"""Figures in rules: what `">= 3"` and `killed >= 10` ask for, and the steps of severity made of them.

A newcomer's mistake is to compare two thresholds by their values: `bounds` says which figures each lets through.
"""

from __future__ import annotations

import re
from itertools import pairwise
from math import inf
from typing import cast, get_args

from bot.core.model import Comparison, Quantity, Severity, SeverityStep, Threshold
from bot.core.yamlfile import Mapping, Node, Reader, Scalar, unknown

QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)
OTHERWISE = "otherwise"
ALWAYS = Threshold("killed", ">=", 0)  # stands where a comparison was wrong, in a rule that nobody will see
NORMAL_OTHERWISE = SeverityStep(Severity.NORMAL, None)

_COMPARISON = re.compile(r"(>=|>|==|<=|<) *([0-9]{1,6})")
_CONDITION = re.compile(r"([a-z]+) *(>=|>|==|<=|<) *([0-9]{1,6})")

Bounds = tuple[float, float]  # the least and the greatest figure, both included


def read_threshold(reader: Reader, node: Node, quantity: Quantity) -> Threshold:
    """`killed: ">= 3"`, or `killed: 3`, which means the same."""
    match node:
        case Scalar(value=int(value)) if not isinstance(value, bool) and value >= 0:
            return Threshold(quantity, ">=", value)
        case Scalar(value=str(text)) if parts := _COMPARISON.fullmatch(text.strip()):
            return Threshold(quantity, cast("Comparison", parts[1]), int(parts[2]))
    reader.expected('a number, or in quotes a comparison such as ">= 3"', node, None)
    return ALWAYS


def bounds(threshold: Threshold) -> Bounds:
    """Which figures a threshold lets through. The least is greater than the greatest where it lets none through."""
    value = threshold.value
    of: dict[Comparison, Bounds] = {
        ">=": (value, inf),
        ">": (value + 1, inf),
        "==": (value, value),
        "<": (0, value - 1),
        "<=": (0, value),
    }
    return of[threshold.comparison]


def implies(one: Threshold, other: Threshold) -> bool:
    """Does the one threshold hold only where the other does?"""
    (low, high), (least, most) = bounds(one), bounds(other)
    return one.quantity == other.quantity and least <= low and high <= most


def excludes(one: Threshold, other: Threshold) -> bool:
    """Can the two never hold of one event? Casualties are at least the killed, and at least the injured."""
    (low, high), (least, most) = bounds(one), bounds(other)
    if one.quantity == other.quantity:
        return high < least or most < low
    return other.quantity == "casualties" and most < low


# ---------------------------------------------------------------- severity
def read_severity(reader: Reader, node: Node | None) -> tuple[SeverityStep, ...]:
    """The steps, most severe first; the last one always holds."""
    if not isinstance(node, Mapping):
        return (SeverityStep(severity_word(reader, node), None),)
    written = [(key, severity_word(reader, key), _condition(reader, value)) for key, value in node.entries]
    known = [(key, SeverityStep(word, condition)) for key, word, condition in written if key.text == word]
    known.sort(key=lambda pair: pair[1].severity.rank)
    for (_, step), (key, _) in pairwise(known):
        if step.threshold is None:
            reader.problem(key, f"never reached: '{step.severity}: {OTHERWISE}' is more severe and always holds")
    steps = tuple(step for _, step in known)
    return steps if steps and steps[-1].threshold is None else (*steps, NORMAL_OTHERWISE)


def severity_word(reader: Reader, node: Node | None) -> Severity:
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

"""How severe something is, as people read it.

A newcomer's mistake is to show a severity's value: that is what rules are written with, and English.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.model import Rule, Severity
from bot.core.tongue import Tongue, mark

NAMES = {Severity.CRITICAL: mark("critical"), Severity.HIGH: mark("high"), Severity.NORMAL: mark("normal")}


def graded(severities: Iterable[Severity], tongue: Tongue) -> str:
    """ "critical, high"; nothing where there are none."""
    return tongue.listed(tongue.say(NAMES[severity]) for severity in severities)


def severities_of(rule: Rule) -> tuple[Severity, ...]:
    """Those that a rule may tell with, in its order."""
    return tuple(step.severity for step in rule.severity)

"""Rules that shadow each other: two that ask for the same, so that one of them tells nothing new.

A newcomer's mistake is to call a wider rule a shadow of a narrower one: people subscribe to Idlib or to Syria.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.core.model import Problem, Rule
from bot.core.yamlfile import shown


def shadows(rules: Iterable[Rule]) -> Iterator[Problem]:
    """One problem for each live rule that asks for the same as an earlier one, whatever its title and severity."""
    first: dict[Rule, Rule] = {}
    for rule in rules:
        if not rule.live:
            continue
        asked = replace(rule, id="", title="", titles=(), severity=(), tests=(), where="")
        earlier = first.setdefault(asked, rule)
        if earlier is not rule:
            file, _, line = rule.where.rpartition(":")
            same = f"{shown(rule.id)} asks for the same as {shown(earlier.id)} ({earlier.where})"
            yield Problem(file, int(line), 1, f"{same}: whoever hears both hears it once; leave one out")

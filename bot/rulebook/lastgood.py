"""Which rules are in force: the good ones, and the last good version of those that are broken.

A newcomer's mistake is to let a broken file fall back as a whole: its good rules take their new version, and those
deleted on purpose are gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.core.model import Rule
from bot.core.rules import RuleFile

InForce = Mapping[str, tuple[Rule, ...]]  # by file, in its order; no id stands twice


def all_of(rules: InForce) -> tuple[Rule, ...]:
    return tuple(rule for of_file in rules.values() for rule in of_file)


def in_force(files: Sequence[RuleFile], before: InForce) -> InForce:
    """The good rules of the files, and the last good version of those that are broken, by file."""
    old = {rule.id: rule for rule in all_of(before)}
    owners = _owners(files, before)
    result = {}
    for rule_file in files:
        good = {rule.id: rule for rule in rule_file.rules if owners[rule.id] == rule_file.file}
        meant = dict.fromkeys([*(scalar.text for scalar in rule_file.ids), *_perhaps_meant(rule_file, before)])
        for broken in [rule_id for rule_id in meant if rule_id in old and rule_id not in owners]:
            owners[broken], good[broken] = rule_file.file, old[broken]
        result[rule_file.file] = tuple(good[rule_id] for rule_id in meant if rule_id in good)
    return result


def _owners(files: Sequence[RuleFile], before: InForce) -> dict[str, str]:
    """The file whose good rule of an id counts: of several, the one that had the id before, or else the first."""
    earlier = {rule.id: file for file, rules in before.items() for rule in rules}
    owners: dict[str, str] = {}
    for rule_file in files:
        for rule in rule_file.rules:
            if rule.id not in owners or earlier.get(rule.id) == rule_file.file:
                owners[rule.id] = rule_file.file
    return owners


def _perhaps_meant(rule_file: RuleFile, before: InForce) -> list[str]:
    """The rules that a file had, where it cannot be read which of them it still has."""
    return [] if rule_file.ids_known else [rule.id for rule in before.get(rule_file.file, ())]

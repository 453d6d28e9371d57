"""Rule files on disk to a Rulebook: alert rules, event types, vocabularies and places, with all their problems.

A newcomer's mistake is to stop at the first broken file: each is read on its own, and the good ones serve.
"""

from bot.rulebook.folders import RulesNotFoundError, part, rules_folder, shipped_rules
from bot.rulebook.live import Change, Gone, LiveRules
from bot.rulebook.loading import load

__all__ = ["Change", "Gone", "LiveRules", "RulesNotFoundError", "load", "part", "rules_folder", "shipped_rules"]

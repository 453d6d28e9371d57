"""The files that people write to say what they want to be told: alert rules, and lists that rules share.

A newcomer looks for event types and places here; those are read by `core/events/files.py` and `core/overlays.py`.
"""

from bot.core.rules.files import RuleFile, check_together, parse_rules
from bot.core.rules.lists import ListFile, parse_list
from bot.core.rules.names import FindPlace, Names
from bot.core.rules.shadows import shadows

__all__ = ["FindPlace", "ListFile", "Names", "RuleFile", "check_together", "parse_list", "parse_rules", "shadows"]

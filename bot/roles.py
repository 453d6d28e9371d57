"""What a process may do, as the command line says it. A newcomer's mistake is to think that it therefore does it."""

from enum import StrEnum


class Role(StrEnum):
    """Of several processes that may send or listen, one does, and another once that is gone: see offices.py."""

    POLLER = "poller"
    SENDER = "sender"
    COMMANDS = "commands"
    ALL = "all"


ALL_ROLES = frozenset({Role.ALL})

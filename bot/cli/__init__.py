"""The commands, thin: each reads its options, calls the house and prints.

A newcomer's mistake is to think here; whatever decides something lives below. Commands import late, so that help is
quick.
"""

from bot.cli.app import app, main

__all__ = ["app", "main"]

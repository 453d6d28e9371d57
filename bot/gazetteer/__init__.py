"""Opens the tables of places on disk and hands the core a gazetteer.

A newcomer's mistake is to look for matching here: this reads files, `bot/core/places.py` reads texts.
"""

from bot.gazetteer.opening import Opened, open_gazetteer

__all__ = ["Opened", "open_gazetteer"]

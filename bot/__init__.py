"""Tocsin: reads news feeds and tells people in Telegram when civilians are harmed in a place they watch.

A newcomer starts at `bot/service.py`; the thinking is in `bot/core`, which never touches the world.
"""

__version__ = "0.1.0"

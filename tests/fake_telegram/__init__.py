"""A stand-in for Telegram over real HTTP; `server.py` is the way in.

It judges requests by the documentation and texts by Telegram's own parser, and fails in the ways Telegram fails.
"""

from tests.fake_telegram.chats import Chat, State
from tests.fake_telegram.faults import Hang, HtmlPage, Refuse, ResetAfter, ResetBefore
from tests.fake_telegram.people import Person
from tests.fake_telegram.server import TOKEN, FakeTelegram

__all__ = [
    "TOKEN",
    "Chat",
    "FakeTelegram",
    "Hang",
    "HtmlPage",
    "Person",
    "Refuse",
    "ResetAfter",
    "ResetBefore",
    "State",
]

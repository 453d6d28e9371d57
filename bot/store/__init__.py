"""What the bot remembers between two moments: feeds, reports, incidents, chats and the outbox.

Everything goes through Store; a newcomer who imports the tables elsewhere moves a lock out of sight.
"""

from bot.store.archive import Archive
from bot.store.digests import ToldDigest
from bot.store.errors import StoreError
from bot.store.states import (
    ChatStatus,
    DueMessage,
    FeedHealth,
    FeedState,
    MessageState,
    StoreStatus,
    Validators,
)
from bot.store.store import Store, Transaction

__all__ = [
    "Archive",
    "ChatStatus",
    "DueMessage",
    "FeedHealth",
    "FeedState",
    "MessageState",
    "Store",
    "StoreError",
    "StoreStatus",
    "ToldDigest",
    "Transaction",
    "Validators",
]

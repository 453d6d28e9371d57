"""What the bot remembers between two moments: feeds, reports, incidents, chats and the outbox.

Everything goes through Store; a newcomer who imports the tables elsewhere moves a lock out of sight.
"""

from bot.store.access import Admission, Standing
from bot.store.archive import Archive
from bot.store.digests import ToldDigest
from bot.store.errors import StoreError, StoreLostError
from bot.store.states import (
    ChatStatus,
    DueMessage,
    FeedHealth,
    FeedState,
    Followed,
    KeptReport,
    Listened,
    MessageState,
    Shown,
    StoreStatus,
    UnchangedFeed,
    Validators,
)
from bot.store.store import UNKNOWN_ORIGIN, Store, Transaction

__all__ = [
    "UNKNOWN_ORIGIN",
    "Admission",
    "Archive",
    "ChatStatus",
    "DueMessage",
    "FeedHealth",
    "FeedState",
    "Followed",
    "KeptReport",
    "Listened",
    "MessageState",
    "Shown",
    "Standing",
    "Store",
    "StoreError",
    "StoreLostError",
    "StoreStatus",
    "ToldDigest",
    "Transaction",
    "UnchangedFeed",
    "Validators",
]

"""Feeds: asked politely, read safely, turned into reports.

    fetch()      one conditional GET within limits          FeedError when the feed cannot be had now
    Parser       feedparser in a child process with a deadline
    PageReader   the pages behind teasers, in another
    to_report()  an entry as the feed has it -> a report as we keep it
    conduct      what an answer teaches, and when to ask again; health: which feeds died

A newcomer's mistake is to believe a feed: every server is taken to be slow, broken or hostile, and one bad feed must
cost the others nothing.
"""

from bot.feeds.entries import canonical_link, to_report
from bot.feeds.errors import FeedError, PoisonousFeedError
from bot.feeds.fetch import Answer, Ask, Fetched, Limits, Unchanged, fetch
from bot.feeds.fulltext import PageLimits, PageReader, Story
from bot.feeds.guard import open_session, user_agent
from bot.feeds.parse import ParsedFeed, Parser
from bot.feeds.schedule import next_due

__all__ = [
    "Answer",
    "Ask",
    "FeedError",
    "Fetched",
    "Limits",
    "PageLimits",
    "PageReader",
    "ParsedFeed",
    "Parser",
    "PoisonousFeedError",
    "Story",
    "Unchanged",
    "canonical_link",
    "fetch",
    "next_due",
    "open_session",
    "to_report",
    "user_agent",
]

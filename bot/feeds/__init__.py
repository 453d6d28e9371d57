"""Feeds: asked politely, read safely, turned into reports.

    fetch.fetch           one conditional GET within limits          FeedError when the feed cannot be had now
    parse.Parser          feedparser in a child process with a deadline
    fulltext.PageReader   the pages behind teasers, in another
    entries.to_report     an entry as the feed has it -> a report as we keep it
    conduct               what an answer teaches, and when to ask again; health: which feeds died

A newcomer's mistake is to believe a feed: every server is taken to be slow, broken or hostile, and one bad feed must
cost the others nothing. Nothing is imported here, because the child processes would pay for it: a sixth of a second
and 25 MB each.
"""

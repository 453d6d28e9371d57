"""What administrators are told: that rules are broken and where, that feeds died, and that all is good again.

A newcomer's mistake is to tell it whenever it is looked at: a notice has a state, and a chat is told a state once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from html import escape

from bot.core.markup import inert
from bot.core.messages import clean
from bot.core.model import Notice, Problem, Rendered

RULES = "rules"  # the topics
FEED = "feed"
NETWORK = "network"
FEEDS_OF_WEEK = "feeds-of-the-week"
MOST_TOLD = 10  # problems in one message; with the lengths below, far from Telegram's 4,096 characters
LONGEST_FILE = 100
LONGEST_PROBLEM = 250
ADVICE = "A broken rule keeps its last good version, if it has one; all others are in force. tocsin check tells more."
LONGEST_NAME = 100
FEED_TROUBLES = {
    "failing": ("does not answer any more", "It is still asked, once a day at least."),
    "gone": ("is gone", "It is not asked any more. Give its new address in the config, or take it out."),
    "quarantined": ("is left alone", "What it sends stops the parser. It is tried again later, ever more rarely."),
}  # title and advice
MOST_FEEDS = 10  # of a kind, in the summary of a week
SHORT_NAME = 60
SHORT_ERROR = 100
TROUBLED = {"failing": "does not answer", "gone": "gone", "quarantined": "left alone"}
FEEDS_ADVICE = "tocsin feeds list shows all, tocsin feeds revive URL has one asked again that is gone or left alone."
NETWORK_DOWN = "As they failed all at once, the reason is probably our own network. You are told when it works again."


def rules_notice(problems: Sequence[Problem], rules: int, folder: str) -> Notice:
    """The state of the rules in a folder; files are named as seen from there. `rules` is how many are in force."""
    if not problems:
        text = f"The rules are all good again; {rules:,} in force."
        return Notice(RULES, "", Rendered(f"✅ {text}", f"✅ {text}"))
    lines = [(f"{_short(p.file, folder)}:{p.line}:{p.column}", p.message) for p in problems]
    state = blake2b("\n".join(f"{where}: {said}" for where, said in lines).encode(), digest_size=16).hexdigest()
    return Notice(RULES, state, _broken(lines))


def _broken(lines: Sequence[tuple[str, str]]) -> Rendered:
    title = f"{len(lines):,} problem{'' if len(lines) == 1 else 's'} in the rules"
    shown = [(clean(where, LONGEST_FILE), inert(clean(said, LONGEST_PROBLEM))) for where, said in lines[:MOST_TOLD]]
    more = [f"… and {len(lines) - MOST_TOLD:,} more"] if len(lines) > MOST_TOLD else []
    html = [f"⚠️ <b>{title}</b>", *(f"<code>{escape(w)}</code> {escape(s)}" for w, s in shown), *more, ADVICE]
    plain = [f"⚠️ {title}", *(f"{where}: {said}" for where, said in shown), *more, ADVICE]
    return Rendered("\n".join(html), "\n".join(plain))


def _short(file: str, folder: str) -> str:
    return file.removeprefix(folder.rstrip("/") + "/")


# ---------------------------------------------------------------- feeds
def feed_notice(feed_id: int, name: str, trouble: str, error: str) -> Notice:
    """The state of one feed; the empty trouble is that it answers again. KeyError for an unknown one."""
    shown = inert(clean(name, LONGEST_NAME))
    if not trouble:
        return Notice(f"{FEED}:{feed_id}", "", _said("✅", f"{shown} answers again.", ""))
    title, advice = FEED_TROUBLES[trouble]
    text = _said("⚠️", f"{shown} {title}", inert(clean(error, LONGEST_PROBLEM)), advice)
    return Notice(f"{FEED}:{feed_id}", trouble, text)


def network_notice(failing: int, asked: int, error: str) -> Notice:
    """The state of our own network: down while feeds fail that otherwise answer, up with none."""
    if not failing:
        return Notice(NETWORK, "", _said("✅", "Feeds can be reached again.", ""))
    title = f"{failing:,} of {asked:,} feeds cannot be reached"
    return Notice(NETWORK, "down", _said("⚠️", title, inert(clean(error, LONGEST_PROBLEM)), NETWORK_DOWN))


@dataclass(frozen=True, slots=True)
class DeadFeed:
    """A feed of which administrators were told this trouble, and how it began."""

    name: str
    trouble: str
    since: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class SilentFeed:
    """A feed that answers and had its last news at `since`, longer ago than usual."""

    name: str
    since: datetime
    per_day: float


def feeds_notice(dead: Sequence[DeadFeed], silent: Sequence[SilentFeed], asked: int, week: str) -> Notice:
    """The feeds that gave nothing at the end of a week, out of so many; `week` as ISO 8601 has it."""
    title = f"Feeds at the end of the week {week}: {len(dead):,} dead and {len(silent):,} silent, of {asked:,}"
    lines = [*_cut([_dead(feed) for feed in dead]), *_cut([_silent(feed) for feed in silent]), FEEDS_ADVICE]
    return Notice(FEEDS_OF_WEEK, week, _said("📡", title, *lines))


def _cut(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:MOST_FEEDS]
    if len(lines) > MOST_FEEDS:
        yield f"… and {len(lines) - MOST_FEEDS:,} more"


def _dead(feed: DeadFeed) -> str:
    since = f" since {feed.since:%Y-%m-%d}" if feed.since else ""
    error = inert(clean(feed.error, SHORT_ERROR))
    return f"{inert(clean(feed.name, SHORT_NAME))}: {TROUBLED[feed.trouble]}{since}{f' ({error})' if error else ''}"


def _silent(feed: SilentFeed) -> str:
    usual = f"usually {feed.per_day:.1f} a day" if feed.per_day >= 1 else f"usually one in {1 / feed.per_day:.0f} days"
    return f"{inert(clean(feed.name, SHORT_NAME))}: answers, but no news since {feed.since:%Y-%m-%d}; {usual}"


def _said(sign: str, title: str, *lines: str) -> Rendered:
    rest = [line for line in lines if line]
    html = [f"{sign} <b>{escape(title)}</b>" if rest else f"{sign} {escape(title)}", *map(escape, rest)]
    return Rendered("\n".join(html), "\n".join([f"{sign} {title}", *rest]))

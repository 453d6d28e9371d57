"""What administrators are told of the rules: that some are broken and where, or that all are good again.

A newcomer's mistake is to tell it whenever the rules are read: a notice has a state, and a chat is told a state once.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from html import escape

from bot.core.messages import clean
from bot.core.model import Notice, Problem, Rendered

RULES = "rules"  # the topic
MOST_TOLD = 10  # problems in one message; with the lengths below, far from Telegram's 4,096 characters
LONGEST_FILE = 100
LONGEST_PROBLEM = 250
ADVICE = "A broken rule keeps its last good version, if it has one; all others are in force. tocsin check tells more."


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
    shown = [(clean(where, LONGEST_FILE), clean(said, LONGEST_PROBLEM)) for where, said in lines[:MOST_TOLD]]
    more = [f"… and {len(lines) - MOST_TOLD:,} more"] if len(lines) > MOST_TOLD else []
    html = [f"⚠️ <b>{title}</b>", *(f"<code>{escape(w)}</code> {escape(s)}" for w, s in shown), *more, ADVICE]
    plain = [f"⚠️ {title}", *(f"{where}: {said}" for where, said in shown), *more, ADVICE]
    return Rendered("\n".join(html), "\n".join(plain))


def _short(file: str, folder: str) -> str:
    return file.removeprefix(folder.rstrip("/") + "/")

"""The bot most people would write: the reference of every ratio, fixed on purpose.

feedparser over the whole body, BeautifulSoup for the text, a loop of case-insensitive patterns over the rules,
rapidfuzz over the whole window of what was seen, one commit for each report. Do not improve it.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field

import feedparser
from bs4 import BeautifulSoup
from rapidfuzz import fuzz, process

SIMILAR = 80


@dataclass
class NaiveBot:
    """Rules are phrases; the window is the titles and leads of what was seen."""

    phrases: Sequence[str]
    window: list[str] = field(default_factory=list)
    path: str = ":memory:"

    def __post_init__(self) -> None:
        self.patterns = [re.compile(rf"\b{re.escape(phrase)}\b", re.IGNORECASE) for phrase in self.phrases]
        self.db = sqlite3.connect(self.path)
        self.db.execute("CREATE TABLE IF NOT EXISTS seen (title TEXT, matched INTEGER)")

    def poll(self, body: bytes) -> list[str]:
        """The titles of a feed that match and were not seen before."""
        found = []
        for entry in feedparser.parse(body).entries:
            title, text = entry.get("title", ""), self.plain(entry.get("summary", ""))
            matched = self.match(f"{title} {text}")
            if not self.is_known(f"{title} {text[:300]}") and matched:
                found.append(title)
            self.record(title, len(matched))
        return found

    def plain(self, html: str) -> str:
        return BeautifulSoup(html, "html.parser").get_text(" ")

    def match(self, text: str) -> list[str]:
        return [pattern.pattern for pattern in self.patterns if pattern.search(text)]

    def is_known(self, lead: str) -> bool:
        return process.extractOne(lead, self.window, scorer=fuzz.token_sort_ratio, score_cutoff=SIMILAR) is not None

    def record(self, title: str, matched: int) -> None:
        self.db.execute("INSERT INTO seen VALUES (?, ?)", (title, matched))
        self.db.commit()

    def close(self) -> None:
        self.db.close()

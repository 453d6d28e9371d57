"""The child process in which trafilatura looks for the story on a page.

A newcomer's mistake is to let the feeds' child do this: a page is hostile as often as a feed is, and the library takes
longer to load than the deadline leaves.
"""

import sys
from typing import Any

from bot.feeds.entries import capped, plain
from bot.feeds.page import story_of
from bot.feeds.pipe import serve


def answer(body: bytes, question: dict[str, Any]) -> dict[str, Any]:
    """The page's story, plain and of bearable length; the text is empty where none can be found."""
    story = story_of(body, question["url"])
    if story is None:
        return {"title": "", "text": "", "source": ""}
    text = capped(plain(story.text).strip())
    return {"title": _line(story.title), "text": text, "source": _line(story.source)}


def _line(text: str) -> str:
    return capped(" ".join(plain(text).split()))


if __name__ == "__main__":
    serve(answer, float(sys.argv[1]))

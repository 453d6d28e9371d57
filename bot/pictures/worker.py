"""The child process in which pictures are drawn: a Picture as JSON in, a PNG in hexadecimal digits out.

A newcomer's mistake is to import this into the bot: matplotlib is an extra, and takes most of a second to load.
"""

import sys
from typing import Any

from bot.feeds.pipe import serve
from bot.pictures.outlines import outlines
from bot.pictures.painting import png
from bot.pictures.studio import PICTURES


def answer(body: bytes, _: dict[str, Any]) -> dict[str, Any]:
    return {"png": png(PICTURES.validate_json(body)).hex()}


if __name__ == "__main__":
    outlines()
    serve(answer, float(sys.argv[1]))

"""`tocsin feeds export` and `import`: lists of feeds to and from feed readers, as OPML.

A newcomer's mistake is to write into config.yaml: it is a person's, comments and all. What is to be added is printed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bot.cli.feeds.tables import shown
from bot.cli.lines import speak_utf8
from bot.config import ConfigError, Outline, opml_of, outlines_of, usual_path
from bot.config import load as load_config
from bot.core.model import Feed
from bot.core.yamlfile import LARGEST

STANDARD_OUTPUT = "-"
TITLE = "Feeds of Tocsin"


# ---------------------------------------------------------------- out
def export_feeds(file: str, config: Path | None) -> int:
    """Write the feeds of the config as OPML. The exit status: 2 when that cannot be done."""
    speak_utf8()
    try:
        feeds = load_config(config, os.environ).feeds
        public = [replace(feed, url=shown(feed.url)) for feed in feeds]  # such lists are passed on
        _write(file, opml_of(public, TITLE))
    except ConfigError as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return 2
    except FileExistsError:
        print(f"tocsin: {file} is there already; delete it, or name another file", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"tocsin: {file} cannot be written: {error.strerror}", file=sys.stderr)
        return 2
    for feed in (feed for feed, told in zip(feeds, public, strict=True) if feed != told):
        print(f"tocsin: the name and password for {shown(feed.url)} are left out", file=sys.stderr)
    print(f"{_counted(len(feeds), 'feed')} written", file=sys.stderr)
    return 0


def _write(file: str, opml: str) -> None:
    if file == STANDARD_OUTPUT:
        sys.stdout.write(opml)
        return
    with Path(file).open("x", encoding="utf-8") as opened:
        opened.write(opml)


# ---------------------------------------------------------------- in
def import_feeds(file: Path, config: Path | None) -> int:
    """Print what of an OPML file the config lacks. The exit status: 1 when the file is wrong, 2 when it is not read."""
    speak_utf8()
    try:
        configured = _configured(config)
        with file.open("rb") as opened:
            outlines, problems = outlines_of(opened.read(LARGEST + 1), str(file))
    except ConfigError as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"tocsin: {file} cannot be read: {error.strerror}", file=sys.stderr)
        return 2
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        return 1
    _tell(file, outlines, configured)
    return 0


def _configured(config: Path | None) -> tuple[Feed, ...]:
    """The feeds that are there already; an import needs no config."""
    if config is None and not usual_path(os.environ).exists():
        return ()
    return load_config(config, os.environ).feeds


def _tell(file: Path, outlines: Sequence[Outline], configured: Iterable[Feed]) -> None:
    """What is new on standard output, everything else on standard error."""
    known = dict.fromkeys((feed.url for feed in configured), "the config has it")
    new = []
    for outline in outlines:
        feed = outline.feed
        if feed.url in known:
            where = f"{file}:{outline.line}:{outline.column}"
            print(f"{where}: left out, {known[feed.url]}: {shown(feed.url)}", file=sys.stderr)
        else:
            new.append(feed)
            known[feed.url] = f"it stands in line {outline.line} already"
    if new:
        print("feeds:")
    for feed in new:
        print("\n".join(yaml_lines(feed)))
    print(f"{_counted(len(new), 'new feed')} of {_counted(len(outlines), 'outline')}.", file=sys.stderr)
    if new:
        print(f"Add these lines to config.yaml, or name the whole file there: opml: {file.absolute()}", file=sys.stderr)


def yaml_lines(feed: Feed) -> Iterator[str]:
    """A feed as an item of `feeds` in config.yaml."""
    yield f"  - url: {_quoted(feed.url)}"
    yield from (f"    {name}: {_quoted(value)}" for name, value in _texts(feed).items() if value)
    if feed.tags:
        yield f"    tags: [{', '.join(map(_quoted, feed.tags))}]"


def _texts(feed: Feed) -> dict[str, str | None]:
    return {"title": feed.title, "home": feed.home, "language": feed.language}


def _quoted(text: str) -> str:
    """A text in YAML's double quotes, on one line and without anything that a terminal might obey."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"

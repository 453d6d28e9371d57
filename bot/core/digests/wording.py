"""The words of a digest: a head that says how much and where, and a list of incidents, cut between entries.

A newcomer's mistake is to cut the HTML: what is counted is what is read, and a tag or an entity is never cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from html import escape

from bot.core.digests.content import AreaTotal, Digest, Entry, Reader, totals
from bot.core.markup import inert
from bot.core.messages import LONGEST_NAME, MARKS, clean, safe_link, sources_line, toll_line, where
from bot.core.model import Count, Rendered, Rhythm, Severity
from bot.core.tongue import Tongue, mark, plural

ROOM_FOR_LABELS = 280  # "(sent again ...)" and the like, in any language, and marks of direction
LONGEST_TEXT = 4096 - ROOM_FOR_LABELS  # code points that Telegram takes, after its HTML is read
LONGEST_CAPTION = 1024 - ROOM_FOR_LABELS  # under a picture
LONGEST_LINK = 500  # of an address, which is not read but is sent
MOST_ENTRIES = 45  # with two formatted parts each; of more than a hundred, Telegram leaves the rest unformatted
MOST_AREAS = 8
MOST_FEEDS = 5

TITLES = {Rhythm.DAILY: mark("Daily digest"), Rhythm.WEEKLY: mark("Weekly digest"), Rhythm.INSTANT: mark("Digest")}
PERIOD = mark("{since} - {until} ({zone})")
NOTHING = mark("No incidents.")
INCIDENTS = plural("{number} incident", "{number} incidents")
AT_ONCE = plural("{number} alert came at once.", "{number} alerts came at once.")
BY_AREA = mark("By area")
TOTAL = mark("{area}: {told}")
KILLED = mark("killed: {figure}")
INJURED = mark("injured: {figure}")
AT_LEAST = mark("at least {number}")
UP_TO = mark("up to {number}")
MORE_AREAS = plural("and {number} more area", "and {number} more areas")
RANGES = mark("Ranges add up the lowest and the highest figure of each separate incident; they are no counts.")
QUIET = mark("Gone quiet: {feeds}")
MORE_FEEDS = mark("{feeds} and {number} more")
SEVERITIES = {Severity.CRITICAL: mark("Critical"), Severity.HIGH: mark("High"), Severity.NORMAL: mark("Normal")}
AGAIN = mark("more is known")
MORE = plural("and {number} more: /latest", "and {number} more: /latest")
SOURCE = mark("report")


@dataclass(frozen=True, slots=True)
class Line:
    """A line as HTML and as it is read."""

    html: str = ""
    plain: str = ""


def render_digest(digest: Digest, reader: Reader, caption: int = LONGEST_TEXT) -> tuple[Rendered, ...]:
    """The messages of a digest, one or two: the first has at most `caption` code points, so that it can stand under a
    picture; a list that does not fit into it follows by itself.
    """
    head = list(_head(digest, reader))
    entries = list(_listed(digest, reader))
    if not entries:
        return (_joined(_fitting(head, caption), reader.tongue),)
    whole = [*head, Line(), *entries]
    if _length(whole) <= caption and len(entries) <= MOST_ENTRIES:
        return (_joined(whole, reader.tongue),)
    if caption < LONGEST_TEXT:
        return (
            _joined(_fitting(head, caption), reader.tongue),
            _joined(_cut(entries, LONGEST_TEXT, reader.tongue), reader.tongue),
        )
    head = _fitting(head, LONGEST_TEXT // 2)
    return (_joined([*head, Line(), *_cut(entries, LONGEST_TEXT - _length(head) - 2, reader.tongue)], reader.tongue),)


def title_of(digest: Digest, reader: Reader) -> tuple[str, str]:
    """What a digest is called, and of when it is."""
    since, until = (_local(moment, reader.zone) for moment in (digest.period.since, digest.period.until))
    say = reader.tongue.say
    return say(TITLES[digest.rhythm]), say(PERIOD, since=since, until=until, zone=reader.zone_name)


def _local(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


# ---------------------------------------------------------------- the head
def _head(digest: Digest, reader: Reader) -> Iterator[Line]:
    tongue, (name, period) = reader.tongue, title_of(digest, reader)
    yield Line(f"<b>{escape(name)}</b> · {escape(period)}", f"{name} · {period}")
    yield _text(_how_many(digest, tongue))
    if digest.alerts_at_once:
        yield _text(tongue.count(*AT_ONCE, digest.alerts_at_once))
    if len(digest.entries) > 1:
        yield from (Line(), _bold(tongue.say(BY_AREA)))
        areas = totals(digest.entries)
        yield from (_text(_total(each, tongue)) for each in areas[:MOST_AREAS])
        if len(areas) > MOST_AREAS:
            yield _text(tongue.count(*MORE_AREAS, len(areas) - MOST_AREAS))
        yield Line(f"<i>{escape(tongue.say(RANGES))}</i>", tongue.say(RANGES))
    if digest.quiet_feeds:
        yield from (Line(), _text(tongue.say(QUIET, feeds=_some(digest.quiet_feeds, tongue))))


def _how_many(digest: Digest, tongue: Tongue) -> str:
    if not digest.entries:
        return tongue.say(NOTHING)
    marks = "  ".join(f"{MARKS[severity]} {len(entries)}" for severity, entries in digest.by_severity().items())
    return f"{tongue.count(*INCIDENTS, len(digest.entries))}: {marks}"


def _total(total: AreaTotal, tongue: Tongue) -> str:
    killed = tongue.say(KILLED, figure=_figure(total.killed, tongue)) if total.killed else ""
    injured = tongue.say(INJURED, figure=_figure(total.injured, tongue)) if total.injured else ""
    told = tongue.listed(filter(None, [tongue.count(*INCIDENTS, total.incidents), killed, injured]))
    return tongue.say(TOTAL, area=inert(where(total.area, tongue)), told=told)


def _figure(count: Count, tongue: Tongue) -> str:
    if count.high is None:
        return tongue.say(AT_LEAST, number=count.low or 0)
    if not count.low and count.high:
        return tongue.say(UP_TO, number=count.high)
    return str(count.high) if count.low == count.high else f"{count.low}-{count.high}"


def _some(feeds: Sequence[str], tongue: Tongue) -> str:
    names = tongue.listed(inert(clean(name, LONGEST_NAME)) for name in feeds[:MOST_FEEDS])
    more = len(feeds) - MOST_FEEDS
    return tongue.say(MORE_FEEDS, feeds=names, number=more) if more > 0 else names


# ---------------------------------------------------------------- the list
def _listed(digest: Digest, reader: Reader) -> Iterator[Line]:
    """Each severity's entries; the first of them with the name of the severity above it."""
    for severity, entries in digest.by_severity().items():
        heading = _bold(f"{MARKS[severity]} {reader.tongue.say(SEVERITIES[severity])} ({len(entries)})")
        for number, entry in enumerate(entries):
            line = _entry(entry, reader)
            yield line if number else Line(f"{heading.html}\n{line.html}", f"{heading.plain}\n{line.plain}")


def _entry(entry: Entry, reader: Reader) -> Line:
    incident, tongue = entry.incident, reader.tongue
    seen = incident.first_seen.astimezone(reader.zone)
    told = [toll_line(incident, tongue), sources_line(incident, tongue), tongue.say(AGAIN) if entry.again else ""]
    place = inert(where(incident.place, tongue))
    plain = f"• {seen:%d.%m. %H:%M} {place}" + "".join(f" · {text}" for text in told if text)
    link = safe_link(incident.sources[0].url) if incident.sources else ""
    if not link.isprintable() or not 0 < len(link) <= LONGEST_LINK:
        return _text(plain)
    said = tongue.say(SOURCE)
    return Line(f'{escape(plain)} · <a href="{escape(link)}">{escape(said)}</a>', f"{plain} · {said}")


# ---------------------------------------------------------------- lines
def _text(text: str) -> Line:
    return Line(escape(text), text)


def _bold(text: str) -> Line:
    return Line(f"<b>{escape(text)}</b>", text)


def _length(lines: Iterable[Line]) -> int:
    return sum(len(line.plain) + 1 for line in lines)


def _fitting(lines: Sequence[Line], most: int) -> list[Line]:
    """The first of them that have room."""
    kept: list[Line] = []
    for line in lines:
        if _length([*kept, line]) > most:
            break
        kept.append(line)
    return kept


def _cut(entries: Sequence[Line], most: int, tongue: Tongue) -> list[Line]:
    """As many whole entries as have room, and how many more there are."""
    kept = _fitting(entries[:MOST_ENTRIES], most)
    if len(kept) == len(entries):
        return kept
    while kept and _length([*kept, _more(len(entries) - len(kept), tongue)]) > most:
        kept.pop()
    return [*kept, _more(len(entries) - len(kept), tongue)]


def _more(number: int, tongue: Tongue) -> Line:
    return _text(tongue.count(*MORE, number))


def _joined(lines: Sequence[Line], tongue: Tongue) -> Rendered:
    directed = [_directed(line, tongue) for line in lines]
    html, plain = "\n".join(line.html for line in directed), "\n".join(line.plain for line in directed)
    return Rendered(html, plain, language=tongue.language)


def _directed(line: Line, tongue: Tongue) -> Line:
    """A line, or a heading with the line below it, that runs in the direction of the language."""
    rows = list(zip(line.html.split("\n"), line.plain.split("\n"), strict=True))
    marks = [tongue.line(plain).removesuffix(plain) for _, plain in rows]
    html = "\n".join(mark + html for (html, _), mark in zip(rows, marks, strict=True))
    return Line(html, "\n".join(mark + plain for (_, plain), mark in zip(rows, marks, strict=True)))

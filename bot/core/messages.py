"""What people read in Telegram: alerts as HTML that its parser accepts, and as plain words, in the reader's language.

Parts are cut before they are put together, so a tag or an entity is never cut. A newcomer's mistake is to put a
foreign text in as it is: every one goes through `clean`, which takes out characters that turn, hide or mark up text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.eventwords import what_and_by_whom
from bot.core.ledger import by_source, figure, has_moved, of_others, shown
from bot.core.markup import bold, italic, quoted, rendered, timed
from bot.core.model import (
    SOME,
    Alert,
    Count,
    Incident,
    Place,
    Reason,
    Rendered,
    Report,
    Severity,
    Source,
    Victims,
)
from bot.core.silence import Silent
from bot.core.text import INVISIBLE
from bot.core.tollwords import BARE, INJURED, KILLED, KILLED_AND_INJURED, counted
from bot.core.tongue import ENGLISH, Titled, Tongue, mark, plural

LONGEST_QUOTE = 600  # characters; with all else below Telegram's 4,096
LONGEST_TITLE = 200
LONGEST_NAME = 80
LONGEST_PARENT = 40
LONGEST_DENIAL = 300
LONGEST_LINK = 2048
MOST_NAMED = 4  # sources in one line
MOST_TITLES = 5  # rules in one message
MOST_PARENTS = 4  # round a place
MARKS = {Severity.CRITICAL: "🔴", Severity.HIGH: "🟠", Severity.NORMAL: "🟡"}
VICTIMS = {
    Victims.CIVILIAN: mark("civilians"),
    Victims.COMBATANT: mark("combatants"),
    Victims.UNKNOWN: mark("victims not identified"),
}
SEMICOLON = mark("; ")
DOT = " · "
REPORTS_IN = plural("{title} ({number} report in {time})", "{title} ({number} reports in {time})")
MINUTES, HOURS = plural("{number} min", "{number} min"), plural("{number} h", "{number} h")
DAYS = plural("{number} day", "{number} days")
SOURCES, COPIES = plural("{number} source", "{number} sources"), plural("{number} copy", "{number} copies")
FEEDS_FAIL = plural(
    "{number} feed is failing now: that may be why.", "{number} feeds are failing now: that may be why."
)
AND_MORE = plural("{names} and {number} more", "{names} and {number} more")
_CONTROLS = re.compile(f"[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f{INVISIBLE}\\ud800-\\udfff]")
_SPACES = re.compile(r"\s+")


# ---------------------------------------------------------------- what it says
def render(incident: Incident, alerts: Sequence[Alert], tongue: Tongue = ENGLISH) -> Rendered:
    """The living message of an incident, for the rules that told it; `incident.told` are those that the chat hears."""
    lines = [*_body(incident, alerts, tongue), tongue.line(_told_by(incident, alerts[0].report, tongue))]
    return rendered(lines, safe_link(incident.sources[0].url), tongue.language)


def render_example(alert: Alert, tongue: Tongue = ENGLISH) -> Rendered:
    """What an alert says of something that never happened: neither when it was told, nor by whom."""
    unlike_others = replace(alert.incident, told=(), resembles=None)
    lines = [*_body(unlike_others, [alert], tongue), tongue.line(sources_line(unlike_others, tongue))]
    return rendered(lines, "", tongue.language)


def _body(incident: Incident, alerts: Sequence[Alert], tongue: Tongue) -> Iterator[str]:
    """All lines but the last, which says by whom and when it was told."""
    told = {rule.id: (_title_of(rule, tongue), rule.severity) for rule in incident.told}
    told |= {alert.rule.id: (_titled(alert, tongue), alert.severity) for alert in alerts}
    severity = min((severity for _, severity in told.values()), key=lambda s: s.rank)
    titles = _few(list(dict.fromkeys(title for title, _ in told.values())), MOST_TITLES, tongue)
    yield tongue.line(f"{MARKS[severity]} {bold(titles)}")
    yield tongue.line(bold(where(incident.place, tongue)))
    yield from (tongue.line(line) for line in (toll_line(incident, tongue), what_and_by_whom(incident, tongue)) if line)
    yield from _evidence(incident, tongue)
    yield from (tongue.line(line) for line in (_differing(incident, tongue), _resembled(incident, tongue)) if line)


def _evidence(incident: Incident, tongue: Tongue) -> Iterator[str]:
    """The sentence that says so, which runs in its own direction, with its source; and the one that denies it."""
    quote, denial = clean(incident.quote, LONGEST_QUOTE), clean(incident.denial, LONGEST_DENIAL)
    if quote:
        yield quoted("\n".join([quote, *_said_by(incident)]))
    if denial:
        yield tongue.line(tongue.say("Denied: {quote}", quote=italic(denial)))


def _said_by(incident: Incident) -> Iterator[str]:
    """The source of the quote, where others tell the incident as well; it runs with the quote."""
    source = _quoted_source(incident)
    if source is not None and source.name and len({each.name for each in incident.sources}) > 1:
        yield f"— {clean(source.name, LONGEST_NAME)}"


def _quoted_source(incident: Incident) -> Source | None:
    """An incident quotes who first told the toll that stands; None where a correction or a late death made it."""
    told = sorted(incident.sources, key=lambda source: source.told_at)
    if incident.withdrawn or incident.late_at is not None:
        return None
    return next((each for each in told if figure(each.killed) == figure(incident.killed)), None)


def _few(names: Sequence[str], most: int, tongue: Tongue) -> str:
    first = tongue.listed(names[:most])
    return tongue.count(*AND_MORE, len(names) - most, names=first) if len(names) > most else first


def render_change(incident: Incident, alert: Alert, tongue: Tongue = ENGLISH) -> Rendered:
    """The short answer that says aloud what changed."""
    what, place = _change(incident, alert, tongue), where(incident.place, tongue)
    said = tongue.line(f"{what}. {place}. {sources_line(incident, tongue)}.")
    return rendered([said], safe_link(alert.report.url), tongue.language)


def _change(incident: Incident, alert: Alert, tongue: Tongue) -> str:
    toll = toll_line(incident, tongue)
    if alert.reason is Reason.FREQUENT:
        title = _titled(alert, tongue)
        return tongue.say("{title}. The latest: {toll}", title=title, toll=toll) if toll else title
    if alert.reason is Reason.DENIED:
        return tongue.say("Denied: “{quote}”", quote=clean(incident.denial, LONGEST_DENIAL))
    if alert.reason is Reason.CONFIRMED:
        return tongue.say("The victims are now said to be civilians: {toll}", toll=toll)
    if alert.reason is Reason.CORRECTED:
        return _corrected(incident, alert, tongue)
    now = counted(incident.killed, KILLED, tongue)
    return tongue.say("Toll now {toll} (was {before})", toll=now, before=alert.said_killed)


def _corrected(incident: Incident, alert: Alert, tongue: Tongue) -> str:
    said = []
    if alert.said_killed != incident.said_killed:
        now = counted(incident.killed, KILLED, tongue)
        said.append(tongue.say("Toll corrected: now {toll} (was {before})", toll=now, before=alert.said_killed))
    if moved(alert, incident):
        said.append(tongue.say("Place corrected (was {place})", place=where(alert.said_place, tongue)))
    return ". ".join(said)


def moved(alert: Alert, incident: Incident) -> bool:
    """Is the incident elsewhere now, as far as is shown?"""
    return has_moved(alert.said_place, incident.place) and where(alert.said_place) != where(incident.place)


def render_silence(silent: Silent, failing_feeds: int, tongue: Tongue = ENGLISH) -> Rendered:
    """Says that nothing is heard, since when, and that a feed which fails may be why."""
    rule = silent.rule
    title, time = _title_of(rule, tongue), spell(rule.silence or timedelta(0), tongue)
    heard = tongue.say("Nothing heard for {time}. The last report: {at}.", time=time, at=at(silent.last_at, tongue))
    why = tongue.count(*FEEDS_FAIL, failing_feeds) if failing_feeds else ""
    lines = [f"{MARKS[rule.severity[0].severity]} {bold(title)}", *filter(None, [heard, why])]
    return rendered(map(tongue.line, lines), "", tongue.language)


def _titled(alert: Alert, tongue: Tongue) -> str:
    """The title of an alert's rule; of a spike, with what makes it one: "Shelling in Idlib (5 reports in 24 h)"."""
    title, frequency = _title_of(alert.rule, tongue), alert.rule.frequency
    if frequency is None or not alert.reports:
        return title
    return tongue.count(*REPORTS_IN, alert.reports, title=title, time=spell(frequency.within, tongue))


def _title_of(rule: Titled, tongue: Tongue) -> str:
    return tongue.isolated(clean(tongue.title(rule), LONGEST_NAME))


def spell(time: timedelta, tongue: Tongue = ENGLISH) -> str:
    """ "90 min", "24 h", "3 days": in the largest unit that holds it whole."""
    minutes = round(time.total_seconds() / 60)
    if minutes % 60:
        return tongue.count(*MINUTES, minutes)
    if minutes % 1440 or minutes == 1440:
        return tongue.count(*HOURS, minutes // 60)
    return tongue.count(*DAYS, minutes // 1440)


# ---------------------------------------------------------------- its parts
def where(place: Place | None, tongue: Tongue = ENGLISH) -> str:
    """A place with its parents: "Maarat Misrin (Idlib, Syria)"."""
    if place is None:
        return tongue.say("Place not named")
    place = tongue.place(place)
    country = place.country_name or tongue.country(place.country or "") or place.country or ""
    parents = [clean(name, LONGEST_PARENT) for name in (*reversed(place.admin), country) if name != place.name]
    name = tongue.isolated(clean(place.name, LONGEST_NAME))
    around = tongue.listed(map(tongue.isolated, list(filter(None, parents))[:MOST_PARENTS]))
    return f"{name} ({around})" if around else name


def toll_line(incident: Incident, tongue: Tongue = ENGLISH) -> str:
    """ "15 killed, 20 injured (civilians)"."""
    if incident.casualties and not (_stated(incident.killed) or _stated(incident.injured)):
        counts = counted(incident.casualties, KILLED_AND_INJURED, tongue)
    else:
        both = (counted(shown(incident), KILLED, tongue), counted(incident.injured, INJURED, tongue))
        counts = tongue.listed(filter(None, both))
    who = incident.victims
    toll = _of(counts, who, tongue) if counts and who else counts
    others = [_of(counted(count, KILLED, tongue), victims, tongue) for victims, count in of_others(incident).items()]
    return tongue.say(SEMICOLON).join(filter(None, [toll, *others]))


def _of(counts: str, victims: Victims, tongue: Tongue) -> str:
    return f"{counts} ({tongue.say(VICTIMS[victims])})"


def _stated(count: Count | None) -> bool:
    return count is not None and count != SOME


def _told_by(incident: Incident, report: Report, tongue: Tongue) -> str:
    names = list(dict.fromkeys(clean(s.name, LONGEST_NAME) for s in incident.sources if s.name))
    told = tongue.say("first told {time}", time=at(incident.first_seen, tongue))
    return DOT.join([*map(tongue.isolated, names[:3]), sources_line(incident, tongue), told, *_title(report, tongue)])


def _title(report: Report, tongue: Tongue) -> Iterable[str]:
    return [tongue.say("“{title}”", title=clean(report.title, LONGEST_TITLE))] if report.title else []


def _differing(incident: Incident, tongue: Tongue) -> str:
    """ "Killed by source: The Paper 15, Agency 21", where sources do not tell the same."""
    told = by_source(incident)
    if len({source.killed for source in told}) < 2:
        return ""
    figures = _few([_figure(source, tongue) for source in told], MOST_NAMED, tongue)
    return tongue.say("Killed by source: {figures}", figures=figures)


def _figure(source: Source, tongue: Tongue) -> str:
    name = tongue.isolated(clean(source.name, LONGEST_NAME)) or tongue.say("unnamed")
    return f"{name} {counted(source.killed, BARE, tongue)}"


def _resembled(incident: Incident, tongue: Tongue) -> str:
    other = incident.resembles
    if other is None:
        return ""
    toll = counted(other.killed, KILLED, tongue) or tongue.say("no deaths told")
    place, time = where(other.place, tongue), at(other.first_seen, tongue)
    return tongue.say("Possibly the same as: {place}, {toll}, first told {time}", place=place, toll=toll, time=time)


def sources_line(incident: Incident, tongue: Tongue = ENGLISH) -> str:
    """ "3 sources, 9 copies": independent ones apart from republications."""
    sources = tongue.count(*SOURCES, len({s.name or s.report_id for s in incident.sources}))
    return tongue.listed([sources, tongue.count(*COPIES, incident.copies)]) if incident.copies else sources


def at(moment: datetime, tongue: Tongue = ENGLISH) -> str:
    """A time that Telegram shows in the reader's zone, and that says in UTC what it is where that cannot be."""
    said = tongue.say("{day}, {time} UTC", day=tongue.day(moment), time=f"{moment:%H:%M}")
    return timed(moment, said)


# ---------------------------------------------------------------- foreign text
def clean(text: str, longest: int) -> str:
    """Foreign text without controls, hidden or turning characters, in one line, cut at a word."""
    one_line = _SPACES.sub(" ", _CONTROLS.sub("", text)).strip()
    if len(one_line) <= longest:
        return one_line
    cut = one_line[: longest - 1]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut[longest // 2 :] else cut}…"


def safe_link(url: str) -> str:
    """The link if it is one that a browser may open without harm; nothing otherwise."""
    return url if len(url) <= LONGEST_LINK and re.fullmatch(r"https?://[^\s<>\"']+", url) else ""

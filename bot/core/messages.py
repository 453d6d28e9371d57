"""What people read in Telegram: alerts as HTML that its parser accepts, and which message goes to which chat.

Parts are cut before they are put together, so a tag or an entity is never cut. A newcomer's mistake is to escape
late: every foreign text goes through `clean`, which also takes out characters that turn text round or hide it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from html import escape

from bot.core.ledger import by_source, has_moved, of_others, shown
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
    Victims,
)
from bot.core.silence import Silent
from bot.core.text import INVISIBLE

LONGEST_QUOTE = 600  # characters; with all else far below Telegram's 4,096
LONGEST_TITLE = 200
LONGEST_NAME = 80
LONGEST_DENIAL = 300
MOST_NAMED = 4  # sources in one line
MOST_TITLES = 5  # rules in one message
MARKS = {Severity.CRITICAL: "🔴", Severity.HIGH: "🟠", Severity.NORMAL: "🟡"}
VICTIMS = {Victims.CIVILIAN: "civilians", Victims.COMBATANT: "combatants", Victims.UNKNOWN: "victims not identified"}
_CONTROLS = re.compile(f"[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f{INVISIBLE}\\ud800-\\udfff]")
_SPACES = re.compile(r"\s+")
_TAGS = re.compile(r"</?\w+>")


# ---------------------------------------------------------------- what it says
def render(incident: Incident, alerts: Sequence[Alert]) -> Rendered:
    """The living message of an incident, for the rules that told it; `incident.told` are those that the chat hears."""
    told = {rule.id: (clean(rule.title, LONGEST_NAME), rule.severity) for rule in incident.told}
    told |= {alert.rule.id: (_titled(alert), alert.severity) for alert in alerts}
    severity = min((severity for _, severity in told.values()), key=lambda s: s.rank)
    titles = _few(list(dict.fromkeys(title for title, _ in told.values())))
    first, report = incident.sources[0], alerts[0].report
    lines = [
        (f"{MARKS[severity]} <b>{{}}</b>", titles),
        ("<b>{}</b>", where(incident.place)),
        ("{}", toll_line(incident)),
        ("<blockquote>{}</blockquote>", clean(incident.quote, LONGEST_QUOTE)),
        ("Denied: <i>{}</i>", clean(incident.denial, LONGEST_DENIAL)),
        ("{}", _differing(incident)),
        ("{}", _resembled(incident)),
        ("{}", _told_by(incident, report)),
    ]
    html = "\n".join(pattern.format(escape(text)) for pattern, text in lines if text)
    plain = "\n".join([f"{MARKS[severity]} {titles}", *(_TAGS.sub("", p).format(t) for p, t in lines[1:] if t)])
    return Rendered(html, plain, safe_link(first.url))


def _few(titles: Sequence[str]) -> str:
    more = f" and {len(titles) - MOST_TITLES} more" if len(titles) > MOST_TITLES else ""
    return ", ".join(titles[:MOST_TITLES]) + more


def render_change(incident: Incident, alert: Alert) -> Rendered:
    """The short answer that says aloud what changed."""
    now = counted(incident.killed, "killed")
    if alert.reason is Reason.FREQUENT:
        text = f"{_titled(alert)}. The latest: {toll_line(incident)}" if toll_line(incident) else _titled(alert)
    elif alert.reason is Reason.DENIED:
        text = f"Denied: “{clean(incident.denial, LONGEST_DENIAL)}”"
    elif alert.reason is Reason.CONFIRMED:
        text = f"The victims are now said to be civilians: {toll_line(incident)}"
    elif alert.reason is Reason.CORRECTED:
        text = _corrected(incident, alert)
    else:
        text = f"Toll now {now} (was {alert.said_killed})"
    text = f"{text}. {where(incident.place)}. {sources_line(incident)}."
    return Rendered(escape(text), text, safe_link(alert.report.url))


def render_silence(silent: Silent, failing_feeds: int) -> Rendered:
    """Says that nothing is heard, since when, and that a feed which fails may be why."""
    rule = silent.rule
    mark, title = MARKS[rule.severity[0].severity], clean(rule.title, LONGEST_NAME)
    feeds = _number(failing_feeds, "feed is failing now", "feeds are failing now")
    lines = [
        f"Nothing heard for {spell(rule.silence or timedelta(0))}. The last report: {_at(silent.last_at)}.",
        *([f"{feeds}: that may be why."] if failing_feeds else []),
    ]
    html = "\n".join([f"{mark} <b>{escape(title)}</b>", *map(escape, lines)])
    return Rendered(html, "\n".join([f"{mark} {title}", *lines]))


def _titled(alert: Alert) -> str:
    """The title of an alert's rule; of a spike, with what makes it one: "Shelling in Idlib (5 reports in 24 h)"."""
    title, frequency = clean(alert.rule.title, LONGEST_NAME), alert.rule.frequency
    if frequency is None or not alert.reports:
        return title
    return f"{title} ({alert.reports} reports in {spell(frequency.within)})"


def spell(time: timedelta) -> str:
    """ "90 min", "24 h", "3 days": in the largest unit that holds it whole."""
    minutes = round(time.total_seconds() / 60)
    if minutes % 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes % 1440 or minutes == 1440 else f"{minutes // 1440} days"


def _corrected(incident: Incident, alert: Alert) -> str:
    place = [f"Place corrected (was {where(alert.said_place)})"] if moved(alert, incident) else []
    same = alert.said_killed == incident.said_killed
    toll = [] if same else [f"Toll corrected: now {counted(incident.killed, 'killed')} (was {alert.said_killed})"]
    return ". ".join([*toll, *place])


def moved(alert: Alert, incident: Incident) -> bool:
    """Is the incident elsewhere now, as far as is shown?"""
    return has_moved(alert.said_place, incident.place) and where(alert.said_place) != where(incident.place)


def where(place: Place | None) -> str:
    """A place with its parents: "Maarat Misrin (Idlib, Syria)"."""
    if place is None:
        return "Place not named"
    around = [
        name for name in (*reversed(place.admin), place.country_name or place.country or "") if name != place.name
    ]
    return (
        f"{clean(place.name, LONGEST_NAME)} ({', '.join(around)})" if any(around) else clean(place.name, LONGEST_NAME)
    )


def toll_line(incident: Incident) -> str:
    """ "15 killed, 20 injured (civilians)"."""
    if incident.casualties and not (_stated(incident.killed) or _stated(incident.injured)):
        counts = counted(incident.casualties, "killed and injured")
    else:
        counts = ", ".join(filter(None, (counted(shown(incident), "killed"), counted(incident.injured, "injured"))))
    who = VICTIMS[incident.victims] if incident.victims else ""
    others = [f"{counted(count, 'killed')} ({VICTIMS[victims]})" for victims, count in of_others(incident).items()]
    return "; ".join(filter(None, [f"{counts} ({who})" if counts and who else counts, *others]))


def _stated(count: Count | None) -> bool:
    return count is not None and count != SOME


def counted(count: Count | None, what: str) -> str:
    """ "At least 15 killed", "dozens injured"; nothing for no count."""
    if count is None:
        return ""
    if count.low is None:
        return f"up to {count.high} {what}"
    if count.high is None:
        return f"{what}, number not given" if count == SOME else f"{_open_ended(count)} {what}"
    about = "about " if count.approximate else ""
    return f"{about}{count.low}{'' if count.high == count.low else f'-{count.high}'} {what}"


def _open_ended(count: Count) -> str:
    """ "At least 15", "more than 30", "dozens": as it was told."""
    low = count.low or 0
    if count.vague:
        return next((word for least, word in VAGUE if low >= least), f"at least {low}")
    return f"more than {low - 1}" if count.above else f"at least {low}"


# Words without a number, as `rules/events/vocabulary` counts them: "dozens" are at least 24.
VAGUE = ((2000, "thousands"), (200, "hundreds"), (40, "scores"), (20, "dozens"), (3, "several"))


def _told_by(incident: Incident, report: Report) -> str:
    names = list(dict.fromkeys(clean(s.name, LONGEST_NAME) for s in incident.sources if s.name))
    told_at = _at(incident.first_seen)
    return " · ".join([*names[:3], sources_line(incident), f"first told {told_at}", *_title(report)])


def _title(report: Report) -> Iterable[str]:
    return [f"“{clean(report.title, LONGEST_TITLE)}”"] if report.title else []


def _differing(incident: Incident) -> str:
    """ "Killed by source: The Paper 15, Agency 21", where sources do not tell the same."""
    told = by_source(incident)
    if len({source.killed for source in told}) < 2:
        return ""
    named = [f"{clean(s.name, LONGEST_NAME) or 'unnamed'} {counted(s.killed, '').strip()}" for s in told]
    more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return f"Killed by source: {', '.join(named[:MOST_NAMED])}{more}"


def _resembled(incident: Incident) -> str:
    other = incident.resembles
    if other is None:
        return ""
    told = counted(other.killed, "killed") or "no deaths told"
    return f"Possibly the same as: {where(other.place)}, {told}, first told {_at(other.first_seen)}"


def sources_line(incident: Incident) -> str:
    """ "3 sources, 9 copies": independent ones apart from republications."""
    sources = _number(len({s.name or s.report_id for s in incident.sources}), "source", "sources")
    return f"{sources}, {_number(incident.copies, 'copy', 'copies')}" if incident.copies else sources


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _at(moment: datetime) -> str:
    return moment.strftime("%-d %B %Y, %H:%M UTC")


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
    return url if re.fullmatch(r"https?://[^\s<>\"']+", url) else ""

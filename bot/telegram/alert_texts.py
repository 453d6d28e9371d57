"""All words under an alert: its buttons, what they answer, and the screens of sources and reasons.

A newcomer's mistake is to escape a label: the screens are HTML, and what is put in from outside is cleaned and escaped
here, but labels and short answers are plain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from bot.core.explaining import Condition, Explained
from bot.core.markup import foreign, inert
from bot.core.messages import clean, safe_link, toll_line, where
from bot.core.model import Acknowledgement, Source, ToldRule, Toponym, Verdict
from bot.core.sayings import told as said_to
from bot.core.severitywords import graded
from bot.core.tollwords import INJURED, KILLED, counted
from bot.core.tongue import Tongue, mark, plural
from bot.telegram.alertdesk import Card, What, Why

# ---------------------------------------------------------------- labels
SOURCES = mark("Sources")
MORE = mark("More…")
LESS = mark("‹ Less")
WHY = mark("Why")
MAP = mark("Map")
MUTE = mark("Mute…")
WRONG = mark("Right or wrong?")
ACKNOWLEDGE = mark("✓ Acknowledge")
TAKE_BACK = mark("Take back ✓")
VERDICTS = {
    Verdict.NOT_RELEVANT: mark("Not relevant"),
    Verdict.WRONG_PLACE: mark("Wrong place"),
    Verdict.DUPLICATE: mark("Duplicate"),
    Verdict.CORRECT: mark("Correct"),
}
MUTED = {
    What.INCIDENT: mark("This incident"),
    What.PLACE: mark("Place: {name}"),
    What.RULE: mark("Rule: {name}"),
}
SPANS = {"1": mark("1 hour"), "8": mark("8 hours"), "w": mark("1 week")}
LONGEST_LABEL = 40

# ---------------------------------------------------------------- short answers
STALE = mark("Nothing was changed: this button does not belong to this message any more.")
ADMINISTRATORS_ONLY = mark("Only administrators can change what this chat hears.")
NO_POSITION = mark("The position of this place is not known, or a rule tells it with care.")
NOW_MUTED = mark("Muted until {until}: {what}. /settings shows what is muted.")
NOTHING_TO_MUTE = mark("Nothing was muted: there is nothing of that kind to mute here.")
NOT_MUTED = mark("Nothing was changed: that is not muted any more.")
THANKS = mark("Noted, thank you: {verdict}. Tap another one to change it.")
CHANGED = mark("Changed from “{before}” to “{verdict}”.")
SAID_ALREADY = mark("You said so already: {verdict}.")
IS_ACKNOWLEDGED = mark("Acknowledged: everybody here sees that you see to it.")
WAS_ACKNOWLEDGED = mark("You had acknowledged it already.")
TAKEN_BACK = mark("Taken back.")
NOT_ACKNOWLEDGED = mark("You had not acknowledged it.")
GROUPS_ONLY = mark("Acknowledging is for groups.")

# ---------------------------------------------------------------- longer ones
ACKNOWLEDGED_BY = mark("✓ Acknowledged by {names}")
AND_MORE = mark("and {number} more")
SOURCES_OF = mark("Sources of {what}")
UNNAMED = mark("a source")
DENIES = mark("says that it did not happen")
NO_FIGURE = mark("gives no figure")
COPIES = plural("{number} copy elsewhere is not counted.", "{number} copies elsewhere are not counted.")
CARD_HINT = mark("The whole incident: /incident {reference}")
WHY_TITLE = mark("Why this alert")
RULE_LINE = mark("Rule: {title} ({id}), {severity}")
RULE_GONE = mark("Its rule {id} is no longer in force.")
WORDS_LINE = mark("Words: {words}")
PLACE_LINE = mark("Place: {place}")
NAME_LINE = mark("“{surface}”: {why}")
CONDITION = mark("{asks}: {found}")
REPORT_LINE = mark("Report: {source}, {at}")
CAREFUL = mark("A rule tells this with care: its words, place and source are not shown.")
REPORT_GONE = mark("The report is not kept any more.")
READ_TODAY = mark("As it is read with today's rules.")

MOST_SOURCES = 20
MOST_NAMES = 5
LONGEST_NAME = 60
LONGEST_LINK = 1_000  # a line with one must fit into a message
HARMS = frozenset({"killed", "injured", "casualties"})
LONGEST_QUOTE = 400
YES, NO = "✓", "✗"
QUOTE = "<blockquote>"


def short(text: str) -> str:
    """A name as a label of a button holds it."""
    return clean(text, LONGEST_LABEL)


def linked(name: str, url: str) -> str:
    """A name that leads to an address, as HTML; the name alone where that is no link, or one nobody could read."""
    shown, link = foreign(clean(name, LONGEST_NAME)), safe_link(url)
    return f'<a href="{escape(link)}">{shown}</a>' if 0 < len(link) <= LONGEST_LINK else shown


def in_lines(lines: Iterable[str], tongue: Tongue) -> str:
    """Lines of HTML that run in the direction of the language, whatever they begin with; a quote runs in its own."""
    return "\n".join(line if QUOTE in line else tongue.line(line) for line in lines)


# ---------------------------------------------------------------- acknowledged
def acknowledged(by: Sequence[Acknowledgement], tongue: Tongue) -> str:
    """The line under an alert, plain: who sees to it since when; empty when nobody does."""
    if not by:
        return ""
    times = [tongue.clock(each.given_at).partition(" ")[2] for each in by]  # the day is the message's own
    names = [f"{inert(clean(each.name, LONGEST_NAME))} ({at})" for each, at in zip(by, times, strict=True)][:MOST_NAMES]
    if len(by) > MOST_NAMES:
        names.append(tongue.say(AND_MORE, number=len(by) - MOST_NAMES))
    return tongue.say(ACKNOWLEDGED_BY, names=tongue.listed(map(tongue.isolated, names)))


# ---------------------------------------------------------------- sources
def sources(card: Card, tongue: Tongue) -> str:
    """Who told it: each with its own toll, when, and where to read it; the latest first. HTML."""
    return in_lines([*source_lines(card, tongue), tongue.say(CARD_HINT, reference=card.reference)], tongue)


def source_lines(card: Card, tongue: Tongue) -> Iterator[str]:
    """The same line by line, without the way to the whole incident."""
    incident = card.incident
    what = tongue.listed(filter(None, [where(incident.place, tongue), toll_line(incident, tongue)]))
    latest = sorted(incident.sources, key=lambda source: source.told_at, reverse=True)
    yield f"<b>{tongue.say(SOURCES_OF, what=foreign(what))}</b>"
    yield from (f"• {_source(source, tongue)}" for source in latest[:MOST_SOURCES])
    if len(latest) > MOST_SOURCES:
        yield tongue.say(AND_MORE, number=len(latest) - MOST_SOURCES)
    if incident.copies:
        yield tongue.count(*COPIES, incident.copies)


def _source(source: Source, tongue: Tongue) -> str:
    named = tongue.isolated(linked(source.name or tongue.say(UNNAMED), source.url))
    return f"{named}: {foreign(_told(source, tongue))} · {tongue.isolated(tongue.clock(source.told_at))}"


def _told(source: Source, tongue: Tongue) -> str:
    if source.denies:
        return tongue.say(DENIES)
    figures = filter(None, (counted(source.killed, KILLED, tongue), counted(source.injured, INJURED, tongue)))
    return tongue.listed(figures) or tongue.say(NO_FIGURE)


# ---------------------------------------------------------------- why
def why(card: Card, reasons: Why, tongue: Tongue) -> str:
    """Rules with their conditions, the words, the place and how it was found. HTML."""
    return in_lines([f"<b>{tongue.say(WHY_TITLE)}</b>", *_why(card, reasons, tongue)], tongue)


def _why(card: Card, reasons: Why, tongue: Tongue) -> Iterator[str]:
    severities = {rule.id: rule for rule in card.rules}
    for one in reasons.rules:
        yield from rule_lines(one, severities.get(one.rule.id), tongue, with_found=not reasons.is_careful)
    for rule_id in reasons.gone:
        yield tongue.say(RULE_GONE, id=foreign(rule_id))
    if reasons.is_careful:
        yield tongue.say(CAREFUL)
    elif reasons.report is None:
        yield tongue.say(REPORT_GONE)
    else:
        yield from _reading(card, reasons, tongue)
        yield tongue.say(REPORT_LINE, source=_named(reasons), at=tongue.clock(reasons.report.published))
        yield f"<i>{tongue.say(READ_TODAY)}</i>"
    yield tongue.say(CARD_HINT, reference=card.reference)


def rule_lines(one: Explained, told: ToldRule | None, tongue: Tongue, *, with_found: bool) -> Iterator[str]:
    """A rule and each of its conditions; what they met only where it may be shown."""
    title = clean(tongue.title(told or one.rule), LONGEST_NAME)
    severity = told.severity if told else one.rule.severity[0].severity
    yield tongue.say(RULE_LINE, title=foreign(title), id=foreign(one.rule.id), severity=graded([severity], tongue))
    for condition in one.conditions if with_found else ():
        yield f"  {YES if condition.holds else NO} {foreign(condition_line(condition, tongue))}"


def condition_line(condition: Condition, tongue: Tongue) -> str:
    asks, found = said_to(condition.asks, tongue), said_to(condition.found, tongue)
    return tongue.say(CONDITION, asks=asks, found=found)


def _reading(card: Card, reasons: Why, tongue: Tongue) -> Iterator[str]:
    events = [one.event for one in reasons.rules if one.event is not None]
    if words := ", ".join(dict.fromkeys(_word(why) for event in events for why in event.why)):
        yield tongue.say(WORDS_LINE, words=foreign(clean(words, LONGEST_QUOTE)))
    if quotes := list(dict.fromkeys(event.quote for event in events)):
        yield f"{QUOTE}{foreign(clean(quotes[0], LONGEST_QUOTE))}</blockquote>"
    yield tongue.say(PLACE_LINE, place=foreign(where(card.incident.place, tongue)))
    yield from names(reasons.names, tongue)


def _word(why: str) -> str:
    """What stands in the report, without the key of the vocabulary that it counts under."""
    key, _, word = why.partition(": ")
    return word if key in HARMS else why


def names(found: Iterable[Toponym], tongue: Tongue) -> Iterator[str]:
    """How each mention was taken for its place; one line for each way it is written."""
    ways = {name.surface: name.why for name in found}
    for surface, reason in ways.items():
        why = foreign(said_to(reason, tongue))
        line = tongue.say(NAME_LINE, surface=foreign(clean(surface, LONGEST_NAME)), why=why)
        yield f"  {line}"


def _named(reasons: Why) -> str:
    report = reasons.report
    if report is None:
        return ""
    return linked(report.source or report.url, report.url)

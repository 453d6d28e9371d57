"""All words of looking closer: the card of an incident, what became of a report, feeds, exports, and being forgotten.

A newcomer's mistake is to let a line grow: screens are HTML that is cut between its lines, so each line holds its own
tags, and what is put in from outside is cleaned, shortened and escaped here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from html import escape

from bot.core.eventwords import named
from bot.core.explaining import Condition, Explained
from bot.core.links import without_credentials
from bot.core.markup import foreign
from bot.core.messages import SEMICOLON, VICTIMS, clean, toll_line, where
from bot.core.model import Acknowledgement, Event, MessageKind, MuteKind, Reading, Reason, Victims
from bot.core.sayings import told as said_to
from bot.core.severitywords import graded
from bot.core.tollwords import INJURED, KILLED, counted
from bot.core.tongue import Tongue, mark, plural
from bot.store import FeedHealth, Followed, KeptReport, MessageState
from bot.telegram.alert_texts import (
    CAREFUL,
    LONGEST_NAME,
    LONGEST_QUOTE,
    NAME_LINE,
    NO,
    QUOTE,
    YES,
    acknowledged,
    condition_line,
    in_lines,
    linked,
    source_lines,
)
from bot.telegram.alertdesk import Card
from bot.telegram.lookingdesk import Told, Trace
from bot.telegram.texts import why_paused

# ---------------------------------------------------------------- usage
WHICH_INCIDENT = mark(
    "Which incident? Its short name stands in lists and under “Sources” and “Why”: /incident k3f9a2xq"
)
UNKNOWN_INCIDENT = mark("This chat was told of no incident of that name.")
WHY_WHAT = mark("Send /why with the link of a report, or as a reply to an alert.")
UNKNOWN_REPORT = mark("No feed has brought a report with that link. /feeds shows how the feeds are doing.")
NO_ALERT = mark("That message is no alert of this chat. Reply to an alert, or send /why with the link of a report.")
EXPORT_WHAT = mark(
    "For how long? For example: /export 30d, or from one day to another: /export 2026-03-01 2026-03-31. At most {days}"
    " days."
)
NOTHING_TO_EXPORT = mark("Nothing was told to this chat's rules in that time.")
EXPORTED = plural(
    "{number} incident since {since}, as a table and as a map.",
    "{number} incidents since {since}, as a table and as a map.",
)
EXPORTED_BETWEEN = plural(
    "{number} incident from {since} to {until}, as a table and as a map.",
    "{number} incidents from {since} to {until}, as a table and as a map.",
)
FORGET = mark(
    "Erase everything about this chat? What it listens to, its settings, the texts of its messages and its feedback go"
    " for good. Messages already in this chat stay; only you can delete those."
)
FORGET_YES, FORGET_NO = mark("Erase everything"), mark("Keep it")
KEPT = mark("Nothing was erased.")
FORGOTTEN = mark("Erased: {what}. Nothing about this chat is kept any more. /start begins anew.")
NOTHING_KEPT = mark("Nothing is kept about this chat.")
STALE_FORGET = mark("Nothing was erased: this button does not belong to this chat. Send /forget.")
GONE = {
    "subscriptions": mark("subscriptions ({number})"),
    "outbox": mark("messages ({number})"),
    "feedback": mark("feedback ({number})"),
    "acknowledgements": mark("acknowledgements ({number})"),
    "mutes": mark("mutes ({number})"),
    "chats": mark("settings"),
}
GONE_OTHERWISE = mark("other entries ({number})")

# ---------------------------------------------------------------- an incident
FIRST_TOLD = mark("First told {first}, last {last}")
DENIED = mark("Denied: {quote}")
TOLD_FOR = mark("Told for: {titles}")

# ---------------------------------------------------------------- a report
FETCHED = mark("<b>Fetched</b> {at} from {source}; published {published}")
COPY_OF = mark("<b>Copy</b> of a report by {source}, {at}: copies are counted, not told again")
READ_AS = mark("<b>Read</b> as {language}")
NO_EVENT = mark("It tells of no event.")
BACKGROUND = mark("background, so no news")
NO_PLACE = mark("place not named")
RULES = mark("<b>Rules of this chat</b>")
OTHER_RULES = mark("<b>Rules</b> (this chat listens to none)")
NO_RULES = mark("None that this report could concern.")
FIRES = mark("it holds")
LACKS = mark("it lacks: {what}")
WOULD_HOLD = mark("would hold with {edit}")
DECIDED = mark("<b>Decided</b>: {what}")
DECISIONS = {
    Reason.FIRST_REPORT: mark("the first report of an incident"),
    Reason.TOLL_CHANGED: mark("the toll of a known incident changed"),
    Reason.CONFIRMED: mark("the victims of a known incident are now said to be civilians"),
    Reason.CORRECTED: mark("a known incident was corrected"),
    Reason.DENIED: mark("a known incident was denied"),
    Reason.MORE_SOURCES: mark("one more source of a known incident"),
    Reason.FREQUENT: mark("as many reports as a rule asks for"),
    Reason.COPY: mark("a copy of a known report"),
    Reason.NO_MATCH: mark("no rule wanted it then"),
    Reason.WAITING: mark("a rule waits for more sources or reports"),
    Reason.TOO_OLD: mark("too old to be told: its feed was new, and it was only remembered"),
    Reason.FAILED: mark("it could not be read; the log says why"),
}
THIS_CHAT = mark("<b>This chat</b>")
PAUSED = mark("It is paused ({why}), so nothing is sent to it. /resume")
MUTED = mark("Muted until {until}: {name}. /unmute")
NOTHING_SENT = mark("No message followed from it.")
INCIDENT_LINE = mark("{place}, {toll}: /incident {reference}")
KINDS = {
    MessageKind.NEW: mark("alert"),
    MessageKind.EDIT: mark("edit"),
    MessageKind.REPLY: mark("answer"),
    MessageKind.TELL: mark("message"),
}
STATES = {
    MessageState.SENT: mark("sent {at}"),
    MessageState.PENDING: mark("waits until {due}"),
    MessageState.SENDING: mark("is being sent"),
    MessageState.UNKNOWN: mark("sent {at}, the answer was lost"),
    MessageState.SUPERSEDED: mark("not sent: {why}"),
    MessageState.GIVEN_UP: mark("not sent: {why}"),
}

# ---------------------------------------------------------------- feeds
NO_FEEDS = mark("There are no feeds yet. Whoever runs this bot has to add some first.")
FEED_GONE = mark("{name}: gone since {at}, not asked any more")
FEED_FAILING = mark("{name}: failing since {at}: {error}")
FEED_SILENT = mark("{name}: answers, but has had no news since {at}")
FEED_NEW = mark("{name}: not asked yet")
FEED_WELL = mark("{name}: well, asked {at}")
MORE_FEEDS = plural("… and {number} more, all better", "… and {number} more, all better")

MOST_FEEDS = 25
MOST_RULES = 5
MOST_EVENTS = 3
MOST_LACKS = 2
LONGEST_ERROR = 120


# ---------------------------------------------------------------- an incident
def incident(card: Card, seen_to: Sequence[Acknowledgement], tongue: Tongue) -> str:
    """The card of an incident as it stands, with what each source told. HTML."""
    return in_lines(_incident(card, seen_to, tongue), tongue)


def _incident(card: Card, seen_to: Sequence[Acknowledgement], tongue: Tongue) -> Iterator[str]:
    it = card.incident
    name = tongue.isolated(f"<code>{card.reference}</code>")
    yield f"<b>{foreign(where(it.place, tongue))}</b> · {graded([it.severity], tongue)} · {name}"
    if toll := toll_line(it, tongue):
        yield foreign(toll)
    if quote := clean(it.quote, LONGEST_QUOTE):
        yield f"{QUOTE}{foreign(quote)}</blockquote>"
    if denial := clean(it.denial, LONGEST_QUOTE):
        yield tongue.say(DENIED, quote=f"<i>{foreign(denial)}</i>")
    yield tongue.say(FIRST_TOLD, first=tongue.clock(it.first_seen), last=tongue.clock(it.last_seen))
    if card.rules:
        titles = tongue.listed(tongue.isolated(clean(tongue.title(rule), LONGEST_NAME)) for rule in card.rules)
        yield tongue.say(TOLD_FOR, titles=foreign(titles))
    if line := acknowledged(seen_to, tongue):
        yield foreign(line)
    yield from source_lines(card, tongue)


# ---------------------------------------------------------------- a report
def trace(found: Trace, tongue: Tongue) -> str:
    """What became of a report, stage by stage. HTML."""
    lines = [
        *_fetched(found, tongue),
        *_read(found, tongue),
        *_rules(found, tongue),
        tongue.say(DECIDED, what=tongue.say(DECISIONS[found.kept.reason])),
        *_sent(found, tongue),
    ]
    return in_lines(lines, tongue)


def _fetched(found: Trace, tongue: Tongue) -> Iterator[str]:
    kept, is_open = found.kept, found.reading is not None
    if title := clean(kept.report.title, LONGEST_QUOTE) if is_open else "":
        yield f"“{foreign(tongue.isolated(title))}”"
    source = _source(kept) if is_open else "…"
    times = {"at": tongue.clock(kept.fetched_at), "published": tongue.clock(kept.report.published)}
    yield tongue.say(FETCHED, source=source, **times)
    if found.copy_of is not None:
        original = _source(found.copy_of) if is_open else "…"
        yield tongue.say(COPY_OF, source=original, at=tongue.clock(found.copy_of.report.published))


def _source(kept: KeptReport) -> str:
    return linked(kept.report.source or kept.report.url, kept.report.url)


def _read(found: Trace, tongue: Tongue) -> Iterator[str]:
    if found.reading is None:
        yield tongue.say(CAREFUL)
        return
    language = found.reading.language or "?"
    yield tongue.say(READ_AS, language=tongue.language_name(language) or language)
    if not found.reading.events:
        yield f"  {tongue.say(NO_EVENT)}"
    for event in sorted(found.reading.events, key=lambda event: not event.current)[:MOST_EVENTS]:
        yield from _event(event, found.reading, tongue)


def _event(event: Event, reading: Reading, tongue: Tongue) -> Iterator[str]:
    """What was found: kind, toll and place, the words that say so, and how the place was found."""
    tolls = filter(None, (counted(event.killed, KILLED, tongue), counted(event.injured, INJURED, tongue)))
    place = where(event.place, tongue) if event.place else tongue.say(NO_PLACE)
    who = tongue.say(VICTIMS[event.victims]) if event.victims not in (None, Victims.UNKNOWN) else ""
    parts = [named(event.type, tongue), *tolls, *([who] if who else []), place]
    parts += [] if event.current else [tongue.say(BACKGROUND)]
    yield f"  {YES if event.current else NO} {foreign(tongue.listed(parts))}"
    yield f"  {QUOTE}{foreign(clean(event.quote, LONGEST_QUOTE))}</blockquote>"
    for name in reading.toponyms:
        if event.place is not None and name.place.id == event.place.id:
            surface, why = foreign(clean(name.surface, LONGEST_NAME)), foreign(said_to(name.why, tongue))
            yield f"  {tongue.say(NAME_LINE, surface=surface, why=why)}"
            return


def _rules(found: Trace, tongue: Tongue) -> Iterator[str]:
    yield tongue.say(RULES if found.has_rules else OTHER_RULES)
    if not found.rules:
        yield f"  {tongue.say(NO_RULES)}"
    for one in found.rules[:MOST_RULES]:
        title = tongue.isolated(clean(tongue.title(one.rule), LONGEST_NAME))
        yield f"  {YES if one.fires else NO} {foreign(title)}: {_why(one, found, tongue)}"


def _why(one: Explained, found: Trace, tongue: Tongue) -> str:
    """That it holds, or what it lacks, and of the one thing that it lacks what would do."""
    if one.fires:
        return tongue.say(FIRES)
    asked = [_lack(condition, found, tongue) for condition in one.missing[:MOST_LACKS]]
    said = tongue.say(LACKS, what=foreign(tongue.say(SEMICOLON).join(asked)))
    edit = one.missing[0].edit if len(one.missing) == 1 and found.reading is not None else ""
    return (
        f"{said} ({tongue.say(WOULD_HOLD, edit=f'<code>{escape(clean(edit, LONGEST_ERROR))}</code>')})"
        if edit
        else said
    )


def _lack(condition: Condition, found: Trace, tongue: Tongue) -> str:
    return condition_line(condition, tongue) if found.reading is not None else said_to(condition.asks, tongue)


def _sent(found: Trace, tongue: Tongue) -> Iterator[str]:
    yield tongue.say(THIS_CHAT)
    if found.paused_why:
        yield f"  {tongue.say(PAUSED, why=foreign(clean(why_paused(found.paused_why, tongue), LONGEST_ERROR)))}"
    titles = {one.rule.id: tongue.title(one.rule) for one in found.rules}
    for mute in found.muted:
        name = titles.get(mute.target, mute.name) if mute.kind is MuteKind.RULE else mute.name
        yield f"  {tongue.say(MUTED, until=tongue.clock(mute.until), name=foreign(clean(name, LONGEST_NAME)))}"
    if not any(told.messages for told in found.told):
        yield f"  {tongue.say(NOTHING_SENT)}"
    for told in found.told:
        yield f"  {_incident_line(told, tongue)}"
        yield from (f"    {_message(message, tongue)}" for message in told.messages)


def _incident_line(told: Told, tongue: Tongue) -> str:
    it = told.card.incident
    names = {"place": foreign(where(it.place, tongue)), "toll": foreign(toll_line(it, tongue))}
    return tongue.say(INCIDENT_LINE, reference=told.card.reference, **names)


def _message(message: Followed, tongue: Tongue) -> str:
    times = {"at": tongue.clock(message.changed_at), "due": tongue.clock(message.due_at)}
    why = foreign(clean(message.error, LONGEST_ERROR))
    return f"{tongue.say(KINDS[message.kind])}: {tongue.say(STATES[message.state], why=why, **times)}"


# ---------------------------------------------------------------- feeds
def feeds(found: Sequence[FeedHealth], now: datetime, tongue: Tongue) -> str:
    """One line for each feed, those to worry about first. HTML."""
    if not found:
        return tongue.say(NO_FEEDS)
    lines = [_feed(feed, now, tongue) for feed in found[:MOST_FEEDS]]
    left = len(found) - MOST_FEEDS
    return in_lines([*lines, *([tongue.count(*MORE_FEEDS, left)] if left > 0 else [])], tongue)


def _feed(feed: FeedHealth, now: datetime, tongue: Tongue) -> str:
    name = foreign(clean(feed.title or without_credentials(feed.url), LONGEST_NAME))
    if feed.gone_at:
        return f"❌ {tongue.say(FEED_GONE, name=name, at=tongue.clock(feed.gone_at))}"
    if feed.failures:
        error = foreign(clean(without_credentials(feed.last_error), LONGEST_ERROR))
        return f"❌ {tongue.say(FEED_FAILING, name=name, at=tongue.clock(feed.failing_since or now), error=error)}"
    if silent := feed.silent_since(now):
        return f"🔇 {tongue.say(FEED_SILENT, name=name, at=tongue.clock(silent))}"
    if feed.last_polled_at is None:
        return f"▫️ {tongue.say(FEED_NEW, name=name)}"
    return f"✅ {tongue.say(FEED_WELL, name=name, at=tongue.clock(feed.last_polled_at))}"


# ---------------------------------------------------------------- being forgotten
def forgotten(gone: Mapping[str, int], tongue: Tongue) -> str:
    """What was erased, by what people call it. Plain."""
    if not gone:
        return tongue.say(NOTHING_KEPT)
    known = [tongue.say(GONE[table], number=gone[table]) for table in GONE if table in gone]
    others = sum(count for table, count in gone.items() if table not in GONE)
    known += [tongue.say(GONE_OTHERWISE, number=others)] if others else []
    return tongue.say(FORGOTTEN, what=tongue.listed(known))

"""What a chat wants to hear of an incident, and when: pure answers to what people chose.

A newcomer's mistake is to compare with the exact place where a rule tells the province alone: whoever asks for one
village would learn from each message, or from none, what the rule keeps back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from bot.core.caution import is_finer
from bot.core.model import (
    ChatSettings,
    Coarse,
    Count,
    Delivery,
    Incident,
    Mute,
    MuteKind,
    Narrowed,
    Preferences,
    QuietHours,
    Rhythm,
    Severity,
    Subscriber,
)

LONGEST_HOLD = timedelta(days=3)  # quiet hours that leave a gap which a changed clock swallows last a day longer


# ---------------------------------------------------------------- what
def wants(preferences: Preferences, incident: Incident, severity: Severity, coarse: Coarse | None) -> bool:
    """Does an incident pass what a subscription asks for, where its place is told no finer than `coarse`?"""
    return (
        severity.rank <= preferences.minimum.rank
        and harmed(incident) >= preferences.minimum_toll
        and _lies_in(preferences.place, incident, coarse)
    )


def harmed(incident: Incident) -> int:
    """How many were killed and injured at least: the lower bounds together, or that of a number given for both.

    "Up to 20" is at least none, "dozens" at least 24. The only sum of two figures there is: both are of one incident.
    """
    return max(_least(incident.killed) + _least(incident.injured), _least(incident.casualties))


def _least(count: Count | None) -> int:
    return count.low or 0 if count else 0


def _lies_in(asked: Narrowed | None, incident: Incident, coarse: Coarse | None) -> bool:
    """A place finer than what is told narrows nothing: to pass or not would tell where it happened."""
    if asked is None or is_finer(asked.kind, coarse):
        return True
    return incident.place is not None and asked.id in incident.place.lineage


def comes_at_once(preferences: Preferences, settings: ChatSettings, severity: Severity) -> bool:
    """Is a subscription told when it happens, and not in its digest?"""
    return preferences.rhythm is Rhythm.INSTANT or passes(settings, severity)


def language_for(subscribers: Sequence[Subscriber], incident: Incident, coarse: Coarse | None) -> str:
    """In which language a chat is told of an incident, whose place is told no finer than `coarse`. Empty: as usual.

    A chat has one message for one incident, so where several of its subscriptions tell it, one decides: that which
    tells it at the highest severity, and of several the first by the id of its rule. Those that are told in a digest,
    or want nothing of it, have no say while another one tells it at once.
    """
    severities = {told.id: told.severity for told in incident.told}
    telling = sorted(
        (each for each in subscribers if each.rule_id in severities),
        key=lambda each: (severities[each.rule_id].rank, each.rule_id),
    )
    at_once = (
        each
        for each in telling
        if comes_at_once(each.preferences, each.settings, severities[each.rule_id])
        and wants(each.preferences, incident, severities[each.rule_id], coarse)
    )
    first = next(at_once, next(iter(telling), next(iter(subscribers), None)))
    return first.written_in if first else ""


def passes(settings: ChatSettings, severity: Severity) -> bool:
    """Does an alert come whatever the hour and the rhythm?"""
    return severity is Severity.CRITICAL and settings.critical_passes


# ---------------------------------------------------------------- what not, for a while
def audible(
    subscribers: Iterable[Subscriber], incident: Incident, now: datetime, coarse: Coarse | None
) -> Iterator[Subscriber]:
    """Those that muted neither their rule, nor a place that the incident lies in, nor the incident.

    `coarse` is how finely the chat is told of its place.
    """
    for each in subscribers:
        if not any(hushes(mute, each.rule_id, incident, coarse) for mute in each.mutes if now < mute.until):
            yield each


def hushes(mute: Mute, rule_id: str, incident: Incident, coarse: Coarse | None) -> bool:
    """Does a mute that has not ended silence an incident, as far as one rule tells of it?"""
    match mute.kind:
        case MuteKind.RULE:
            return mute.target == rule_id
        case MuteKind.INCIDENT:
            return mute.target == incident.id
        case MuteKind.PLACE:
            return hushes_place(mute, incident, coarse)


def hushes_place(mute: Mute, incident: Incident, coarse: Coarse | None) -> bool:
    """Does an incident lie in a muted place? One finer than what is told silences nothing: the silence would tell."""
    if coarse is not None and (mute.place_kind is None or is_finer(mute.place_kind, coarse)):
        return False
    return incident.place is not None and mute.target in incident.place.lineage


def belongs_in_digest(subscriber: Subscriber, incident: Incident, now: datetime, delivery: Delivery) -> bool:
    """Is an incident one that a subscription's digest tells of, by now? Its rule told it, it passes, nothing mutes it.

    Also one that was told at once, because it was critical: a digest is read as a whole. `delivery` is how carefully
    the chat is told.
    """
    severity = next((told.severity for told in incident.told if told.id == subscriber.rule_id), None)
    return (
        severity is not None
        and incident.first_seen + delivery.delay <= now
        and wants(subscriber.preferences, incident, severity, delivery.place)
        and bool(list(audible([subscriber], incident, now, delivery.place)))
    )


def is_rule_muted(subscriber: Subscriber, now: datetime) -> bool:
    """Did the chat mute the rule as such?"""
    return any(
        mute.kind is MuteKind.RULE and mute.target == subscriber.rule_id and now < mute.until
        for mute in subscriber.mutes
    )


# ---------------------------------------------------------------- when
def held_until(settings: ChatSettings, at: datetime) -> datetime | None:
    """When the quiet hours end that a moment lies in, in UTC; None for a moment outside of them."""
    quiet, last = settings.quiet, at + LONGEST_HOLD
    if quiet is None or quiet.start == quiet.end:
        return None
    until = at
    while until < last and until.astimezone(settings.zone).time() in quiet:
        until = _next_end(quiet, settings.zone, until)
    return until if until != at else None


def due_again(settings: ChatSettings, severity: Severity, at: datetime) -> datetime:
    """When a message that was held back since then is due by other settings."""
    until = None if passes(settings, severity) else held_until(settings, at)
    return until or at


def _next_end(quiet: QuietHours, zone: tzinfo, at: datetime) -> datetime:
    """When the clock on the wall next shows the end; one that it skips is past as much later as the clock jumped."""
    local = at.astimezone(zone)
    day = local.date() if local.time() < quiet.end else local.date() + timedelta(days=1)
    first = datetime.combine(day, quiet.end, zone)
    end = first.astimezone(UTC)
    return end if end > at else first.replace(fold=1).astimezone(UTC)  # the clock was set back: it shows the end twice

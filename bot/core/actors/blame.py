"""Which of the doers of a sentence is said to have done one event in it.

A newcomer's mistake is to blame for an event whoever did anything: "a bomb killed twelve, a day after the RSF shelled
the town" says nothing of the bomb. A false accusation is worse than none, so a doubt blames nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from bot.core.actors.agents import Agent
from bot.core.actors.names import Namings
from bot.core.model import Actor

NONE: frozenset[str] = frozenset()


class Told(NamedTuple):
    """The words of an event, `first` up to `end`, the country it happened in, and those said to have done it."""

    first: int
    end: int
    country: str | None
    peoples: frozenset[str]


def blamed_for(told: Told, agents: Sequence[Agent], actors: Mapping[str, Actor]) -> frozenset[str]:
    """The ids of the actors that did it; none where several are named, or another country beside them."""
    named = [(agent, actor) for agent in agents if (actor := _meant(agent.who, told.country)) is not None]
    near = [(agent, actor) for agent, actor in named if not _is_apart(told, agent)]
    ids = {actor for _, actor in near}
    if len(ids) > 1 and not _are_joined([agent for agent, _ in near]):
        return NONE
    if told.peoples and any(actors[actor].country not in told.peoples for actor in ids):
        return NONE
    return frozenset(ids)


def _meant(who: Namings, country: str | None) -> str | None:
    """The actor that a word means in a country; None where it may be several, or none of them."""
    here = {naming.actor for naming in who if naming.countries is not None and country in naming.countries}
    anywhere = {naming.actor for naming in who if naming.countries is None}
    meant = here or anywhere
    return next(iter(meant)) if len(meant) == 1 else None


def _is_apart(told: Told, agent: Agent) -> bool:
    """Does the sentence turn to something else among the words of the event and of who did it, or between them?"""
    first, end = min(told.first, agent.first), max(told.end, agent.end)
    return any(first <= turn < end for turn in agent.turns)


def _are_joined(agents: Sequence[Agent]) -> bool:
    """ "By the army and the RSF": one behind the other."""
    return all(one.end + 1 >= other.first for one, other in pairwise(agents))

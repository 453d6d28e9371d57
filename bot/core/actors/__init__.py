"""Armed actors, and which of them a sentence says did what it tells.

`files` reads what people wrote of them, `agents` finds them where the words make them the doer, `blame` judges for each
event whether it was one of them. A newcomer's mistake is to look for the name alone: those who speak, who are attacked
and who fight back are named as often as those who did it.
"""

from bot.core.actors.agents import Agent, agents_in
from bot.core.actors.blame import Told, blamed_for
from bot.core.actors.files import ActorFile, Gathered, gathered, parse_actors
from bot.core.actors.names import NOBODY, Blaming, blaming_of

__all__ = [
    "NOBODY",
    "ActorFile",
    "Agent",
    "Blaming",
    "Gathered",
    "Told",
    "agents_in",
    "blamed_for",
    "blaming_of",
    "gathered",
    "parse_actors",
]

"""Places: the gazetteer, and finding its places in a text.

`find_places` reads a whole report, `Gazetteer.find` what a rule calls a place. A newcomer's mistake is to take a
nationality for a place: "Turkish" is an actor and never found here.
"""

from bot.core.places.cues import Cues
from bot.core.places.deciding import PlacesRead, Rejected, find_places
from bot.core.places.gazetteer import Gazetteer, NoSuchPlace, described, gazetteer_of, precision
from bot.core.places.keys import key_of, without_article
from bot.core.places.nearness import distance_km
from bot.core.places.reasons import says_dateline

__all__ = [
    "Cues",
    "Gazetteer",
    "NoSuchPlace",
    "PlacesRead",
    "Rejected",
    "described",
    "distance_km",
    "find_places",
    "gazetteer_of",
    "key_of",
    "precision",
    "says_dateline",
    "without_article",
]

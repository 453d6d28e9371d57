"""What happened and who is said to have done it, as people read it.

A newcomer's mistake is to show every type of event: those that count casualties say no more than the toll beside them.
"""

from __future__ import annotations

from bot.core.model import Incident
from bot.core.tongue import Tongue, mark

NAMES = {
    "airstrike": mark("air strike"),
    "attack-on-aid-workers": mark("attack on aid workers"),
    "attack-on-health-care": mark("attack on health care"),
    "attack-on-infrastructure": mark("attack on infrastructure"),
    "attack-on-journalists": mark("attack on journalists"),
    "attack-on-school": mark("attack on education"),
    "casualties": mark("harm to people who are not identified"),
    "ceasefire": mark("ceasefire"),
    "chemical-attack": mark("chemical attack"),
    "civilian-casualties": mark("harm to civilians"),
    "combatant-casualties": mark("harm to combatants"),
    "displacement": mark("displacement"),
    "drone-strike": mark("drone strike"),
    "ground-clashes": mark("ground clashes"),
    "kidnapping-detention": mark("abduction or detention"),
    "landmine-explosion": mark("mine or explosive remnant"),
    "massacre": mark("massacre or execution"),
    "peace-talks": mark("peace talks"),
    "protest-violence": mark("violence at a protest"),
    "sexual-violence": mark("sexual violence"),
    "shelling": mark("shelling"),
    "siege-famine": mark("siege or famine"),
}
# The titles of the types that come with the bot; whoever reads them asks for them by the English.
TITLES = (
    mark("Air strikes"),
    mark("Attacks on aid workers"),
    mark("Attacks on health care"),
    mark("Attacks on infrastructure"),
    mark("Attacks on journalists"),
    mark("Attacks on education"),
    mark("People killed or injured, victims not identified"),
    mark("Ceasefires"),
    mark("Chemical attacks"),
    mark("Civilians killed or injured"),
    mark("Combatants killed or injured"),
    mark("Displacement"),
    mark("Drone strikes"),
    mark("Ground clashes"),
    mark("Abductions and detentions"),
    mark("Mines and explosive remnants"),
    mark("Massacres and executions"),
    mark("Peace talks and agreements"),
    mark("Violence at protests"),
    mark("Sexual violence in conflict"),
    mark("Shelling and missiles"),
    mark("Sieges and famine"),
)
COUNTED = frozenset({"civilian-casualties", "casualties", "combatant-casualties"})
CAPITALS = {("tr", "i"): "İ"}  # where they are not those of Unicode
MOST_NAMED = 4
LONGEST_NAME = 40
LONGEST_ACTOR = 80  # characters; whoever writes down a name sees it in the first alert


def named(event_type: str, tongue: Tongue) -> str:
    """The name of a type of event; of one that came with somebody's own rules, its id in words."""
    known = NAMES.get(event_type)
    return tongue.say(known) if known else tongue.isolated(event_type.replace("-", " ")[:LONGEST_NAME])


def what_and_by_whom(incident: Incident, tongue: Tongue) -> str:
    """ "Air strike, attributed to Russia"; nothing where only a toll is told."""
    kinds = sorted((incident.kinds | incident.types) - COUNTED)[:MOST_NAMED]
    what = tongue.listed(named(kind, tongue) for kind in kinds)
    by = tongue.listed(_doers(incident, tongue))
    if what and by:
        return _capital(tongue.say(WHAT_BY, what=what, actors=by), tongue)
    return _capital(tongue.say(BY, actors=by) if by else what, tongue)


WHAT_BY = mark("{what}, attributed to {actors}")
BY = mark("attributed to {actors}")


def _doers(incident: Incident, tongue: Tongue) -> list[str]:
    """The armed actors, then the countries; of a country and its own forces the forces alone."""
    known = [(actor_id, tongue.actor(actor_id)) for actor_id in sorted(incident.blamed)]
    names = (doer.name or actor_id.replace("-", " ") for actor_id, doer in known)
    actors = [tongue.isolated(_visible(name)[:LONGEST_ACTOR]) for name in names]
    left = incident.actors - {doer.country for _, doer in known}
    return [*actors, *(tongue.country(code) or code for code in sorted(left))][:MOST_NAMED]


def _visible(name: str) -> str:
    """Without characters that turn, hide or mark up text: a name may have been copied from anywhere."""
    return "".join(filter(str.isprintable, name))


def _capital(text: str, tongue: Tongue) -> str:
    first = CAPITALS.get((tongue.language, text[:1]), text[:1].upper())
    return first + text[1:]

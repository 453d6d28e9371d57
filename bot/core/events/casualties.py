"""Which people were killed or injured in a sentence: harm words bound to the groups beside them.

"15 civilians were killed and another 20 were wounded" is two statements; the second takes its victims from the first. A
newcomer's mistake is to look for the nearest number: what stands between a number and a harm word decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bot.core.events.binding import Harm, befell_a_name, is_noun, subjects, toll_if_numbered, victims_of
from bot.core.events.groups import Group, groups
from bot.core.events.lexicon import Tag
from bot.core.events.numbers import read_count
from bot.core.events.tagged import Tagged
from bot.core.events.vocabulary import AUXILIARIES, HARM, TOLLS, Role
from bot.core.model import SOME, Count, Victims, exactly

FORCE_REACH = 5  # words: "four groups of regime forces"
NEGATION_REACH = {False: 3, True: 5}  # by verb_first: "lam yusfir al-qasf an wuqu isabat"


class Statement(NamedTuple):
    """What a sentence says of one kind of harm to one class of victims: words `first` up to `end`.

    `kind` is KILLED, INJURED or CASUALTIES (both, in one number). `stated` when a number stands there; `part` when it
    is only said to be among a larger number; `bound` when there are people beside the harm word;
    `parts` are the numbers it contains; `toll` when it is said by a
    word such as "death toll"; `plain` for a part of whom no more is said than "civilian"; `rest` for what is left;
    `mostly` for a whole of which most are civilians.
    """

    kind: Role
    victims: Victims
    size: Count
    first: int
    end: int
    stated: bool
    part: bool = False
    word: str = ""
    bound: bool = True
    parts: tuple[int, ...] = ()
    toll: bool = False
    plain: bool = False
    rest: bool = False
    mostly: bool = False


def statements(text: Tagged) -> list[Statement]:
    """All that a sentence says of killed and injured, in order."""
    harms = list(_harms(text))
    parts = [tag for tag in text.tags if tag.role is Role.INCLUDING] if Role.INCLUDING in text.present else []
    among = [(tag, kind) for tag in parts if (kind := _harm_within(text, tag)) is not None]
    if not harms and not among:
        return []
    everyone = list(groups(text))
    found = [*_of_harms(text, harms, everyone), *_among_the_dead(text, among, everyone)]
    return _of_crew(found) if text.present >= _SHOT_DOWN else found


_SHOT_DOWN = frozenset({Role.AIRCRAFT, Role.DOWNED})


def _of_harms(text: Tagged, harms: Sequence[Harm], everyone: Sequence[Group]) -> list[Statement]:
    """What the words of harm say, each of the groups that no earlier one has taken."""
    found: list[Statement] = []
    free = 0  # words before this one already belong to an earlier harm
    told = -1  # where the number of a toll ends
    for position, word in enumerate(harms):
        harm = toll_if_numbered(text, word, everyone)
        after = harms[position + 1].first if position + 1 < len(harms) else text.sentence.end
        if harm.first == told:  # "the toll rose to 4 dead"
            free = max(free, harm.end)
            continue
        if _negated(text, harm) or _hypothetical(text, harm):
            free = harm.end
            continue
        chain, parts = victims_of(text, harm, everyone, free, after)
        found += _said(text, harm, chain, parts, found)
        told = chain[0].end if chain and harm.kind in TOLLS else -1
        free = max([harm.end, *[g.end for g in chain], *[p.end for p in parts]])
    return _telling(found)


def _of_crew(found: Sequence[Statement]) -> list[Statement]:
    """ "A warplane was shot down, killing all five on board": those in it are fighters; whoever it fell on says so."""
    return [s._replace(victims=Victims.COMBATANT) if s.victims is Victims.UNKNOWN else s for s in found]


def _among_the_dead(text: Tagged, among: Sequence[tuple[Tag, Role]], everyone: Sequence[Group]) -> Iterator[Statement]:
    """ "Twelve children and two fighters were among the dead": a part of a number told elsewhere."""
    for tag, kind in among:
        verb = tag.first - 1 if text.role(tag.first - 1) in AUXILIARIES else tag.first - 2
        for victims, count, members in _by_class(subjects(text, everyone, verb), (), None):
            first, stated = members[0].first, any(g.stated for g in members)
            word = text.prose.slice(tag.first, tag.end - 1)
            plain = any(g.plain for g in members)
            yield Statement(kind, victims, count, first, tag.end, stated, part=True, word=word, plain=plain)


def _harm_within(text: Tagged, tag: Tag) -> Role | None:
    """Killed in "were (also) among the dead", injured in "were among the wounded", none in "were among them"."""
    if AUXILIARIES.isdisjoint((text.role(tag.first - 1), text.role(tag.first - 2))):
        return None
    inside = (lexeme.role for i in range(tag.first, tag.end) for lexeme in text.lexicon.lexemes(text.prose.words[i]))
    return next((role for role in inside if role in (Role.KILLED, Role.INJURED)), None)


def _telling(found: list[Statement]) -> list[Statement]:
    """Without the words of harm that only repeat what another says: "20 injured ... with wounds"."""
    counted = {s.kind for s in found if s.bound}
    if Role.CASUALTIES in counted:
        counted |= {Role.KILLED, Role.INJURED}
    return [s for s in found if s.bound or s.kind not in counted]


# ---------------------------------------------------------------- harm words
def _harms(text: Tagged) -> Iterator[Harm]:
    tags = [tag for tag in text.tags if tag.role in HARM]
    index = 0
    while index < len(tags):
        tag = tags[index]
        follower = tags[index + 1] if index + 1 < len(tags) else None
        if follower and follower.role is not tag.role and _share(text, tag, follower):
            yield Harm(Role.CASUALTIES, tag, tag.first, follower.end)
            index += 2
        else:
            yield Harm(tag.role, tag, tag.first, tag.end)
            index += 1


def _share(text: Tagged, tag: Tag, follower: Tag) -> bool:
    """ "Killed and wounded": nothing but "and" (or a slash) between."""
    if follower.first > tag.end + 1 or {tag.role, follower.role} != {Role.KILLED, Role.INJURED}:
        return False
    if _has_each_its_number(text, tag, follower):
        return False
    if follower.first == tag.end:
        return follower.joined or text.prose.gaps[tag.end - 1].strip() in {"/", "&"}
    return follower.first == tag.end + 1 and text.role(tag.end) in (Role.AND, Role.RANGE)


def _has_each_its_number(text: Tagged, tag: Tag, follower: Tag) -> bool:
    """ "6 Lebanese martyrs and wounded 22"; "killed and wounded 22" has one for both."""
    before = any(read_count(text, i) for i in (tag.first - 1, tag.first - 2) if i >= text.sentence.first)
    return before and read_count(text, follower.end) is not None


def _negated(text: Tagged, harm: Harm) -> bool:
    if Role.NOT not in text.present:
        return False
    first = max(text.sentence.first, harm.first - NEGATION_REACH[text.grammar.verb_first])
    return any(text.role(i) is Role.NOT for i in range(first, harm.first))


def _hypothetical(text: Tagged, harm: Harm) -> bool:
    if Role.HYPOTHETICAL not in text.present:
        return False
    first = max(text.sentence.first, harm.first - 2)
    return harm.kind not in TOLLS and any(text.role(i) is Role.HYPOTHETICAL for i in range(first, harm.first))


# ---------------------------------------------------------------- what is said
TOTAL_REACH = 3  # words: "in total, 35 people died"
_KIND_OF_TOLL = {Role.TOLL: Role.KILLED, Role.INJURED_TOLL: Role.INJURED}


def _said(
    text: Tagged, harm: Harm, chain: list[Group], parts: list[Group], earlier: Sequence[Statement]
) -> Iterator[Statement]:
    kind = _KIND_OF_TOLL.get(harm.kind, harm.kind)
    inherited = _inherited(text, harm, chain, earlier)
    word = text.prose.slice(harm.first, harm.end - 1)
    if text.prose.words[harm.first] in text.grammar.counting and not any(g.stated for g in chain):
        return
    if not chain:
        only = [g for g in parts if g.victims]
        if not only and harm.end - harm.first == 1 and text.prose.words[harm.first] in text.grammar.wanting:
            return
        victims = (only[0].victims if only else inherited) or Victims.UNKNOWN
        count = max((g.size for g in only), key=lambda c: c.figure) if only else SOME
        number = harm.tag.lexeme.number
        bound = bool(only) or number is not None
        count = exactly(number) if number else count
        plain, rest = any(g.plain for g in only), any(g.rest for g in only)
        stated = number is not None
        first, end = harm.first, harm.end
        yield Statement(kind, victims, count, first, end, stated, bool(only), word, bound, plain=plain, rest=rest)
        return
    mostly = bool(parts) and any(g.most and g.plain for g in parts)
    for victims, count, members in _by_class(chain, parts, inherited):
        first, end = min(harm.first, members[0].first), max(harm.end, members[-1].end)
        numbers = _numbers_within(count, [*parts, *members]) if parts or len(members) > 1 else ()
        stated, plain = any(g.stated for g in members), all(g.plain for g in members)
        toll = harm.kind in TOLLS or _is_total(text, first, end)
        whole = Statement(kind, victims, count, first, end, stated, word=word, parts=numbers, toll=toll, plain=plain)
        yield whole._replace(mostly=mostly) if mostly else whole
    for group in parts:
        if group.victims is not None and _is_apart(group) and all(g.victims is not group.victims for g in chain):
            part = Statement(kind, group.victims, group.size, harm.first, max(group.end, harm.end), group.stated)
            yield part._replace(part=True, word=word, plain=group.plain, rest=group.rest)


def _numbers_within(count: Count, groups_: Iterable[Group]) -> tuple[int, ...]:
    return tuple([g.size.figure for g in groups_ if g.stated and count != g.size])


def _is_total(text: Tagged, first: int, end: int) -> bool:
    """ "In total, 35 people died", "35 people in total had died"."""
    if Role.TOTAL not in text.present:
        return False
    return any(text.role(i) is Role.TOTAL for i in range(first - TOTAL_REACH, end + 1))


def _is_apart(part: Group) -> bool:
    """A part of which the class is said, and says nothing of the others."""
    return part.victims is Victims.COMBATANT or part.rest or (part.plain and not part.size.vague)


def _inherited(text: Tagged, harm: Harm, chain: Sequence[Group], earlier: Sequence[Statement]) -> Victims | None:
    """The class of people whose words do not tell it: from the word before, or from the statement before."""
    if harm.kind in TOLLS:
        return _named_before(text, harm)
    if not chain and befell_a_name(text, harm):
        return None
    # "the army killed 12": the word before is who did it
    is_object = bool(chain) and chain[0].first >= harm.end and not is_noun(text, harm)
    before = None if is_object else _named_before(text, harm)
    behind = None if chain else _force_behind(text, harm)
    return before or behind or (earlier[-1].victims if earlier else None)


def _force_behind(text: Tagged, harm: Harm) -> Victims | None:
    """ "Dead and wounded in two units of the army"; "dead and wounded in shelling by the army" is no such."""
    index = harm.end
    while index < text.sentence.end and text.role(index) in (*HARM, Role.AND):
        index = text.at[index].end
    if text.role(index) is Role.PREPOSITION:
        counted = read_count(text, text.at[index].end)
        index = counted[1] if counted else text.sentence.end
    elif text.role(index) is not Role.AMONG:
        return None
    for tag in (text.at[i] for i in range(index, min(index + FORCE_REACH, text.sentence.end)) if i in text.at):
        if tag.role is Role.FORCE or tag.lexeme.victims is Victims.COMBATANT:
            return Victims.COMBATANT
        if tag.role is Role.BY or tag.lexeme.victims is not None:
            return None
    return None


def _named_before(text: Tagged, harm: Harm) -> Victims | None:
    """ "Civilian deaths", "army fatalities": the word before the harm word, when it is no group of its own."""
    after = text.at.get(harm.end)
    if harm.kind in TOLLS and after and after.lexeme.victims and text.joins(harm.end - 1):
        return after.lexeme.victims
    if harm.first == text.sentence.first or text.prose.pauses(harm.first - 1):
        return None
    tag = text.at.get(harm.first - 1)
    if tag is None:
        return None
    return _ADJECTIVES.get(tag.role) or tag.lexeme.victims


_ADJECTIVES = {Role.CIVIL: Victims.CIVILIAN, Role.FORCE: Victims.COMBATANT}


def _by_class(
    chain: Iterable[Group], parts: Sequence[Group], inherited: Victims | None
) -> Iterator[tuple[Victims, Count, list[Group]]]:
    """The groups of a chain by class; those of one class are one partition and may be added."""
    by_class: dict[Victims, list[Group]] = {}
    last = inherited
    for group in chain:
        own = group.victims
        if own is None:
            own = last
        victims = _whole(own or Victims.UNKNOWN, parts)
        by_class.setdefault(victims, []).append(group)
        last = victims
    for victims, members in by_class.items():
        yield victims, _sum(members), members


def _whole(victims: Victims, parts: Sequence[Group]) -> Victims:
    """Of unknown people whose named part are children, medics and the like, the whole is taken for civilian."""
    if victims is not Victims.UNKNOWN or not parts:
        return victims
    if any(g.most and g.victims is Victims.COMBATANT for g in parts):
        return Victims.COMBATANT
    if any(g.plain and not g.most for g in parts):  # "among them two civilians": then the others are none
        return victims
    known = {g.victims for g in parts if g.victims and g.victims is not Victims.UNKNOWN}
    return Victims.CIVILIAN if known == {Victims.CIVILIAN} else victims


def _sum(members: Sequence[Group]) -> Count:
    if len(members) == 1:
        return members[0].size
    stated = [g for g in members if g.stated or g.size.high is not None] or list(members)
    low = sum(g.size.low or 0 for g in stated)
    open_ended = len(stated) < len(members) or any(g.size.high is None for g in stated)
    vague = any(g.size.vague for g in stated)
    above = sum(g.size.above for g in stated) == 1  # "120 fighters and over 60 recruits" are more than 180
    return Count(low, None if open_ended else sum(g.size.high or 0 for g in stated), vague=vague, above=above)

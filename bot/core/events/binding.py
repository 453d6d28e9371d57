"""Whom a harm befell: the groups of people that a harm word has for its subject or object.

"15 civilians were killed", "killed 15 civilians", "15 dead": what stands between a number and a harm word decides, not
the distance alone. A newcomer's mistake is to bind the doer: "the army killed 12" says nothing of soldiers dead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.core.events.figures import figure_of_toll, is_numbered, parts_of_toll
from bot.core.events.groups import BELONGING, MORE_THAN_ONE, Group
from bot.core.events.lexicon import Tag
from bot.core.events.numbers import is_age
from bot.core.events.tagged import Tagged
from bot.core.events.vocabulary import AUXILIARIES, HARM, TOLLS, Role
from bot.core.model import SOME, Victims

REACH_BEFORE = (
    16  # words between a group and the harm that befell it: "15 civilians from the village of ... were killed"
)
REACH_AFTER = {False: 4, True: 12}  # by verb_first: Arabic puts where and how between the verb and its subject


class Harm(NamedTuple):
    """A harm word, or two joined by "and" that share their victims."""

    kind: Role
    tag: Tag
    first: int
    end: int


def victims_of(
    text: Tagged, harm: Harm, everyone: Sequence[Group], free: int, limit: int
) -> tuple[list[Group], list[Group]]:
    """The groups a harm befell, and the groups that are only a part of them."""
    if harm.kind in TOLLS:
        chain = figure_of_toll(text, harm.end, everyone)
        return chain, parts_of_toll(text, chain, everyone)
    chain = _chain(text, harm, everyone, free, limit)
    portions = [g for g in everyone if g.part]
    if not portions:
        return _split(text, chain, [])
    end = max([harm.end, *(g.end for g in chain)])
    start_of_parts = min([harm.first, *(g.first for g in chain)])
    parts = [
        g
        for g in portions
        if start_of_parts < g.first < max(limit, end)
        or (g.end == harm.first and not g.bare)  # "14 of the dead were rebels"
        or (chain and _among(text, g, chain[0]))
    ]
    return _split(text, [g for g in chain if g not in parts], parts)


def _chain(text: Tagged, harm: Harm, everyone: Sequence[Group], free: int, limit: int) -> list[Group]:
    """What is counted with the harm word itself, else what follows it, else what stands before it."""
    if (counted := _counted_itself(text, harm, everyone, free)) is not None:
        upon = [] if counted.victims else _upon(text, harm, everyone)
        return [counted._replace(victims=upon[0].victims) if upon else counted]
    after = _after(text, harm, everyone)
    if after is not None and (everyone[after].stated or not _is_passive(text, harm)):
        return _chain_on(text, everyone, after, limit)
    company = _company(text, harm, everyone, limit)
    if (before := _before(text, harm, everyone, free)) is not None:
        return [*_chain_back(text, everyone, before, free), *company]
    if after is not None:
        return _chain_on(text, everyone, after, limit)
    return company or _upon(text, harm, everyone) or _of_name(text, harm, everyone)


def _company(text: Tagged, harm: Harm, everyone: Sequence[Group], limit: int) -> list[Group]:
    """ "(A farmer was killed) along with her two sons"."""
    tag = text.at.get(harm.end)
    if tag is None or tag.role is not Role.WITH:
        return []
    for position, group in enumerate(everyone):
        if tag.end <= group.first < min(tag.end + REACH_COMPANY, limit):
            return _chain_on(text, everyone, position, limit)
    return []


REACH_COMPANY = 3  # words


def befell_a_name(text: Tagged, harm: Harm) -> bool:
    """ "Soldiers killed Amal Haddad": a name follows the verb."""
    return _end_of_name(text, harm) > harm.end


def _end_of_name(text: Tagged, harm: Harm) -> int:
    """Where the name ends that a verb has for its object: "(killed) Amal Haddad"; no title has such a verb."""
    index = harm.end
    if _is_passive(text, harm) or text.prose.starts_upper(harm.first) or not text.joins(harm.end - 1):
        return index
    while text.role(index) is None and text.prose.starts_upper(index):
        index += 1
        if not text.joins(index - 1):
            break
    return index


def _of_name(text: Tagged, harm: Harm, everyone: Sequence[Group]) -> list[Group]:
    """ "(Killed Amal Haddad,) a teacher": what a name is explained by."""
    end = _end_of_name(text, harm)
    if end == harm.end or not text.prose.pauses(end - 1) or text.role(end) is not Role.ONE:
        return []
    return [group for group in everyone if group.first == end]


def _is_passive(text: Tagged, harm: Harm) -> bool:
    """ "Were killed", "were also killed": then the people stand before, and who follows is who said so."""
    return Role.PASSIVE in (text.role(harm.first - 1), text.role(harm.first - 2))


REACH_OF_NOUN = 1  # words


def _is_apart(text: Tagged, harm: Harm, group: Group) -> bool:
    far = harm.first - group.end > REACH_OF_NOUN
    return far and not AUXILIARIES & {text.role(harm.first - 1), text.role(harm.first - 2)}


def is_noun(text: Tagged, harm: Harm) -> bool:
    """A word of harm that is no verb: "casualties", "deaths", "victims"."""
    return harm.tag.role is Role.CASUALTIES or text.prose.words[harm.first] in text.grammar.wanting


def _upon(text: Tagged, harm: Harm, everyone: Sequence[Group]) -> list[Group]:
    """ "Heavy casualties on the militants", "dead and wounded among civilians": whom a harm without a number befell."""
    for group in everyone:
        if harm.end < group.first <= harm.end + REACH_UPON:
            roles = {text.role(i) for i in range(harm.end, group.first)}
            return [group._replace(size=SOME, stated=False)] if roles & _UPON and not roles & _ENDS_UPON else []
    return []


REACH_UPON = 6
_UPON = frozenset({Role.UPON, Role.AMONG})
_ENDS_UPON = frozenset({*HARM, Role.BY, Role.BARRIER, Role.AND})


def _counted_itself(text: Tagged, harm: Harm, everyone: Sequence[Group], free: int) -> Group | None:
    """ "15 dead", "3 qatla madaniyin": the number counts the harm word, which the next word may qualify."""
    for position, group in enumerate(everyone):
        # behind an unknown word only a noun is counted: "6 Lebanese martyrs", but not "6 villages killed"
        gap = 1 if group.dubious and is_noun(text, harm) and text.joins(harm.first - 1) else 0
        if group.bare and group.end + gap == harm.first and group.first >= free and group.dubious == bool(gap):
            follower = everyone[position + 1] if position + 1 < len(everyone) else None
            if follower and follower.first == harm.end and not follower.stated and text.joins(harm.end - 1):
                return group._replace(victims=follower.victims, end=follower.end, bare=False)
            return group
    return None


_BLOCKS_AFTER = frozenset({*HARM, *AUXILIARIES, Role.AND, Role.WITH, Role.BARRIER, Role.BY, Role.INCLUDING, Role.NOT})


def _after(text: Tagged, harm: Harm, everyone: Sequence[Group]) -> int | None:
    """The position of the first group that follows the harm word with nothing in between that ends its reach."""
    verb_first = text.grammar.verb_first
    last = min(harm.end + REACH_AFTER[verb_first], text.sentence.end)
    starts = {g.first: i for i, g in enumerate(everyone)}
    far = False  # behind a preposition only a number still belongs to the verb
    for index in range(harm.end, last):
        if index > harm.end - 1 and not verb_first and text.prose.pauses(index - 1):
            return None
        if index in starts:
            group = everyone[starts[index]]
            if (group.part and verb_first) or (_belongs_to_next(text, group) and _has_own(text, harm, everyone)):
                return None
            if group.bare and verb_first and text.role(group.end) in HARM:
                return None
            near = index - harm.end <= 1 or not (verb_first and group.victims is Victims.COMBATANT)
            return starts[index] if group.stated or (near and not far) else None
        role = text.role(index)
        if role in _BLOCKS_AFTER or (role is Role.PREPOSITION and not verb_first):
            return None
        tag = text.at.get(index)
        if tag is not None and tag.joined:
            return None
        far = far or role is Role.PREPOSITION or text.prose.pauses(index)
    return None


def _has_own(text: Tagged, harm: Harm, everyone: Sequence[Group]) -> bool:
    """Does a group stand right before the harm word, or before its "were"?"""
    before = harm.first - 1 if harm.first and text.role(harm.first - 1) in AUXILIARIES else harm.first
    return any(group.end == before for group in everyone)


def _belongs_to_next(text: Tagged, group: Group) -> bool:
    """Is this group followed by a harm word of its own: "... and two civilians were wounded"?"""
    if group.end >= text.sentence.end or text.prose.pauses(group.end - 1):
        return False
    index = group.end
    while text.role(index) in AUXILIARIES:
        index += 1
    return text.role(index) in HARM and not text.grammar.verb_first


def _before(text: Tagged, harm: Harm, everyone: Sequence[Group], free: int) -> int | None:
    for position in range(len(everyone) - 1, -1, -1):
        group = everyone[position]
        if group.end > harm.first or group.part:
            continue
        if group.first < free or harm.first - group.end > REACH_BEFORE or _barred(text, group.end, harm.first):
            return None
        if is_noun(text, harm) and _is_apart(text, harm, group):
            return None  # "the president was appalled by the deaths"
        if group.dubious and harm.first - group.end > 3:
            continue
        if _is_doer(text, group):
            continue
        if group.victims is Victims.COMBATANT and befell_a_name(text, harm):
            return None  # "soldiers killed Amal Haddad"
        if text.grammar.verb_first and group.victims is Victims.COMBATANT and not group.stated:
            return None  # where the verb comes first, forces named before it are those who did it
        return _before_aside(text, harm, everyone, position, free)
    return None


def _is_doer(text: Tagged, group: Group) -> bool:
    """ "By soldiers": before the group, or behind it where a language puts such words there."""
    return Role.BY in (text.role(group.first - 1), text.role(group.end))


def _before_aside(text: Tagged, harm: Harm, everyone: Sequence[Group], position: int, free: int) -> int:
    """ "At least two civilians, a writer and a child, were killed": what stands between commas explains the subject."""
    verb = harm.first - 1 if text.role(harm.first - 1) in AUXILIARIES else harm.first
    if verb <= text.sentence.first or not text.prose.pauses(verb - 1):
        return position
    aside = everyone[position].size.figure
    for earlier in range(position - 1, -1, -1):
        group = everyone[earlier]
        if group.first < free or everyone[position].end - group.end > REACH_ASIDE:
            break
        is_joined = text.role(group.end) is Role.AND or _is_joined(text, everyone[earlier + 1])
        if group.stated and not group.part and not is_joined and group.size.figure >= max(aside, MORE_THAN_ONE):
            return earlier
        aside += group.size.figure
    return position


REACH_ASIDE = 30


def _barred(text: Tagged, first: int, end: int) -> bool:
    return Role.BARRIER in text.present and any(text.role(i) is Role.BARRIER for i in range(first, end - 1))


def _chain_on(text: Tagged, everyone: Sequence[Group], start: int, limit: int) -> list[Group]:
    chain = [everyone[start]]
    for group in everyone[start + 1 :]:
        if group.first >= limit or not _connected(text, chain[-1], group):
            break
        chain.append(group)
    if len(chain) > 1 and _belongs_to_next(text, chain[-1]):
        chain.pop()
    while len(chain) > 1 and not chain[-1].part and not _is_listed(text, chain[-2], chain[-1]):
        chain.pop()  # "killed 3 civilians, a doctor said": a list ends with "and"
    return chain


def _is_listed(text: Tagged, one: Group, other: Group) -> bool:
    """Joined by "and", or by nothing at all as in headlines: "kill 14 militants 5 civilians"."""
    bare = one.end == other.first and one.stated and other.stated and not one.bare
    return _joined_by_and(text, one, other) or (bare and not text.prose.pauses(one.end - 1))


def _joined_by_and(text: Tagged, one: Group, other: Group) -> bool:
    return _is_joined(text, other) or any(text.role(i) in _JOINS for i in range(one.end, other.first))


def _is_joined(text: Tagged, group: Group) -> bool:
    """ "And" is stuck to the first word, as in Arabic."""
    tag = text.at.get(group.first)
    return tag is not None and tag.joined


_JOINS = frozenset({Role.AND, Role.WITH})


def subjects(text: Tagged, everyone: Sequence[Group], verb: int) -> list[Group]:
    """The groups that stand right before a verb, or before what says where they are from."""
    last = next((i for i, group in enumerate(everyone) if group.end == verb), None)
    if last is None:
        last = next((i for i, group in enumerate(everyone) if _is_from_there(text, group, verb)), None)
    return [] if last is None else _chain_back(text, everyone, last, text.sentence.first)


def _is_from_there(text: Tagged, group: Group, verb: int) -> bool:
    """ "Two teachers from the village of Sarmin (were among the dead)"."""
    if not group.end < verb <= group.end + REACH_ORIGIN or text.role(group.end) not in BELONGING:
        return False
    between = range(group.end - 1, verb - 1)
    return all(not text.prose.pauses(i) and text.role(i + 1) not in _ENDS_ORIGIN for i in between)


REACH_ORIGIN = 8  # words
_ENDS_ORIGIN = frozenset({*HARM, *AUXILIARIES, Role.AND, Role.BY, Role.BARRIER})


def _chain_back(text: Tagged, everyone: Sequence[Group], start: int, free: int) -> list[Group]:
    chain = [everyone[start]]
    for group in reversed(everyone[:start]):
        apart = group.end < chain[0].first or text.prose.pauses(group.end - 1)
        listed = group.stated and chain[0].stated and not group.bare  # a headline: "22 children 6 teachers killed"
        joined = apart or listed or _joined_by_and(text, group, chain[0])
        if group.first < free or not joined or not _connected(text, group, chain[0]):
            break
        chain.insert(0, group)
    return chain


LONGEST_CONNECTION = 6  # words
_CONNECTS = frozenset(
    {Role.AND, Role.WITH, Role.AGE, Role.DETERMINER, Role.INCLUDING, Role.FURTHER, Role.ONE, Role.OTHERS}
)


def _connected(text: Tagged, one: Group, other: Group) -> bool:
    """Is there nothing but commas, "and", articles and ages between two groups?"""
    index = one.end
    if other.first - index > LONGEST_CONNECTION:
        return False
    while index < other.first:
        tag = text.at.get(index)
        if tag is not None and tag.role in _CONNECTS:
            index = tag.end
        elif text.prose.words[index].isdecimal() and is_age(text, index, index + 1):
            index += 1
        else:
            return False
    return True


def _among(text: Tagged, part: Group, whole: Group) -> bool:
    """ "Ten children were among at least 48 people"."""
    return part.end <= whole.first and any(text.role(i) is Role.AMONG for i in range(part.end, whole.first))


def toll_if_numbered(text: Tagged, harm: Harm, everyone: Sequence[Group]) -> Harm:
    """ "The number of soldiers killed (in the town rose to 39)" is a toll; "the number of soldiers killed" is none."""
    if harm.kind not in _KIND_OF_NUMBER or not is_numbered(text, harm.first):
        return harm
    told = figure_of_toll(text, harm.end, everyone)
    return harm._replace(kind=_KIND_OF_NUMBER[harm.kind]) if told and told[0].bare else harm


_KIND_OF_NUMBER = {Role.KILLED: Role.TOLL, Role.INJURED: Role.INJURED_TOLL}


def _split(text: Tagged, chain: list[Group], parts: list[Group]) -> tuple[list[Group], list[Group]]:
    """ "15 people, 12 civilians and 3 soldiers": a sum and what it is made of."""
    if len(chain) < 2 or not chain[0].stated:
        return chain, parts
    whole, rest = chain[0].size.figure, sum(g.size.figure for g in chain[1:])
    comma = text.prose.pauses(chain[0].end - 1)
    unidentified = chain[0].victims in (None, Victims.UNKNOWN)
    if (comma and whole == rest) or (unidentified and (whole == rest or (comma and rest <= whole))):
        return chain[:1], [*parts, *chain[1:]]
    return chain, parts

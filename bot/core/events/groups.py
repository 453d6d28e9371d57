"""Who and how many: the groups of people that a sentence speaks of, each with its number and class.

"At least nine children and 14 others" is two groups. A newcomer's mistake is to take every number for people: what is
counted must be a person, or nothing at all ("15 were killed"), never raids, years or kilometres.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bot.core.events.lexicon import Tag
from bot.core.events.numbers import COUNTING, is_age, read_count
from bot.core.events.tagged import Tagged
from bot.core.events.vocabulary import AUXILIARIES, HARM, HEADS, NOUN_PARTS, NOUNS, Role
from bot.core.model import SOME, Count, Victims, exactly, vaguely

NOUN_REACH = 5  # words between a number and the noun it counts: "15 innocent young Syrian school children"


class Group(NamedTuple):
    """People as a sentence counts them: words `first` up to `end`.

    `victims` is None where the words do not tell; `part` after "including"; `stated` when a number stands there; `bare`
    when the number has no noun; `dubious` when an unknown noun follows it; `plain` when all it says is "civilian";
    `most` after "mostly"; `rest` when it is what is left of a whole.
    """

    first: int
    end: int
    size: Count
    victims: Victims | None
    part: bool = False
    stated: bool = True
    bare: bool = False
    dubious: bool = False
    others: bool = False
    plain: bool = False
    most: bool = False
    rest: bool = False


def groups(text: Tagged) -> list[Group]:
    """All groups of people in a sentence, in order."""
    return _wholes(list(_each(text)), text)


def _each(text: Tagged) -> Iterator[Group]:
    free, part, most = text.sentence.first, False, False
    for index in _starts(text):
        if index < free:
            continue
        role = text.role(index)
        if role in _OPENS_PART:
            part, most = True, role is Role.MOSTLY
        elif role in HARM or role is Role.AMONG:  # "six, including a child, were among at least 22 people"
            part = most = False
        group = _group(text, index)
        if group is None:
            free = text.at[index].end if index in text.at else index + 1
            continue
        part = part and not _starts_anew(text, group)
        if part:
            group = group._replace(part=True, stated=group.stated or most, most=most)
        yield group
        free = group.end


def _starts(text: Tagged) -> list[int]:
    """The words at which a group, or a part of one, may begin: a third of those with a tag, and digits without."""
    starts = [tag.first for tag in text.tags if tag.role in _STARTS]
    words = text.prose.words
    digits = [i for i in range(text.sentence.first, text.sentence.end) if words[i].isdecimal()]
    if not digits:
        return starts
    phrases = [tag for tag in text.tags if tag.end - tag.first > 1 or tag.first in digits]
    digits = [i for i in digits if not any(tag.first <= i < tag.end for tag in phrases)]  # "on 7 October"
    return sorted(starts + digits)


_OPENS_PART = frozenset({Role.INCLUDING, Role.MOSTLY})


def _starts_anew(text: Tagged, group: Group) -> bool:
    """ "..., including two children, and at least four people, among them a nurse, were injured"."""
    before, after = group.first - 1, text.role(group.end)
    comma = before if text.role(before) is not Role.AND else before - 1
    if comma < text.sentence.first or not text.prose.pauses(comma):
        return False
    return after in _TELLS_OF_WHOLE


_TELLS_OF_WHOLE = frozenset({Role.INCLUDING, *AUXILIARIES, *HARM})


def _wholes(found: list[Group], text: Tagged) -> list[Group]:
    """ "Ten children were among at least 48 people killed": the larger number is the whole, the first a part."""
    if Role.AMONG not in text.present:
        return found
    for position in range(1, len(found)):
        other = found[position]
        if not any(text.role(i) is Role.AMONG for i in range(found[position - 1].end, other.first)):
            continue
        part = next((p for p in range(position - 1, -1, -1) if not found[p].part), None)
        if part is not None and other.stated and other.size.figure > found[part].size.figure:
            found[part] = found[part]._replace(part=True)
    return found


def _group(text: Tagged, index: int) -> Group | None:
    tag = text.at.get(index)
    if tag is None or tag.role in COUNTING:
        counted = read_count(text, index)
        return _counted(text, index, *counted) if counted is not None else None
    if tag.role is Role.ONE:
        return _single(text, index, tag)
    if tag.role in HEADS:
        return _uncounted(text, index)
    if tag.role is Role.OTHERS and tag.lexeme.number != 1:
        count = exactly(tag.lexeme.number) if tag.lexeme.number else vaguely(MORE_THAN_ONE)
        return Group(index, tag.end, count, None, stated=tag.lexeme.number is not None, others=True)
    return _rest(text, index, tag) if tag.role is Role.REST else None


def _rest(text: Tagged, first: int, tag: Tag) -> Group:
    """What is left of a whole: "the rest of the dead were fighters", "the others were children", "the rest rebels"."""
    rest = Group(first, tag.end, vaguely(MORE_THAN_ONE), None, stated=False, others=True)
    harm = _the_harmed(text, text.at[tag.end].end) if text.role(tag.end) is Role.OF else None
    if harm is not None:
        return rest._replace(end=harm.first, victims=_said_to_be(text, harm), part=True, rest=True)
    start = text.at[tag.end].end if text.role(tag.end) is Role.PASSIVE else tag.end
    head = _head(text, start)
    if head is None:  # "the rest were wounded"
        return rest
    victims, end, _ = _class_of(text, head, {text.role(i) for i in range(start, head)})
    return rest._replace(end=end, victims=victims, part=True, rest=True)


MORE_THAN_ONE = 2  # "others", "a number of"


_STARTS = frozenset({*COUNTING, *HEADS, *_OPENS_PART, *HARM, Role.ONE, Role.OTHERS, Role.REST, Role.AMONG})
_ENDS = frozenset(
    {
        *HARM,
        *AUXILIARIES,
        Role.PREPOSITION,
        Role.AND,
        Role.BARRIER,
        Role.BY,
        Role.INCLUDING,
        Role.NOT,
        Role.MEASURE,
        Role.AGE,
    }
)


BELONGING = frozenset({Role.OF, Role.FROM})
_BELONGS = frozenset({Role.PERSON, Role.OTHERS, Role.MEMBERS})


# ---------------------------------------------------------------- nouns
def _counted(text: Tagged, first: int, count: Count, after: int) -> Group | None:
    """The group that a number counts; None when it counts something that is nobody."""
    if is_age(text, first, after):
        return None
    if after >= text.sentence.end or text.prose.pauses(after - 1):
        return Group(first, after, count, None, bare=True)
    if text.role(after) is Role.OF:
        whole = read_count(text, text.at[after].end)
        if whole and whole[0].figure > count.figure:  # "10 of 48 people"
            return Group(first, after, count, None, part=True, bare=True)
        if (harm := _the_harmed(text, text.at[after].end)) is not None:
            return Group(first, harm.first, count, _said_to_be(text, harm), part=True)
        return _counted(text, first, count, text.at[after].end)
    if (
        text.role(after) is Role.INCLUDING and read_count(text, text.at[after].end) is None
    ):  # "25 of them children": a part of a number before
        group = _counted(text, first, count, text.at[after].end)
        return _of_them(text, group) if group else None
    head = _head(text, after)
    if head is not None:
        is_nobody = _is_thing(text, text.at[head]) or _is_whose(text, head)
        return None if is_nobody else _named(text, first, head, count)
    stop = _first_end(text, after)
    if text.role(stop) in (Role.MEASURE, Role.AGE):
        return None
    return Group(first, after, count, None, bare=True, dubious=stop > after)


def _the_harmed(text: Tagged, index: int) -> Tag | None:
    """ "(Eleven of) those killed", "the dead", "the casualties"."""
    tag = text.at.get(index + 1 if text.role(index) is Role.DETERMINER else index)
    return tag if tag and tag.role in HARM else None


REACH_COPULA = 10  # words: "the rest of the dead in the raids on the city were fighters"


def _said_to_be(text: Tagged, harm: Tag) -> Victims | None:
    """ "(Eleven of the dead) were children": the class of a part, from what it is said to be."""
    for index in range(harm.end, min(harm.end + REACH_COPULA, text.sentence.end - 1)):
        role = text.role(index)
        if role is Role.PASSIVE:
            head = _head(text, index + 1)
            return _class_of(text, head, {text.role(i) for i in range(index, head)})[0] if head else None
        if role in HARM or role is Role.BARRIER:
            return None
    return None


def _of_them(text: Tagged, group: Group) -> Group:
    """ "25 of them children" is a part, "3 dead, one of them a child" is not; "15 of them" are those last named."""
    if not group.bare:
        if _is_whole(text, group):
            return Group(group.first, group.first + 1, group.size, None, bare=True)
        return group._replace(part=True)
    named = [tag.lexeme.victims for tag in text.tags if tag.role is Role.PERSON and tag.end <= group.first]
    return group._replace(victims=named[-1]) if named else group._replace(part=True)


def _is_whole(text: Tagged, group: Group) -> bool:
    """ "22, including civilians", "3, among them a child": no number before them of which they could be a part."""
    earlier = (read_count(text, i) for i in _starts(text) if i < group.first)
    return not any(counted and counted[0].figure >= group.size.figure for counted in earlier)


def _head(text: Tagged, after: int) -> int | None:
    """The word at which the noun that is counted starts."""
    for index in range(after, min(after + NOUN_REACH, text.sentence.end)):
        role = text.role(index)
        if role in NOUNS:
            return index
        number = text.prose.words[index].isdecimal()
        if role is Role.AGE or (number and is_age(text, index, index + 1)):  # "a 14-year-old boy"
            continue
        if number or role in _ENDS or not text.joins(index):
            return None
    return None


def _first_end(text: Tagged, after: int) -> int:
    index = after
    while index < min(after + NOUN_REACH, text.sentence.end):
        if text.role(index) in _ENDS or not text.joins(index):
            break
        index += 1
    return index


def _named(text: Tagged, first: int, head: int, count: Count) -> Group:
    adjectives = {text.role(i) for i in range(first, head)}
    victims, end, others = _class_of(text, head, adjectives)
    if text.role(head) is Role.FAMILY and Role.OF not in adjectives and not count.vague:
        count = vaguely(count.figure * MORE_THAN_ONE)
    return Group(first, end, count, victims, others=others, plain=_is_plain(text, head, end))


def _is_plain(text: Tagged, head: int, end: int) -> bool:
    """Does the noun say "civilian" and nothing else?"""
    return any(word.endswith(text.grammar.plain) for word in text.prose.words[head:end])


def _class_of(text: Tagged, head: int, adjectives: set[Role | None]) -> tuple[Victims | None, int, bool]:
    """The class of a noun phrase from its head on: its nouns, what they are members of, its adjectives."""
    nouns: list[Tag] = []
    index = head
    while (tag := text.at.get(index)) is not None and tag.role in NOUN_PARTS and not (nouns and tag.joined):
        nouns.append(tag)
        index = tag.end
        if not text.joins(index - 1):
            break
    roles: set[Role | None] = {n.role for n in nouns}
    others = Role.OTHERS in roles
    roles |= adjectives
    if Role.MEMBERS in roles:
        return *_members(text, index, roles), others
    if Role.FAMILY in roles or Role.CIVIL in roles:
        return Victims.CIVILIAN, index, others
    classes = [n.lexeme.victims for n in nouns if n.role is Role.PERSON]
    known = [c for c in classes if c is not Victims.UNKNOWN]
    if known:
        return known[0 if text.grammar.verb_first else -1], index, others
    if Role.FORCE in roles:
        return Victims.COMBATANT, index, others
    return (Victims.UNKNOWN if classes else None), index, others


def _members(text: Tagged, after: int, roles: set[Role | None]) -> tuple[Victims, int]:
    """Members of a family are civilians, members of a force are not, of anything else nobody knows."""
    near = [tag for i in range(after, min(after + 4, text.sentence.end)) if (tag := text.at.get(i))]
    persons = [tag.lexeme.victims for tag in near]
    seen = {tag.role for tag in near} | roles
    end = next((_end_of_nouns(text, tag) for tag in near if tag.role in NOUNS), after)
    if Role.FAMILY in seen:
        return Victims.CIVILIAN, end
    if Role.FORCE in seen or Victims.COMBATANT in persons:
        return Victims.COMBATANT, end
    return (Victims.CIVILIAN, end) if Victims.CIVILIAN in persons else (Victims.UNKNOWN, after)


def _end_of_nouns(text: Tagged, noun: Tag) -> int:
    """ "Members of the pro-army forces": several nouns in a row are one."""
    while text.joins(noun.end - 1) and (after := text.at.get(noun.end)) is not None and _goes_on(after):
        noun = after
    return noun.end


def _goes_on(noun: Tag) -> bool:
    return noun.role in NOUN_PARTS and not noun.joined


def _single(text: Tagged, index: int, tag: Tag) -> Group | None:
    """ "A child", "an elderly woman": one, when the noun is singular."""
    head = _head(text, tag.end)
    if head is None:
        return None
    noun = text.at[head]
    if noun.role is Role.FAMILY:
        return Group(index, noun.end, vaguely(2), Victims.CIVILIAN, stated=False)
    if noun.role is not Role.PERSON or _is_thing(text, noun):
        return None
    group = _named(text, index, head, exactly(1))
    last = text.at.get(group.end - 1)
    n = last.lexeme.number if last and last.role is Role.PERSON else noun.lexeme.number
    return group._replace(size=_grammatical(n))


def _uncounted(text: Tagged, index: int) -> Group | None:
    noun = text.at[index]
    if noun.role is Role.MEMBERS or _is_adjective(text, noun) or _is_whose(text, index):
        return None
    victims, end, others = _class_of(text, index, set())
    if noun.role is Role.FAMILY:
        return Group(index, end, SOME, Victims.CIVILIAN, stated=False)
    plain = _is_plain(text, index, end)
    after = text.at.get(end)
    if after and after.role is Role.NUMBER and text.grammar.verb_first and after.lexeme.value <= 2:
        end = after.end  # "madani wahid": one and two may stand behind what they count
    stated = noun.lexeme.number == 2
    return Group(index, end, _grammatical(noun.lexeme.number), victims, stated=stated, others=others, plain=plain)


def _is_adjective(text: Tagged, noun: Tag) -> bool:
    """ "Terrorist attack", "police command": a lone singular noun before another word says of what kind that is."""
    if text.grammar.verb_first or noun.role is not Role.PERSON or noun.lexeme.number != 1:
        return False
    if noun.end >= text.sentence.end or text.prose.pauses(noun.end - 1):
        return False
    if _is_compound(text, noun):
        return True
    if noun.first > text.sentence.first and text.role(noun.first - 1) in (Role.DETERMINER, Role.CIVIL):
        return False
    is_name = text.prose.starts_upper(noun.end) and noun.lexeme.victims is Victims.CIVILIAN  # "journalist Amal ..."
    return text.role(noun.end) is None and not is_name


def _is_whose(text: Tagged, family: int) -> bool:
    """ "Six civilians from one family": it says of whom the six are, and is no group of its own."""
    if text.role(family) is not Role.FAMILY:
        return False
    of = next((i for i in range(family - 1, family - 4, -1) if text.role(i) in BELONGING), None)
    return of is not None and text.role(of - 1) in _BELONGS


def _is_compound(text: Tagged, noun: Tag) -> bool:
    """ "Civilian deaths", "police cars": a lone noun that says whose or what kind of."""
    if _is_thing(text, noun):
        return True
    following = text.at.get(noun.end)
    is_harm = following and (following.role is Role.CASUALTIES or text.prose.words[noun.end] in text.grammar.wanting)
    return bool(is_harm) and text.grammar.stacked and text.joins(noun.end - 1)


def _is_thing(text: Tagged, noun: Tag) -> bool:
    """ "Rebel-held", "a terrorist attack", "three regime vehicles": part of a word for something else."""
    is_single = noun.role is Role.FORCE or (noun.role is Role.PERSON and noun.lexeme.number == 1)
    if not text.grammar.stacked or not is_single or not text.joins(noun.end - 1):
        return False
    if text.prose.gaps[noun.end - 1] == "-":
        return text.role(noun.end) is None
    return text.role(noun.end) is Role.MEASURE


def _grammatical(number: int | None) -> Count:
    return SOME if number is None else exactly(number)

"""Who and how many: the groups of people that a sentence speaks of, each with its number and class.

"At least nine children and 14 others" is two groups. A newcomer's mistake is to take every number for people: what is
counted must be a person, or nothing at all ("15 were killed"), never raids, years or kilometres.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.events.lexicon import HARM, Lexicon, Role, Tag
from bot.core.model import SOME, Count, Victims, at_least, exactly, vaguely
from bot.core.text import Gap, Prose, Sentence

NOUN_REACH = 5  # words between a number and the noun it counts: "15 innocent young Syrian school children"
FIRST_YEAR, LAST_YEAR = 1900, 2100


@dataclass(frozen=True, slots=True)
class Group:
    """People as a sentence counts them: words `first` up to `end`.

    `victims` is None where the words do not tell; `part` after "including"; `stated` when a number stands there; `bare`
    when the number has no noun; `dubious` when an unknown noun follows it; `plain` when all it says is "civilian".
    """

    first: int
    end: int
    count: Count
    victims: Victims | None
    part: bool = False
    stated: bool = True
    bare: bool = False
    dubious: bool = False
    others: bool = False
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Tagged:
    """A sentence with its tags, found by the word they start at."""

    prose: Prose
    sentence: Sentence
    lexicon: Lexicon
    tags: tuple[Tag, ...]
    at: Mapping[int, Tag]

    def role(self, index: int) -> Role | None:
        tag = self.at.get(index)
        return tag.role if tag else None

    def joins(self, index: int) -> bool:
        """Is there nothing but a space, a hyphen or an apostrophe after this word?"""
        return index < self.sentence.end - 1 and self.prose.gap(index) is Gap.SPACE


def tagged(prose: Prose, sentence: Sentence, lexicon: Lexicon) -> Tagged:
    tags = tuple(lexicon.tag(prose, sentence))
    return Tagged(prose, sentence, lexicon, tags, {tag.first: tag for tag in tags})


def groups(text: Tagged) -> list[Group]:
    """All groups of people in a sentence, in order."""
    return _wholes(list(_each(text)), text)


def _each(text: Tagged) -> Iterator[Group]:
    index, part = text.sentence.first, False
    while index < text.sentence.end:
        role = text.role(index)
        if role is Role.INCLUDING:
            part = True
        elif role in HARM:
            part = False
        group = _group(text, index)
        if group is None:
            index = text.at[index].end if index in text.at else index + 1
            continue
        part = part and not _starts_anew(text, group)
        yield replace(group, part=part or group.part)
        index = group.end


def _starts_anew(text: Tagged, group: Group) -> bool:
    """ "..., including two children, and at least four people, among them a nurse, were injured"."""
    before, after = group.first - 1, text.role(group.end)
    if text.role(before) is not Role.AND or text.prose.gap(before - 1) is not Gap.PAUSE:
        return False
    return after in {Role.INCLUDING, Role.PASSIVE, *HARM}


def _wholes(found: list[Group], text: Tagged) -> list[Group]:
    """ "Ten children were among at least 48 people killed": the larger number is the whole, the first a part."""
    for position in range(1, len(found)):
        one, other = found[position - 1], found[position]
        among = any(text.role(i) is Role.AMONG for i in range(one.end, other.first))
        if among and other.stated and other.count.figure > one.count.figure:
            found[position - 1] = replace(one, part=True)
    return found


def _group(text: Tagged, index: int) -> Group | None:
    counted = read_count(text, index)
    if counted is not None:
        return _counted(text, index, *counted)
    tag = text.at.get(index)
    if tag is None:
        return None
    if tag.role is Role.ONE:
        return _single(text, index, tag)
    if tag.role in _HEADS:
        return _uncounted(text, index)
    if tag.role is Role.OTHERS and tag.lexeme.number != 1:
        count = exactly(tag.lexeme.number) if tag.lexeme.number else vaguely(MORE_THAN_ONE)
        return Group(index, tag.end, count, None, stated=tag.lexeme.number is not None, others=True)
    return None


MORE_THAN_ONE = 2  # "others", "a number of"


_HEADS = frozenset({Role.PERSON, Role.MEMBERS, Role.FAMILY})
_NOUNS = frozenset({*_HEADS, Role.OTHERS, Role.FORCE})
_NOUN_PARTS = frozenset({*_NOUNS, Role.CIVIL})
_ENDS = frozenset(
    {
        *HARM,
        Role.PREPOSITION,
        Role.AND,
        Role.PASSIVE,
        Role.BARRIER,
        Role.BY,
        Role.INCLUDING,
        Role.NOT,
        Role.MEASURE,
        Role.AGE,
    }
)


# ---------------------------------------------------------------- numbers
def read_count(text: Tagged, index: int) -> tuple[Count, int] | None:
    """A count with its modifiers ("at least 15", "between 9 and 16") starting at a word, and the word after it."""
    modifiers, index_ = _modifiers(text, index)
    found = _number(text, index_)
    if found is None:
        return None
    value, after = found
    high = _upper_end(text, after, index)
    if high is not None and high[0] > value.figure:
        return Count(value.low, high[0]), high[1]
    return _modified(value, modifiers | _trailing(text, after)), after


def _trailing(text: Tagged, after: int) -> frozenset[Role]:
    """ "15 at least", as Arabic likes to say it."""
    return frozenset({Role.AT_LEAST}) if text.role(after) is Role.AT_LEAST else frozenset()


_MODIFIERS = frozenset({Role.AT_LEAST, Role.MORE_THAN, Role.AT_MOST, Role.ABOUT, Role.FURTHER})


def _modifiers(text: Tagged, index: int) -> tuple[frozenset[Role], int]:
    found = set()
    while (tag := text.at.get(index)) is not None and tag.role in _MODIFIERS and index < text.sentence.end:
        found.add(tag.role)
        index = tag.end
    return frozenset(found), index


def _modified(value: Count, modifiers: frozenset[Role]) -> Count:
    n = value.low or 0
    if Role.AT_LEAST in modifiers:
        return at_least(n)
    if Role.MORE_THAN in modifiers:
        return at_least(n + 1) if value.high is not None else value
    if Role.AT_MOST in modifiers and value.high is not None:
        return Count(None, n)
    if Role.ABOUT in modifiers and value.high is not None:
        return Count(n, n, approximate=True)
    return value


def _upper_end(text: Tagged, after: int, first: int) -> tuple[int, int] | None:
    """The second number of a range: 9-16, "9 to 16", "between 9 and 16"."""
    hyphen = after < text.sentence.end and text.prose.gaps[after - 1].strip() in {"-", "–"}
    joint = Role.AND if first and text.role(first - 1) is Role.BETWEEN else Role.RANGE
    if not hyphen and text.role(after) is not joint:
        return None
    found = _number(text, after if hyphen else after + 1)
    return (found[0].high, found[1]) if found and found[0].high else None


def _number(text: Tagged, index: int) -> tuple[Count, int] | None:
    if index >= text.sentence.end:
        return None
    if text.prose.words[index].isdecimal():
        return _digits(text, index)
    tag = text.at.get(index)
    if tag is None:
        return None
    if tag.role is Role.VAGUE:
        return vaguely(tag.lexeme.value), tag.end
    return _number_words(text, index) if tag.role in (Role.NUMBER, Role.MULTIPLIER) else None


def _digits(text: Tagged, index: int) -> tuple[Count, int] | None:
    prose, after = text.prose, index + 1
    written = prose.words[index]
    while after < text.sentence.end and prose.gaps[after - 1] in _THOUSANDS and _three_digits(prose.words[after]):
        written += prose.words[after]
        after += 1
    if (
        written.startswith("0")
        or len(written) > LONGEST_COUNT
        or _spoiled(prose, index, after)
        or _is_date(text, index, after)
    ):
        return None
    value = int(written)
    if (multiplier := text.at.get(after)) is not None and multiplier.role is Role.MULTIPLIER:
        return exactly(value * multiplier.lexeme.value), multiplier.end
    if len(written) == len(prose.words[index]) == len("2020") and FIRST_YEAR <= value <= LAST_YEAR:
        return (exactly(value), after) if text.role(after) is Role.PERSON and text.joins(after - 1) else None
    return exactly(value), after


def _is_date(text: Tagged, first: int, after: int) -> bool:
    """ "March 5", "5 March"."""
    return text.role(after) is Role.MONTH or (first > text.sentence.first and text.role(first - 1) is Role.MONTH)


LONGEST_COUNT = 7  # digits; more is a telephone number
_THOUSANDS = frozenset({",", ".", "٬", "،", "\u00a0", "\u202f", "'"})
_SPOILING_BEFORE = ("$", "€", "£", "#", ":", "/", ".", "-")
_SPOILING_AFTER = (":", "/", "%", "٪", " %", "°", ".", "-year", "-month")


def _three_digits(word: str) -> bool:
    return len(word) == len("000") and word.isdecimal()


def _spoiled(prose: Prose, first: int, after: int) -> bool:
    """Part of a time, date, price, decimal or percentage."""
    before = prose.gaps[first - 1] if first else " "
    behind = prose.gaps[after - 1]
    next_is_digit = after < len(prose.words) and prose.words[after][:1].isdecimal()
    if behind.startswith(("%", "٪", " %")) or before.endswith(("$", "€", "£", "#")):
        return True
    if before.endswith("(") and behind.startswith(")"):  # the age of somebody named
        return True
    if next_is_digit and behind in {":", "/", ".", ","}:
        return True
    return first > 0 and prose.words[first - 1][:1].isdecimal() and before in {":", "/", "."}


def _number_words(text: Tagged, index: int) -> tuple[Count, int]:
    """ "Twenty-five", "two hundred and fifty", "khamsa wa-ishrin": values add where they may, multipliers multiply."""
    total = current = 0
    after = index
    while (tag := text.at.get(after)) is not None and after < text.sentence.end:
        value = tag.lexeme.value
        if tag.role is Role.MULTIPLIER or (tag.role is Role.NUMBER and value in (100, 1000) and current):
            current = max(current, 1) * value
            total, current = (total + current, 0) if value >= 1000 else (total, current)
        elif tag.role is Role.NUMBER and _adds(current, value, joined=tag.joined):
            current += value
        elif not (tag.role is Role.AND and current >= 100 and text.role(tag.end) is Role.NUMBER):
            break
        after = tag.end
        if text.prose.gap(after - 1) is not Gap.SPACE:
            break
    return exactly(total + current), after


def _adds(current: int, value: int, *, joined: bool) -> bool:
    if current == 0:
        return True
    if joined:  # Arabic: units before tens, joined by "and"
        return current % 100 < 10 <= value or current % 100 == 0
    return (current % 100 == 0 and value < 100) or (current % 10 == 0 and current % 100 != 10 and value < 10)


# ---------------------------------------------------------------- nouns
def _counted(text: Tagged, first: int, count: Count, after: int) -> Group | None:
    """The group that a number counts; None when it counts something that is nobody."""
    if after >= text.sentence.end or text.prose.gap(after - 1) is not Gap.SPACE:
        return Group(first, after, count, None, bare=True)
    if _is_age(text, first, after):
        return None
    if text.role(after) is Role.OF:
        whole = read_count(text, text.at[after].end)
        if whole and whole[0].figure > count.figure:  # "10 of 48 people"
            return Group(first, after, count, None, part=True, bare=True)
        if text.role(text.at[after].end) is Role.DETERMINER and text.role(text.at[after].end + 1) in HARM:
            return Group(first, after, count, None, part=True, bare=True)  # "eleven of those killed"
        return _counted(text, first, count, text.at[after].end)
    if (
        text.role(after) is Role.INCLUDING and read_count(text, text.at[after].end) is None
    ):  # "25 of them children": a part of a number before
        group = _counted(text, first, count, text.at[after].end)
        return _of_them(text, group) if group else None
    head = _head(text, after)
    if head is not None:
        return _named(text, first, head, count)
    stop = _first_end(text, after)
    if text.role(stop) in (Role.MEASURE, Role.AGE):
        return None
    return Group(first, after, count, None, bare=True, dubious=stop > after)


def _of_them(text: Tagged, group: Group) -> Group:
    """ "25 of them children" is a part; "killing 15 of them" speaks of those last named."""
    if not group.bare:
        return replace(group, part=True)
    named = [tag.lexeme.victims for tag in text.tags if tag.role is Role.PERSON and tag.end <= group.first]
    return replace(group, victims=named[-1]) if named else replace(group, part=True)


def _is_age(text: Tagged, first: int, after: int) -> bool:
    """ "15-year-old", "aged 15": a hyphen after the number, or a word of age before."""
    return text.prose.gaps[after - 1].startswith("-") or (
        first > text.sentence.first and text.role(first - 1) is Role.AGE
    )


def _head(text: Tagged, after: int) -> int | None:
    """The word at which the noun that is counted starts."""
    for index in range(after, min(after + NOUN_REACH, text.sentence.end)):
        role = text.role(index)
        if role in _NOUNS:
            return index
        is_age = text.prose.words[index].isdecimal() and text.role(index + 1) is Role.AGE
        if role is Role.AGE or is_age:  # "a 14-year-old boy"
            continue
        if role in _ENDS or not text.joins(index) or text.prose.words[index].isdecimal():
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
    return Group(first, end, count, victims, others=others, plain=_is_plain(text, head, end))


def _is_plain(text: Tagged, head: int, end: int) -> bool:
    """Does the noun say "civilian" and nothing else?"""
    return any(text.prose.words[i].endswith(word) for i in range(head, end) for word in text.lexicon.plain)


def _class_of(text: Tagged, head: int, adjectives: set[Role | None]) -> tuple[Victims | None, int, bool]:
    """The class of a noun phrase from its head on: its nouns, what they are members of, its adjectives."""
    nouns: list[Tag] = []
    index = head
    while (tag := text.at.get(index)) is not None and tag.role in _NOUN_PARTS and not (nouns and tag.joined):
        nouns.append(tag)
        index = tag.end
        if not text.joins(index - 1):
            break
    others = any(n.role is Role.OTHERS for n in nouns)
    roles = {n.role for n in nouns} | adjectives
    if Role.MEMBERS in roles:
        return *_members(text, index, roles), others
    if Role.FAMILY in roles or Role.CIVIL in roles:
        return Victims.CIVILIAN, index, others
    classes = [n.lexeme.victims for n in nouns if n.role is Role.PERSON]
    known = [c for c in classes if c is not Victims.UNKNOWN]
    if known:
        return known[0 if text.lexicon.verb_first else -1], index, others
    if Role.FORCE in roles:
        return Victims.COMBATANT, index, others
    return (Victims.UNKNOWN if classes else None), index, others


def _members(text: Tagged, after: int, roles: set[Role | None]) -> tuple[Victims, int]:
    """Members of a family are civilians, members of a force are not, of anything else nobody knows."""
    near = [tag for i in range(after, min(after + 4, text.sentence.end)) if (tag := text.at.get(i))]
    persons = [tag.lexeme.victims for tag in near]
    seen = {tag.role for tag in near} | roles
    end = next((tag.end for tag in near if tag.role in _NOUNS), after)
    if Role.FAMILY in seen:
        return Victims.CIVILIAN, end
    if Role.FORCE in seen or Victims.COMBATANT in persons:
        return Victims.COMBATANT, end
    return (Victims.CIVILIAN, end) if Victims.CIVILIAN in persons else (Victims.UNKNOWN, after)


def _single(text: Tagged, index: int, tag: Tag) -> Group | None:
    """ "A child", "an elderly woman": one, when the noun is singular."""
    head = _head(text, tag.end)
    if head is None:
        return None
    noun = text.at[head]
    if noun.role is Role.FAMILY:
        return Group(index, noun.end, vaguely(2), Victims.CIVILIAN, stated=False)
    if noun.role is not Role.PERSON:
        return None
    group = _named(text, index, head, exactly(1))
    last = text.at.get(group.end - 1)
    n = last.lexeme.number if last and last.role is Role.PERSON else noun.lexeme.number
    return replace(group, count=_grammatical(n))


def _uncounted(text: Tagged, index: int) -> Group | None:
    noun = text.at[index]
    if noun.role is Role.MEMBERS or _is_adjective(text, noun):
        return None
    victims, end, others = _class_of(text, index, set())
    if noun.role is Role.FAMILY:
        return Group(index, end, SOME, Victims.CIVILIAN, stated=False)
    return Group(index, end, _grammatical(noun.lexeme.number), victims, stated=noun.lexeme.number == 2, others=others)


def _is_adjective(text: Tagged, noun: Tag) -> bool:
    """ "Terrorist attack", "police command": a lone singular noun before another word says of what kind that is."""
    if text.lexicon.verb_first or noun.role is not Role.PERSON or noun.lexeme.number != 1:
        return False
    if noun.end >= text.sentence.end or text.prose.gap(noun.end - 1) is not Gap.SPACE:
        return False
    if noun.first > text.sentence.first and text.role(noun.first - 1) in (Role.DETERMINER, Role.CIVIL):
        return False
    is_name = text.prose.starts_upper(noun.end) and noun.lexeme.victims is Victims.CIVILIAN  # "journalist Amal ..."
    return text.role(noun.end) is None and not is_name


def _grammatical(number: int | None) -> Count:
    return SOME if number is None else exactly(number)


def between(text: Tagged, first: int, end: int) -> Sequence[Tag | None]:
    """The tags of the words from `first` up to `end`; None for a word without."""
    return [text.at.get(i) for i in range(first, end)]

"""Rules filed under what they ask for, so that a reading meets those alone that it may concern.

A newcomer's mistake is to decide here: whoever is found is still asked by `match`. What is filed wrongly under too much
costs time, under too little an alert.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from bot.core.events import CASUALTIES
from bot.core.model import Event, Reading, Rule
from bot.core.wording import rarest, whole, words_in

Filed = defaultdict[str, defaultdict[str, list[int]]]  # numbers of rules by the type of an event, then place or word


class RuleIndex(Sequence[Rule]):
    """Rules in their order, filed by type of event and then by place, or by word where they ask for no place.

    Rules for a circle, and those without a place or a word to file them under, are looked at for every event of their
    types. `silent` are the live rules of silence; `needs_places`: does one of them ask what a report names though it
    tells of no event?
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        self.silent = tuple(rule for rule in self._rules if rule.live and rule.silence is not None)
        self.needs_places = any(rule.areas and not rule.events for rule in self.silent)
        self._by_place: Filed = defaultdict(lambda: defaultdict(list))
        self._by_word: Filed = defaultdict(lambda: defaultdict(list))
        self._by_type: defaultdict[str, list[int]] = defaultdict(list)
        for number, rule in enumerate(self._rules):
            if rule.live and rule.silence is None:
                self._file(number, rule)

    @overload
    def __getitem__(self, index: int) -> Rule: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Rule]: ...
    def __getitem__(self, index: int | slice) -> Rule | Sequence[Rule]:
        return self._rules[index]

    def __len__(self) -> int:
        return len(self._rules)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules)

    def _file(self, number: int, rule: Rule) -> None:
        if rule.areas and all(area.within_km is None for area in rule.areas):
            filed, keys = self._by_place, {area.place.id for area in rule.areas}
        else:
            filed, keys = self._by_word, _words_of(rule)
        for event_type in rule.events:
            for key in keys:
                filed[event_type][key].append(number)
            if not keys:
                self._by_type[event_type].append(number)

    def concerned(self, reading: Reading) -> list[Rule]:
        """The rules that may hold for a reading, in their order. Those that may not cost nothing."""
        events = [event for event in reading.events if event.current or event.denies]
        if not events:
            return []
        numbers: set[int] = set()
        for event_type in {event.type for event in events}:
            numbers.update(self._by_type.get(event_type, ()))
            numbers.update(self._saying(event_type, reading))
        for event in events:
            numbers.update(self._at(event))
        return [self._rules[number] for number in sorted(numbers)]

    def bystanding(self, reading: Reading) -> list[Rule]:
        """The rules for the places where somebody was killed or injured, whatever they ask for, in their order."""
        told = [e for e in reading.events if e.type in CASUALTIES and e.place and (e.current or e.denies)]
        if not told:
            return []
        numbers = {number for filed in self._by_type.values() for number in filed}
        lineage = {place_id for event in told if event.place for place_id in event.place.lineage}
        for filed in self._by_place.values():
            numbers.update(number for place_id in lineage & filed.keys() for number in filed[place_id])
        return [self._rules[number] for number in sorted(numbers)]

    def _saying(self, event_type: str, reading: Reading) -> Iterator[int]:
        if filed := self._by_word.get(event_type):
            for word in filed.keys() & words_in(whole(reading.report.title, reading.report.text)):
                yield from filed[word]

    def _at(self, event: Event) -> Iterator[int]:
        if event.place and (filed := self._by_place.get(event.type)):
            for place_id in event.place.lineage:
                yield from filed.get(place_id, ())


def _words_of(rule: Rule) -> set[str]:
    """Words of which a report must have one; none if it may do without."""
    words = {rarest(word) for word in rule.words} if rule.near == "report" else set()
    return set() if "" in words else words

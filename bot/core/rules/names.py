"""What the names in rules may stand for, and texts in which `$name` stands for a list from a file of its own.

A newcomer's mistake is to look at a text before it is expanded: where one may stand, `$armed-groups` may stand too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.model import Place
from bot.core.yamlfile import Node, Reader, unknown

FindPlace = Callable[[str], Place]  # raises LookupError, whose message tells the author what is wrong with the name
WarnOfPlace = Callable[[str], Sequence[str]]  # what an author should know of a name that is found
LIST_MARK = "$"


@dataclass(frozen=True, slots=True)
class Names:
    """What the names in rules may stand for: event types, places, lists and languages.

    `languages` are those that reports are read in, `tongues` those that people are written to in. `idle_words` are
    those that stand in nearly every report of their language, folded.
    """

    events: Collection[str]
    find_place: FindPlace
    warn_of_place: WarnOfPlace = lambda _: ()
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    languages: Collection[str] = ()
    idle_words: Collection[str] = ()
    tongues: Collection[str] = ()


def texts(reader: Reader, node: Node | None, names: Names) -> Iterator[tuple[str, Node]]:
    """The texts of a list, or the one text, each with the node to blame; the lists they name are written out."""
    for item in reader.each(node):
        text = reader.string(item)
        if text.startswith(LIST_MARK):
            yield from ((each, item) for each in _listed(reader, item, text.removeprefix(LIST_MARK), names))
        elif text:
            yield text, item


def _listed(reader: Reader, node: Node, name: str, names: Names) -> Sequence[str]:
    if name not in names.lists:
        reader.problem(node, unknown("list", name, names.lists) if names.lists else _no_lists(name))
    return names.lists.get(name, ())


def _no_lists(name: str) -> str:
    return f"unknown list {name!r}: write it to lists/{name}.yaml beside the alerts, as a YAML list of texts"

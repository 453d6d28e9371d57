"""Lists by name, one to a file: what `lists/armed-groups.yaml` holds stands in rules as `$armed-groups`.

A newcomer's mistake is to name a list inside a list: a list is what it says, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.model import Problem
from bot.core.rules.names import LIST_MARK
from bot.core.yamlfile import Listing, Reader, parse


@dataclass(frozen=True, slots=True)
class ListFile:
    """What became of one file. `name` is how rules call it; with problems, `texts` are those that are fine."""

    name: str
    texts: tuple[str, ...]
    problems: tuple[Problem, ...]


def parse_list(text: str, file: str) -> ListFile:
    """Read a YAML list of texts."""
    document = parse(text, file)
    reader = Reader(file)
    found = []
    for node in reader.items(document.root):
        each = reader.string(node)
        if each.startswith(LIST_MARK):
            reader.problem(node, "a list cannot name another list: write its texts out")
        elif each:
            found.append(each)
    if isinstance(document.root, Listing) and not document.root.items:
        reader.problem(
            document.root, "an empty list would leave its rules without the condition: name at least one text"
        )
    return ListFile(name_of(file), tuple(dict.fromkeys(found)), (*document.problems, *reader.problems))


def name_of(file: str) -> str:
    """How rules call the list in a file: by the file's name, without folder and ending."""
    return file.rpartition("/")[2].rpartition(".")[0]

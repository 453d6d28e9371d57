r"""Strict YAML in which every value knows its line and column.

Nothing in here raises for what a person wrote: what is wrong with the text is in `Document.problems`, what is wrong
with its meaning in `Reader.problems`, each with a position and all at once. A newcomer expects PyYAML's rules; these
are YAML 1.2's: NO, on and 12:30 are texts, 010 is ten, and anchors, merges, tags and repeated keys are refused.

>>> from datetime import timedelta
>>> document = parse("- title: Idlib\n  evry: 5m\n- title: Homs\n  every: 5\n", "feeds.yaml")
>>> reader = Reader(document.file)
>>> for node in reader.items(document.root):
...     fields = reader.fields(node, required=("title",), optional=("every",))
...     title = reader.string(fields.get("title"))
...     every = reader.duration(fields.get("every"), default=timedelta(minutes=1))
>>> for problem in (*document.problems, *reader.problems):
...     print(problem)
feeds.yaml:2:3: unknown key 'evry', did you mean 'every'?
feeds.yaml:4:10: expected a duration such as 30s, 5m, 24h or 7d, found the number 5
"""

from bot.core.yamlfile.nodes import Document, Listing, Mapping, Node, Refused, Scalar, found, problem, shown
from bot.core.yamlfile.reader import Reader, duration_of, is_identifier, unknown
from bot.core.yamlfile.syntax import LARGEST, decode, parse

__all__ = [
    "LARGEST",
    "Document",
    "Listing",
    "Mapping",
    "Node",
    "Reader",
    "Refused",
    "Scalar",
    "decode",
    "duration_of",
    "found",
    "is_identifier",
    "parse",
    "problem",
    "shown",
    "unknown",
]

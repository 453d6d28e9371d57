"""`tocsin schema`: the JSON Schemas of rule files, with the names of the events and lists that there are now.

A newcomer's mistake is to write them once: a new event type or list is completed only after they are written again.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bot.core.pipeline import Rulebook
from bot.core.schemas import Schema, schemas
from bot.rulebook import RulesNotFoundError, load, rules_folder
from bot.tongues import languages

FOLDER = "schemas"


def write_schemas(folder: Path | None, rules: Path | None) -> int:
    """Write one file for each kind of rule file, and name them. The exit status."""
    try:
        source = rules_folder(rules)
        rulebook = load(source)
        target = folder or source / FOLDER
        target.mkdir(parents=True, exist_ok=True)
        for name, schema in schemas_of(rulebook).items():
            path = target / f"{name}.json"
            path.write_text(written(schema), encoding="utf-8")
            print(path)
    except RulesNotFoundError as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"tocsin: {error.filename} cannot be written: {error.strerror}", file=sys.stderr)
        return 2
    return 0


def schemas_of(rulebook: Rulebook) -> dict[str, Schema]:
    """The schemas with the names that a rulebook knows."""
    return dict(schemas(rulebook.event_types, rulebook.lists, rulebook.knowledge.languages, languages()))


def written(schema: Schema) -> str:
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"

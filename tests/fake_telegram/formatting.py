"""Texts and entities as Telegram would keep them, found by Telegram's own parser (TDLib, offline, no login).

Offsets of entities count UTF-16 units, but the limit of a text counts code points, and only after parsing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import tdjson

from tests.fake_telegram.errors import bad_request
from tests.fake_telegram.spec import Json

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ENTITY_LIMIT = 100

PARSE_MODES: dict[str, Json] = {
    "html": {"@type": "textParseModeHTML"},
    "markdownv2": {"@type": "textParseModeMarkdown", "version": 2},
    "markdown": {"@type": "textParseModeMarkdown", "version": 1},
}

BOT_API_NAMES = {
    "Bold": "bold",
    "Italic": "italic",
    "Underline": "underline",
    "Strikethrough": "strikethrough",
    "Spoiler": "spoiler",
    "Code": "code",
    "Pre": "pre",
    "PreCode": "pre",
    "TextUrl": "text_link",
    "BlockQuote": "blockquote",
    "ExpandableBlockQuote": "expandable_blockquote",
    "Url": "url",
    "Mention": "mention",
    "Hashtag": "hashtag",
    "Cashtag": "cashtag",
    "BotCommand": "bot_command",
    "EmailAddress": "email",
    "PhoneNumber": "phone_number",
    "DateTime": "date_time",
}


@dataclass(frozen=True, slots=True)
class Formatted:
    """What is left of a text after parsing, and where it is formatted."""

    text: str
    entities: tuple[Json, ...]

    def fields(self) -> Json:
        """As they stand in a message: `entities` is left out when there are none."""
        return {"text": self.text} | ({"entities": list(self.entities)} if self.entities else {})


def formatted(parameters: Json) -> Formatted:
    """The `text` of a request, by its `parse_mode` or `entities`; refused in the server's words."""
    result = _parsed(parameters["text"], parameters.get("parse_mode"), parameters.get("entities"))
    if not result.text.strip():
        raise bad_request("message text is empty")
    if len(result.text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return result


def captioned(parameters: Json) -> Json:
    """The `caption` of a request as it stands in a message, if it has one."""
    result = _parsed(parameters.get("caption", ""), parameters.get("parse_mode"), parameters.get("caption_entities"))
    if len(result.text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    entities = {"caption_entities": list(result.entities)} if result.entities else {}
    return {"caption": result.text} | entities if result.text else {}


def typed(text: str) -> Formatted:
    """What a person types: only what Telegram finds by itself (commands, links, mentions) is an entity."""
    return Formatted(text, _found_in(text))


def _parsed(text: str, parse_mode: str | None, entities: list[Json] | None) -> Formatted:
    if not parse_mode:
        return Formatted(text, tuple(entities)) if entities else typed(text)
    mode = PARSE_MODES.get(parse_mode.lower())
    if mode is None:
        raise bad_request("unsupported parse_mode")
    answer = _ask({"@type": "parseTextEntities", "text": text, "parse_mode": mode})
    if answer["@type"] == "error":
        raise bad_request(answer["message"][0].lower() + answer["message"][1:])
    asked = _entities(answer)
    found = tuple(e for e in _found_in(answer["text"]) if not any(_overlap(e, other) for other in asked))
    return Formatted(answer["text"], tuple(sorted(asked + found, key=_offset))[:ENTITY_LIMIT])


def _found_in(text: str) -> tuple[Json, ...]:
    return _entities(_ask({"@type": "getTextEntities", "text": text}))


def _entities(answer: Json) -> tuple[Json, ...]:
    return tuple(entity for found in answer["entities"] if (entity := _entity(found)))


def _entity(found: Json) -> Json | None:
    kind: Json = found["type"]
    name = BOT_API_NAMES.get(kind["@type"].removeprefix("textEntityType"))
    if name is None:
        return None
    extras = {key: kind[key] for key in ("url", "language", "unix_time") if key in kind}
    return {"type": name, "offset": found["offset"], "length": found["length"]} | extras


def _overlap(one: Json, other: Json) -> bool:
    return _offset(one) < _end(other) and _offset(other) < _end(one)


def _offset(entity: Json) -> int:
    return int(entity["offset"])


def _end(entity: Json) -> int:
    return _offset(entity) + int(entity["length"])


def _ask(query: Json) -> Any:
    return json.loads(tdjson.td_execute(json.dumps(query).encode()) or b"{}")


_ask({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0})

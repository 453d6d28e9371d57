"""The form of what `tocsin read` and `tocsin replay` answer, as those who measure by it read it.

Nothing more and nothing less: a key that is missing, unknown or of another type is refused. A key with a default may
be left out, but where it stands it is not null.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Literal["title", "text"]
Victims = Literal["civilian", "combatant", "unknown"]
Kind = Literal["country", "admin1", "admin2", "settlement", "neighbourhood", "camp", "site", "region"]
Severity = Literal["critical", "high", "normal"]
Reason = Literal["first-report", "toll-changed", "confirmed", "corrected", "denied", "more-sources"]
PlaceId = Annotated[str, Field(pattern="^(gn|ov|im):.+$")]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$")]


class Exact(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Count(Exact):
    low: int | None
    high: int | None
    approximate: Literal[True] = True


LEFT_OUT = Count(low=None, high=None)


class Place(Exact):
    id: PlaceId
    name: str
    kind: Kind
    country: Country | None
    admin: list[str]
    lat: float | None
    lon: float | None


class Toponym(Exact):
    field: Name
    start: int
    end: int
    surface: str
    place: Place
    why: str


class Event(Exact):
    type: str
    field: Name
    start: int
    end: int
    quote: str
    killed: Count | None
    injured: Count | None
    casualties: Count = LEFT_OUT
    victims: Victims | None
    place: PlaceId | None
    current: bool


class Figures(Exact):
    killed: Count | None
    injured: Count | None
    casualties: Count = LEFT_OUT


class Extracted(Exact):
    title: str
    text: str


class Said(Exact):
    """A line of `read`."""

    id: str | int
    language: str | None
    toponyms: list[Toponym]
    events: list[Event]
    toll: dict[Victims, Figures]
    extracted: Extracted = Extracted(title="", text="")

    def spans(self) -> list[tuple[Name, int, int, str]]:
        """Field, start, end and what must stand there."""
        toponyms = [(t.field, t.start, t.end, t.surface) for t in self.toponyms]
        return toponyms + [(e.field, e.start, e.end, e.quote) for e in self.events]


class Alert(Exact):
    rule: str
    reason: Reason
    severity: Severity
    place: PlaceId | None
    killed: Count | None
    injured: Count | None
    loud: bool


class Done(Exact):
    """A line of `replay`."""

    id: str | int
    incident: str | None
    alerts: list[Alert]
    duplicate_of: str | int | None
    incidents: list[str] = []


class Wrong(Exact):
    """The answer to a line that is no report."""

    id: str | int | None
    error: Annotated[str, Field(min_length=1)]

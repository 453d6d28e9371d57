"""What can go wrong between a client and the server; each fault is used up by the next calls it fits.

`ResetAfter` is the one that hurts: the request was performed and the client cannot know.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.fake_telegram.errors import ApiError

POLLING = "getupdates"


@dataclass(frozen=True, slots=True)
class Refuse:
    """The server says no; any error of `errors`, or one's own."""

    error: ApiError


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A gateway answers in place of the server, in HTML."""

    status: int = 502


@dataclass(frozen=True, slots=True)
class ResetBefore:
    """The connection breaks before the request is performed."""


@dataclass(frozen=True, slots=True)
class ResetAfter:
    """The request is performed, then the connection breaks: the answer is lost."""


@dataclass(frozen=True, slots=True)
class Hang:
    """Nothing happens for so long; then the request is performed, if the client is still there."""

    seconds: float


Fault = Refuse | HtmlPage | ResetBefore | ResetAfter | Hang


@dataclass(slots=True)
class _Planned:
    fault: Fault
    method: str
    times: int

    def fits(self, method: str) -> bool:
        return self.times > 0 and (self.method == method or (not self.method and method != POLLING))


class Faults:
    """The faults still to come. A fault for no method in particular spares the polling."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []

    def plan(self, fault: Fault, method: str = "", times: int = 1) -> None:
        self._planned.append(_Planned(fault, method.lower(), times))

    def clear(self) -> None:
        self._planned.clear()

    def next_for(self, method: str) -> Fault | None:
        planned = next((p for p in self._planned if p.fits(method.lower())), None)
        if planned is None:
            return None
        planned.times -= 1
        return planned.fault

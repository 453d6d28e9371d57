"""What this process of several does: its roles by the command line, its offices by election.

A newcomer's mistake is to take an office for kept: a server that restarts forgets all of them, so each is asked for
again and again, and whoever does something only one may do looks first.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.roles import Role
from bot.store import StoreError
from bot.store.election import Candidate, Office

Job = Callable[[], Awaitable[object]]

log = logging.getLogger(__name__)


OFFICES = {Role.SENDER: Office.SENDING, Role.COMMANDS: Office.LISTENING}


def offices_of(roles: frozenset[Role]) -> frozenset[Office]:
    """What the roles stand for; whoever is there may look after the rest. Hubs are heard where the config says so."""
    if Role.ALL in roles:
        return frozenset({*OFFICES.values(), Office.KEEPING})
    return frozenset({OFFICES[role] for role in roles if role in OFFICES} | {Office.KEEPING})


def plays(roles: frozenset[Role], role: Role) -> bool:
    return role in roles or Role.ALL in roles


class Offices:
    """The offices that are held, as of the last look. `when_asked` hears at every look whether the server answers."""

    def __init__(self, candidate: Candidate, when_asked: Callable[[bool], None] = lambda _: None) -> None:
        self._candidate = candidate
        self._when_asked = when_asked
        self._held: frozenset[Office] = frozenset()
        self._in_vain = False

    def holds(self, office: Office) -> bool:
        return office in self._held

    async def look(self) -> None:
        """Stand for what is not held; while the server cannot be asked, nothing is held."""
        try:
            held = await asyncio.to_thread(self._candidate.stand)
        except StoreError as error:
            if not self._in_vain:
                log.warning("%s; nothing is sent or heard meanwhile", error)
            self._in_vain, held = True, frozenset()
        else:
            self._in_vain = False
        self._when_asked(not self._in_vain)
        for office in held ^ self._held:
            log.info("this process %s: %s", "begins" if office in held else "no longer does", office.name.lower())
        self._held = held

    def if_held(self, office: Office, job: Job) -> Job:
        """The job, done only while the office is held."""

        async def look_first() -> None:
            if self.holds(office):
                await job()

        return look_first

    async def close(self) -> None:
        await asyncio.to_thread(self._candidate.resign)

"""A dead man's switch is called while all is well, and only then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.config import Health
from bot.heartbeat import Heartbeat
from bot.ops import Condition, build_ops, serve_ops
from tests.service.monitoring import free_port, get

WELL, UNWELL = Condition(), Condition(("no round of polling since 12:00:00 UTC",), stops_alerts=True)
ANNOYED = Condition(("rules: idlib.yaml:3:1: unknown key",))


class Switch:
    """The other side: what it was called with, and what it answers."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.status = 200

    async def called(self, request: web.Request) -> web.Response:
        self.calls.append(request.path)
        return web.Response(status=self.status)


@asynccontextmanager
async def listening(switch: Switch) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_get("/{secret}", switch.called)
    runner = web.AppRunner(application)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}/s3cret"
    finally:
        await runner.cleanup()


async def test_it_is_called_while_all_is_well_and_not_otherwise():
    switch, conditions = Switch(), iter([WELL, UNWELL, WELL])
    async with listening(switch) as url:
        heartbeat = Heartbeat(url, lambda: next(conditions))
        for _ in range(3):
            await heartbeat.beat()
        await heartbeat.close()
    assert switch.calls == ["/s3cret", "/s3cret"]


async def test_a_switch_that_fails_is_said_once_and_its_address_never(caplog: pytest.LogCaptureFixture):
    switch = Switch()
    async with listening(switch) as url:
        heartbeat = Heartbeat(url, lambda: WELL)
        for switch.status in (500, 500, 200, 404):
            await heartbeat.beat()
    await heartbeat.beat()  # nobody listens there any more
    await heartbeat.close()

    said = [record.getMessage() for record in caplog.records if record.name == "bot.heartbeat"]
    assert said == ["the heartbeat does not get through: status 500", "the heartbeat does not get through: status 404"]
    assert "s3cret" not in caplog.text


@pytest.mark.parametrize(
    ("condition", "health", "readiness"), [(WELL, 200, 200), (ANNOYED, 503, 200), (UNWELL, 503, 503)]
)
async def test_a_broken_rule_is_a_complaint_and_no_reason_to_start_anew(
    condition: Condition, health: int, readiness: int
):
    where = Health(port=free_port())
    runner = await serve_ops(build_ops(lambda: condition), where.host, where.port)
    try:
        assert (await get(where, "/healthz"))[0] == health
        assert (await get(where, "/readyz"))[0] == readiness
    finally:
        await runner.cleanup()

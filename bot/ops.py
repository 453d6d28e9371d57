"""Health and metrics over HTTP, for the monitoring of whoever runs the bot.

A newcomer's mistake is to call a bot healthy because it answers: it is healthy when it polled lately and may send.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.metrics import REGISTRY

HEALTHY, UNHEALTHY = 200, 503


@dataclass(frozen=True, slots=True)
class Condition:
    """What is wrong at this moment, in words for a person; nothing when all is well.

    `stops_alerts`: does it keep alerts from going out? A rule that cannot be read does not.
    """

    complaints: tuple[str, ...] = ()
    stops_alerts: bool = False


def build_ops(condition: Callable[[], Condition]) -> web.Application:
    """/healthz answers 200 or, with what is wrong, 503, and is for people and their monitoring.

    /readyz is for what starts processes and puts others in their place: it is 503 only while no alert can go out.
    /metrics is Prometheus' text format.
    """

    async def healthz(_: web.Request) -> web.Response:
        complaints = condition().complaints
        return web.json_response(
            {"ok": not complaints, "complaints": list(complaints)}, status=UNHEALTHY if complaints else HEALTHY
        )

    async def readyz(_: web.Request) -> web.Response:
        ready = not condition().stops_alerts
        return web.json_response({"ok": ready}, status=HEALTHY if ready else UNHEALTHY)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})

    application = web.Application()
    application.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)])
    return application


async def serve_ops(application: web.Application, host: str, port: int) -> web.AppRunner:
    """Serve until `cleanup()` of the runner that is answered. OSError when the port is taken."""
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner

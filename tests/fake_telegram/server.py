"""START HERE. A Bot API server on a free loopback port: one bot, any number of chats and people, and faults on demand.

What the documentation does not allow is answered with 400 and also kept in `complaints`: a client under test may
swallow the answer, a fixture must not.
"""

from __future__ import annotations

import asyncio
from typing import Any, Self

from aiogram.types import BufferedInputFile
from aiohttp import web

from tests.fake_telegram import faults, spec
from tests.fake_telegram.chats import PATIENCE_SECONDS, Chat, ChatType, World
from tests.fake_telegram.errors import ApiError, unauthorized
from tests.fake_telegram.faults import Fault, Faults
from tests.fake_telegram.methods import Methods
from tests.fake_telegram.people import Person
from tests.fake_telegram.spec import Json
from tests.fake_telegram.updates import UpdateQueue

TOKEN = "1234567:AAFakeTokenFakeTokenFakeTokenFakeTok"
CONFLICT_PAUSE_SECONDS = 3.0
SHUTDOWN_SECONDS = 0.1
BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class FakeTelegram:
    """Use as `async with FakeTelegram() as telegram`, and give clients `telegram.url`."""

    def __init__(self, token: str = TOKEN, conflict_pause_seconds: float = CONFLICT_PAUSE_SECONDS) -> None:
        self.token = token
        self.world = World(_account(token))
        self.updates = UpdateQueue(conflict_pause_seconds)
        self.faults = Faults()
        self.requests: list[tuple[str, Json]] = []
        self.complaints: list[str] = []
        self._functions = Methods(self.world).modelled | {
            "setwebhook": self.updates.hook,
            "deletewebhook": self.updates.unhook,
        }
        self._runner: web.AppRunner | None = None
        self._revoked = False
        self._port = 0

    @property
    def root(self) -> str:
        """Where the server is; aiogram wants this."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def url(self) -> str:
        """The address to which clients append token and method; python-telegram-bot's `base_url`."""
        return f"{self.root}/bot"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Also after `stop`, at the same address and with the same chats."""
        self._runner = web.AppRunner(
            self._application(), access_log=None, handler_cancellation=True, shutdown_timeout=SHUTDOWN_SECONDS
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """From now on connections are refused."""
        if self._runner is not None:
            await self._runner.cleanup()

    # ---------------------------------------------------------------- the scene
    def person(self, user_id: int, name: str, language: str = "") -> Person:
        """Somebody who has a private chat with the bot."""
        return Person(self.world.add(Chat(user_id, "private", name)), self.world, self.updates, language)

    def group(self, chat_id: int, name: str, *administrators: Person, type: ChatType = "group") -> Chat:  # noqa: A002  the API's word
        """A group with the bot in it."""
        return self.world.add(Chat(chat_id, type, name, administrators={person.id for person in administrators}))

    def revoke_token(self) -> None:
        self._revoked = True

    def restore_token(self) -> None:
        self._revoked = False

    # ---------------------------------------------------------------- what happened
    def calls(self, method: str) -> list[Json]:
        """The parameters of every call of a method so far."""
        return [parameters for name, parameters in self.requests if name == method.lower()]

    async def notice(self) -> str:
        """What the next answer to a tap says; empty if nothing."""
        answer = await asyncio.wait_for(self.world.notices.get(), PATIENCE_SECONDS)
        return str(answer.get("text", ""))

    # ---------------------------------------------------------------- HTTP
    def _application(self) -> web.Application:
        application = web.Application()
        application.router.add_route("*", "/bot{token}/{method}", self._handle)
        return application

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self._respond(request, request.match_info["method"].lower())
        except ApiError as error:
            if isinstance(error, spec.SpecError):
                self.complaints.append(error.description)
            return web.json_response(error.body(), status=error.code, headers=error.headers())

    async def _respond(self, request: web.Request, name: str) -> web.StreamResponse:
        if self._revoked or request.match_info["token"] != self.token:
            raise unauthorized()
        fault = self.faults.next_for(name)
        if isinstance(fault, faults.HtmlPage):
            return web.Response(status=fault.status, text=BAD_GATEWAY, content_type="text/html")
        if isinstance(fault, faults.ResetBefore):
            return _reset(request)
        await _suffer(fault)
        result = await self._perform(request, name)
        if isinstance(fault, faults.ResetAfter):
            return _reset(request)
        return web.json_response({"ok": True, "result": result})

    async def _perform(self, request: web.Request, name: str) -> Any:
        method = spec.method_named(name)
        parameters = spec.parameters_of(method, await _sent(request))
        self.requests.append((name, parameters))
        spec.check_request(method, parameters)
        result = await self._call(name, parameters)
        spec.check_answer(method, result)
        return result

    async def _call(self, name: str, parameters: Json) -> Any:
        if name == faults.POLLING:
            return await self.updates.poll(parameters)
        function = self._functions.get(name)
        if function is None:
            raise spec.SpecError(f"{name} is not modelled; add it to tests/fake_telegram/methods.py")
        return function(parameters)


async def _sent(request: web.Request) -> Json:
    body = await request.json() if request.content_type == "application/json" else await request.post()
    return {name: _uploaded(value) for name, value in {**request.query, **body}.items()}


def _uploaded(value: Any) -> Any:
    """A file of a form as aiogram knows one; anything else as it is."""
    if not isinstance(value, web.FileField):
        return value
    return BufferedInputFile(value.file.read(), filename=value.filename)


async def _suffer(fault: Fault | None) -> None:
    if isinstance(fault, faults.Refuse):
        raise fault.error
    if isinstance(fault, faults.Hang):
        await asyncio.sleep(fault.seconds)


def _reset(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _account(token: str) -> Json:
    return {
        "id": int(token.split(":", maxsplit=1)[0]),
        "is_bot": True,
        "first_name": "Tocsin",
        "username": "tocsin_test_bot",
    }

"""Which addresses may be dialled."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.feeds.errors import FeedError
from bot.feeds.fetch import Ask, Fetched, fetch
from bot.feeds.guard import AddressGuard, ForbiddenAddressError, is_public, open_session
from tests.feeds.feed_server import RSS, FeedServer, answer


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1", "100::1"),
        *("::127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::808:808", "2002:7f00:1::", "2002:a00:1::"),
        *("localhost", "", "2130706433", "127.1"),
    ],
)
def test_an_address_that_is_not_of_the_public_internet_is_refused(address: str):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
)
def test_a_public_address_is_approved_whatever_it_is_wrapped_in(address: str):
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "localhost.", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "127.1", "0", "[::1]"),
        *("[::ffff:127.0.0.1]", "user@127.0.0.1", "１２７.0.0.1", "①②⑦.0.0.1", "127。0。0。1"),
        *("0.0.0.0", "127.0.0.1.", "127.0.1", "0x7f000001", "017700000001", "127.255.255.254", "user:pass@127.1"),
        *("[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:7f00:1]", "[::ffff:0:0]", "[::127.0.0.1]"),
    ],
)
async def test_no_spelling_of_this_machine_is_reached(server: FeedServer, host: str):
    server.pages["/"] = answer(body=RSS)
    async with serving_on("::1", server.port) as other, open_session("test") as http:
        with pytest.raises(FeedError):
            await fetch(Ask(f"http://{host}:{server.port}/"), http)
    assert server.requests == other == []


@asynccontextmanager
async def serving_on(host: str, port: int) -> AsyncIterator[list[object]]:
    """Who came to this address meanwhile; nobody ever does where the machine has no such address."""
    came: list[object] = []
    try:
        listening = await asyncio.start_server(lambda reader, _: came.append(reader), host, port)
    except OSError:
        yield came
        return
    async with listening:
        yield came


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where the guard lets anybody dial. Nothing leaves the machine: past the guard the wire is cut."""
    addresses: list[str] = []
    judge = AddressGuard.make_socket

    def cut(guard: AddressGuard, info: aiohttp.AddrInfoType) -> socket.socket:
        judge(guard, info).close()
        addresses.append(str(info[4][0]))
        raise OSError("the wire is cut")

    monkeypatch.setattr(AddressGuard, "make_socket", cut)
    return addresses


@pytest.mark.parametrize(
    "host",
    [
        *("10.0.0.1", "172.31.255.255", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "255.255.255.255"),
        *("3232235521", "0xA9FEA9FE", "0300.0250.0.1", "192.168.1", "10.1", "[fe80::1]", "[fd00::1]", "[fec0::1]"),
        *("[::ffff:10.0.0.1]", "[::ffff:a9fe:a9fe]", "[64:ff9b::a00:1]", "[64:ff9b:1::a00:1]", "[2002:c0a8:1::]"),
        *("[::10.0.0.1]", "[2001:db8::1]", "[2001::1]", "[ff02::1]", "224.0.0.1", "[100::1]"),
    ],
)
async def test_nobody_in_our_own_network_is_dialled_however_the_address_is_written(dialled: list[str], host: str):
    async with open_session("test") as http:
        with pytest.raises(FeedError):
            await fetch(Ask(f"http://{host}/feed"), http)
    assert dialled == []


async def test_a_public_address_is_dialled(dialled: list[str]):
    async with open_session("test") as http:
        with pytest.raises(FeedError, match="the wire is cut"):
            await fetch(Ask("http://8.8.8.8/feed"), http)
    assert dialled == ["8.8.8.8"]


# ---------------------------------------------------------------- names that lead elsewhere the second time
class Turning(AbstractResolver):
    """A name server whose answers change: to each question the next of them, and from then on the last."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [
            ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0)
            for address in answer
        ]

    async def close(self) -> None:
        pass


@pytest.fixture
def name_server(monkeypatch: pytest.MonkeyPatch) -> Callable[[Turning], None]:
    """Puts a name server in the place of the machine's; answers are not kept, so that every request asks anew."""

    def install(turning: Turning) -> None:
        monkeypatch.setattr("bot.feeds.guard.ThreadedResolver", lambda: turning)
        monkeypatch.setattr("bot.feeds.guard._DNS_CACHE_SECONDS", 0)

    return install


async def test_a_name_that_is_public_first_and_ours_afterwards_reaches_nothing_of_ours(
    server: FeedServer, dialled: list[str], name_server: Callable[[Turning], None]
):
    name_server(Turning(["8.8.8.8"], ["127.0.0.1"]))
    async with open_session("test") as http:
        for wrong in ("the wire is cut", r"leads to 127\.0\.0\.1, which is not a public address"):
            with pytest.raises(FeedError, match=wrong):
                await fetch(Ask(f"http://turning.example:{server.port}/"), http)
    assert dialled == ["8.8.8.8"]
    assert server.requests == []


async def test_of_a_name_that_is_public_and_ours_at_once_the_public_address_alone_is_dialled(
    server: FeedServer, dialled: list[str], name_server: Callable[[Turning], None]
):
    name_server(Turning(["127.0.0.1", "8.8.8.8", "10.0.0.1"]))
    async with open_session("test") as http:
        with pytest.raises(FeedError):
            await fetch(Ask(f"http://turning.example:{server.port}/"), http)
    assert dialled == ["8.8.8.8"]
    assert server.requests == []


@pytest.mark.parametrize("allowed", ["127.0.0.1", "127.0.0.1:{port}", "LOCALHOST", "localhost:{port}"])
async def test_an_allowed_host_is_reached_by_the_name_it_was_allowed_under(server: FeedServer, allowed: str):
    server.pages["/"] = answer(body=RSS)
    allowed = allowed.format(port=server.port)
    async with open_session("test", frozenset({allowed})) as http:
        url = f"http://{allowed.partition(':')[0]}:{server.port}/"
        assert isinstance(await fetch(Ask(url), http), Fetched)


async def test_an_allowed_port_opens_no_other_port():
    guard = AddressGuard(frozenset({"127.0.0.1:8080", "[::1]:8080"}))
    for family, where in ((socket.AF_INET, ("127.0.0.1", 8080)), (socket.AF_INET6, ("::1", 8080, 0, 0))):
        guard.make_socket((family, socket.SOCK_STREAM, 0, "", where)).close()
        with pytest.raises(ForbiddenAddressError):
            guard.make_socket((family, socket.SOCK_STREAM, 0, "", (where[0], 8081)))


async def test_the_environment_names_no_proxy(server: FeedServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("http_proxy", server.url("/"))
    async with open_session("test", frozenset({server.host})) as http:
        with pytest.raises(FeedError):
            await fetch(Ask("http://127.0.0.2/feed"), http)
    assert server.requests == []


async def test_a_refusal_says_what_to_do(server: FeedServer, http: aiohttp.ClientSession):
    with pytest.raises(FeedError, match=r"localhost leads to .*127\.0\.0\.1.*list its host under allow_private"):
        await fetch(Ask(f"http://localhost:{server.port}/"), http)

"""Which addresses may be dialled."""

import socket

import aiohttp
import pytest

from bot.feeds import Ask, FeedError, Fetched, fetch, open_session
from bot.feeds.guard import AddressGuard, ForbiddenAddressError, is_public
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
    ],
)
async def test_no_spelling_of_this_machine_is_reached(server: FeedServer, host: str):
    server.pages["/"] = answer(body=RSS)
    async with open_session("test") as http:
        with pytest.raises(FeedError):
            await fetch(Ask(f"http://{host}:{server.port}/"), http)
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

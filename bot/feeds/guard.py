"""Whom a feed may make us talk to: public addresses alone, one request to a host at a time.

A newcomer's mistake is to judge the URL. A name says nothing until it is resolved, and a second look-up may answer
otherwise; so the address is judged when the socket to it is made, for every redirect anew.
"""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from types import SimpleNamespace
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")  # all that IANA has handed out; everything else is special
_COMPATIBLE: Final = IPv6Network("::/96")  # RFC 4291, 2.5.5.1
_NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052
_DNS_CACHE_SECONDS: Final = 60
PROJECT_URL: Final = "https://github.com/tocsin-alerts/tocsin"  # named to feeds where the config gives no contact


class ForbiddenAddressError(OSError):
    """The address is not public and nobody allowed it."""


def is_public(address: str) -> bool:
    """Whether the address is global unicast, judging the IPv4 address where an IPv6 one carries it inside."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    inner = _inner_ipv4(ip) if isinstance(ip, IPv6Address) else ip
    if inner is None:
        return ip in _GLOBAL_UNICAST and ip.is_global
    return inner.is_global and not inner.is_multicast


def _inner_ipv4(ip: IPv6Address) -> IPv4Address | None:
    if ip in _COMPATIBLE or ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped or ip.sixtofour


class AddressGuard(AbstractResolver):
    """Lets aiohttp see and dial approved addresses only.

    Names are judged when they are resolved; every address is judged again when it is dialled, because literals are
    never resolved. `allow_private` holds hosts or `host:port` pairs, as in the feed's URL, that may be private.
    """

    def __init__(self, allow_private: frozenset[str]) -> None:
        self._allowed = frozenset(host.casefold() for host in allow_private)
        self._resolver = ThreadedResolver()
        self._vouched: set[tuple[str, int]] = set()  # where the allowed names were found to lead

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        if self._is_allowed(host, port):
            self._vouched.update((result["host"], port) for result in found)
            return found
        public = [result for result in found if is_public(result["host"])]
        if not public:
            raise _forbidden(f"{host} leads to {', '.join(sorted({result['host'] for result in found}))}, which")
        return public

    def make_socket(self, addr_info: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, protocol, _, where = addr_info
        address, port = str(where[0]), int(where[1])
        if not (is_public(address) or (address, port) in self._vouched or self._is_allowed(address, port)):
            raise _forbidden(address)
        return socket.socket(family, kind, protocol)

    async def close(self) -> None:
        await self._resolver.close()

    def _is_allowed(self, host: str, port: int) -> bool:
        bracketed = f"[{host}]" if ":" in host else host
        return not self._allowed.isdisjoint({host.casefold(), f"{bracketed.casefold()}:{port}"})


def _forbidden(what: str) -> ForbiddenAddressError:
    return ForbiddenAddressError(f"{what} is not a public address; if it is meant, list its host under allow_private")


def user_agent(version: str, contact_url: str = "") -> str:
    """Who asks, and where a server's owner can complain."""
    return f"Tocsin/{version} (+{contact_url or PROJECT_URL})"


def open_session(agent: str, allow_private: frozenset[str] = frozenset()) -> aiohttp.ClientSession:
    """The one session for all feeds; call it inside the running loop, and close it.

    It keeps no cookies, reads no proxy from the environment, keeps no connection open (feeds are on different hosts;
    500 kept TLS connections cost 262 MB), and leaves decompression to `fetch`, which limits it.
    """
    guard = AddressGuard(allow_private)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            resolver=guard,
            socket_factory=guard.make_socket,
            ttl_dns_cache=_DNS_CACHE_SECONDS,
            limit_per_host=1,
            force_close=True,
        ),
        headers={"User-Agent": agent},
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        trace_configs=[_waiting_is_free()],
    )


def _waiting_is_free() -> aiohttp.TraceConfig:
    """Stops a request's deadline while it waits for its turn at a host: the slow feed before it is not its fault.

    `fetch` hands its deadline in as `trace_request_ctx`.
    """
    tracing = aiohttp.TraceConfig()
    tracing.on_connection_queued_start.append(_stop_deadline)
    tracing.on_connection_queued_end.append(_resume_deadline)
    return tracing


async def _stop_deadline(_http: aiohttp.ClientSession, request: SimpleNamespace, _: object) -> None:
    deadline = request.trace_request_ctx
    request.seconds_left = deadline.when() - asyncio.get_running_loop().time()
    deadline.reschedule(None)


async def _resume_deadline(_http: aiohttp.ClientSession, request: SimpleNamespace, _: object) -> None:
    request.trace_request_ctx.reschedule(asyncio.get_running_loop().time() + request.seconds_left)

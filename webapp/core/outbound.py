"""Calls that leave the house, to addresses somebody else chose (push services, webhooks).

A host must be on the allow-list and reached by https; its addresses are resolved once, must all
be public, and the connection goes to the very address that was checked, so that a name cannot
change its mind in between. Redirects are not followed. Five seconds, 64 kB (QUALITY R13).
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import SplitResult, urlsplit

import certifi
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from webapp.core.offload import run_blocking

SECONDS = 5.0
LARGEST_ANSWER = 64 * 1024
LONGEST_URL = 1000
PORTS = {"https": 443, "http": 80}
# Nothing that a parser could read in two ways: no user, no backslash, no space, ASCII only.
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[!-\[\]-~]*)?")
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*")


class Refused(Exception):
    """The address may not be called; `reason` is a code for logs and tests."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unreachable(Exception):
    """Nobody answered in time: worth trying again."""


@dataclass(frozen=True)
class Target:
    """A checked address: where to call, and whether its allow-list entry named the port."""

    scheme: str
    host: str
    port: int
    path: str
    loopback_allowed: bool


@dataclass(frozen=True)
class Answer:
    """What came back, cut at 64 kB."""

    status_code: int
    reason: str
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")


def check_url(url: str, allowed: Iterable[str], *, production: bool) -> Target:
    """The target a URL names, by its text alone (no look-up). Raises Refused."""
    if len(url) > LONGEST_URL or not _PLAIN_URL.fullmatch(url):
        raise Refused("malformed")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port or PORTS[parts.scheme]
    except ValueError:
        raise Refused("malformed") from None
    if "[" not in parts.netloc and not _HOST.fullmatch(host):
        raise Refused("malformed")
    with_port = _is_allowed(host, port, parts, allowed)
    if parts.scheme != "https" and (production or not with_port):
        raise Refused("not_https")
    path = parts.path or "/"
    if parts.query:
        path += "?" + parts.query
    return Target(parts.scheme, host, port, path, with_port and not production)


def _is_allowed(host: str, port: int, parts: SplitResult, allowed: Iterable[str]) -> bool:
    """Was the entry that lets it through written with a port? Raises Refused when none does."""
    if f"{host}:{port}" in allowed or f"[{host}]:{port}" in allowed:
        return True
    for entry in allowed:
        suffix = entry.removeprefix("*")
        wild = entry.startswith("*.") and host.endswith(suffix) and len(host) > len(suffix)
        if (wild or host == entry) and port == 443 and parts.scheme == "https":
            return False
    raise Refused("not_allowed")


def resolve(target: Target) -> str:
    """The address to connect to: the first, when all the host has may be called.

    Raises Refused for anything private, Unreachable when the name is unknown.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{target.host}: {error}") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses:
        raise Unreachable(target.host)
    for address in addresses:
        if not _may_call(address, loopback_allowed=target.loopback_allowed):
            raise Refused("private_address")
    return addresses[0]


def _may_call(text: str, *, loopback_allowed: bool) -> bool:
    address = ipaddress.ip_address(text.split("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        # An IPv4 address in disguise is judged as what it is.
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is not None:
            return _may_call(str(inner), loopback_allowed=False)
        if address in ipaddress.ip_network("64:ff9b::/96"):
            return False
    if address.is_loopback:
        return loopback_allowed
    return address.is_global and not address.is_multicast


class Caller:
    """Posts to allowed hosts only. Has the `post` of a requests session, for libraries."""

    def __init__(self, allowed: Iterable[str], *, production: bool) -> None:
        self._allowed = frozenset(allowed)
        self._production = production

    def check(self, url: str) -> Target:
        """Judge a URL before it is stored. Raises Refused."""
        target = check_url(url, self._allowed, production=self._production)
        literal = _literal(target.host)
        if literal is not None and not _may_call(literal, loopback_allowed=target.loopback_allowed):
            raise Refused("private_address")
        return target

    def post(
        self, url: str, data: bytes = b"", headers: Mapping[str, str] | None = None, timeout: float = SECONDS
    ) -> Answer:
        """Send `data`; whatever status comes back is an answer. Raises Refused, Unreachable."""
        target = self.check(url)
        connection = _connection(target, resolve(target), timeout)
        # One deadline for all of it: a peer that drips bytes is cut off too.
        cut = threading.Timer(timeout, _cut, (connection,))
        cut.start()
        try:
            connection.request(
                "POST",
                target.path,
                body=data,
                headers={**dict(headers or {}), "Host": _host_header(target)},
                preload_content=False,
                decode_content=False,
            )
            response = connection.getresponse()
            content = _read(response)
        except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError) as error:
            raise Unreachable(f"{target.host}: {type(error).__name__}") from error
        finally:
            cut.cancel()
            connection.close()
        return Answer(response.status, response.reason or "", response.headers, content)


def _literal(host: str) -> str | None:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None


def _host_header(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    return host if target.port == PORTS[target.scheme] else f"{host}:{target.port}"


def _connection(target: Target, address: str, timeout: float) -> HTTPConnection:
    """A connection to the checked address that speaks to the host by its name."""
    if target.scheme == "http":
        return HTTPConnection(address, target.port, timeout=timeout)
    return HTTPSConnection(
        address,
        target.port,
        timeout=timeout,
        ssl_context=run_blocking(_tls),
        server_hostname=target.host,
        assert_hostname=target.host,
    )


def _cut(connection: HTTPConnection) -> None:
    peer = getattr(connection, "sock", None)
    if peer is not None:
        with contextlib.suppress(OSError):
            peer.shutdown(socket.SHUT_RDWR)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


def _read(response: urllib3.BaseHTTPResponse) -> bytes:
    """At most 64 kB of it."""
    content = b""
    while len(content) < LARGEST_ANSWER:
        piece = response.read1(min(8192, LARGEST_ANSWER - len(content)))
        if not piece:
            break
        content += piece
    return content

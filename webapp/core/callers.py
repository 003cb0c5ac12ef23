"""Where a request comes from."""

from __future__ import annotations

import ipaddress

from flask import request

PASSED_ON = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip")


def is_from_this_machine() -> bool:
    """Did a program on this very machine call, with no proxy in between, and by a local name?

    A proxy on the same machine also connects from loopback: whatever says that a request was passed
    on counts against it. So does a name that is not this machine's, since any site may let its own
    name point here.
    """
    if any(header in request.headers for header in PASSED_ON):
        return False
    before = request.environ.get("werkzeug.proxy_fix.orig", {})
    return _is_loopback(before.get("REMOTE_ADDR") or request.remote_addr) and _is_loopback(_host())


def _host() -> str:
    name, colon, port = request.host.rpartition(":")
    host = name if colon and port.isdigit() else request.host
    return "127.0.0.1" if host == "localhost" else host.strip("[]")


def _is_loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False

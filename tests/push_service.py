"""A push service on loopback, as browsers' ones behave: records, decrypts, verifies, misbehaves.

    with PushService() as push:                      # http://127.0.0.1:<port>
        phone = push.subscribe()                     # a device with its own keys
        phone.as_json()                              # what a browser gives: {endpoint, keys}
        ...                                          # let the product know it, make something happen
        push.wait_for(1)                             # until one POST came, or AssertionError
        push.received[0].payload                     # decrypted JSON
        push.received[0].headers["Topic"], .claims   # what it said, VAPID checked already

`push.allow` is the entry for `PUSH_ALLOWED_HOSTS`. `push.answers` is a list of statuses used up
one by one (201 afterwards); `"hang"` keeps the sender waiting, `"drop"` closes the connection,
`"redirect"` points elsewhere, `"drip"` sends a byte now and then. In a browser test give
`phone.as_json()` to the page in place of `PushManager.subscribe`, or POST it to the API.
"""

from __future__ import annotations

import base64
import contextlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

import http_ece
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature


def b64encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def b64decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


@dataclass
class Device:
    """A subscription with the private half that only the device has."""

    endpoint: str
    private_key: ec.EllipticCurvePrivateKey
    auth: bytes

    @classmethod
    def at(cls, endpoint: str) -> Device:
        return cls(endpoint, ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16))

    @classmethod
    def from_raw(cls, endpoint: str, private: bytes, auth: bytes) -> Device:
        number = int.from_bytes(private, "big")
        return cls(endpoint, ec.derive_private_key(number, ec.SECP256R1()), auth)

    def as_json(self) -> dict[str, Any]:
        keys = {"p256dh": b64encode(point(self.private_key.public_key())), "auth": b64encode(self.auth)}
        return {"endpoint": self.endpoint, "keys": keys}

    def decrypt(self, body: bytes) -> bytes:
        """RFC 8291: the plaintext of an aes128gcm body sent to this device."""
        return http_ece.decrypt(
            body, private_key=self.private_key, auth_secret=self.auth, version="aes128gcm"
        )


@dataclass
class Received:
    """One POST: to which device, its headers, the decrypted payload, the verified VAPID claims."""

    device: Device
    headers: dict[str, str]
    payload: dict[str, Any]
    claims: dict[str, Any]
    status: int | str
    faults: list[str] = field(default_factory=list)


def verify_vapid(header: str, origin: str) -> tuple[dict[str, Any], list[str]]:
    """RFC 8292: the claims of an Authorization header, and what is wrong with it."""
    scheme, _, rest = header.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
    if scheme.lower() != "vapid" or not {"t", "k"} <= parts.keys():
        return {}, ["no vapid header"]
    signed, _, signature = parts["t"].rpartition(".")
    raw = b64decode(signature)
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b64decode(parts["k"]))
    halves = (int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    faults = []
    try:
        key.verify(encode_dss_signature(*halves), signed.encode(), ec.ECDSA(hashes.SHA256()))
    except Exception:
        faults.append("bad signature")
    head, claims = (json.loads(b64decode(part)) for part in signed.split("."))
    if head.get("alg") != "ES256":
        faults.append("not ES256")
    if claims.get("aud") != origin:
        faults.append(f"aud {claims.get('aud')!r} is not {origin!r}")
    if not time.time() < claims.get("exp", 0) <= time.time() + 86_400:
        faults.append("exp is past or more than a day ahead")
    if not str(claims.get("sub", "")).startswith(("mailto:", "https:")):
        faults.append("no contact")
    return {**claims, "key": parts["k"]}, faults


class PushService:
    """The service; a context manager. Thread-safe enough for tests."""

    def __init__(self) -> None:
        self.devices: dict[str, Device] = {}
        self.received: list[Received] = []
        self.answers: list[int | str] = []
        self.headers_back: dict[str, str] = {}
        self._arrived = threading.Condition()
        self._released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def allow(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> PushService:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()

    def subscribe(self) -> Device:
        """A new device of this service."""
        path = f"/push/{secrets.token_urlsafe(16)}"
        self.devices[path] = device = Device.at(self.origin + path)
        return device

    def payloads(self, device: Device | None = None) -> list[dict[str, Any]]:
        """What was received, by one device or all."""
        return [each.payload for each in self.received if device is None or each.device is device]

    def wait_for(
        self, count: int, seconds: float = 10.0, *, where: Callable[[Received], bool] = lambda _each: True
    ) -> list[Received]:
        """The POSTs that fit once there are at least `count`; AssertionError when time is up."""
        deadline = time.monotonic() + seconds
        with self._arrived:
            while True:
                found = [each for each in self.received if where(each)]
                if len(found) >= count:
                    return found
                left = deadline - time.monotonic()
                assert left > 0, f"{len(found)} of {count} pushes came within {seconds} s"
                self._arrived.wait(left)

    def _note(self, path: str, headers: dict[str, str], body: bytes) -> int | str:
        status = self.answers.pop(0) if self.answers else 201
        device = self.devices.get(path)
        if device is None:
            return 404
        claims, faults = verify_vapid(headers.get("Authorization", ""), self.origin)
        if headers.get("Content-Encoding") != "aes128gcm":
            faults.append("not aes128gcm")
        if not headers.get("TTL", "").isdigit():
            faults.append("no TTL")
        try:
            payload = json.loads(device.decrypt(body))
        except Exception as error:
            payload = {}
            faults.append(f"undecipherable: {error}")
        with self._arrived:
            self.received.append(Received(device, headers, payload, claims, status, faults))
            self._arrived.notify_all()
        return 400 if faults else status

    def _handler(service) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {
                    key.title() if key.islower() else key: value for key, value in self.headers.items()
                }
                headers |= {
                    name: self.headers[name] for name in ("TTL", "Topic", "Urgency") if name in self.headers
                }
                status = service._note(self.path, headers, body)
                with contextlib.suppress(OSError):
                    self._answer(status)

            def _answer(self, status: int | str) -> None:
                if status == "hang":
                    service._released.wait(30)
                elif status == "drip":
                    while not service._released.wait(0.2):
                        self.wfile.write(b"X")
                elif status == "redirect":
                    self._say(307, {"Location": f"{service.origin}/elsewhere"})
                elif status == "huge":
                    self.send_response(201)
                    self.end_headers()
                    while not service._released.is_set():
                        self.wfile.write(b"x" * 65536)
                elif isinstance(status, int):
                    self._say(status, service.headers_back)

            def _say(self, status: int, headers: dict[str, str]) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler

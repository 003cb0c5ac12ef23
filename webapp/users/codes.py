"""Codes of authenticator apps and recovery codes, on Flask-Security's Totp.

A secret is kept as Flask-Security does it: encrypted (AES, a key stretched by PBKDF2) under a key
derived from `SECRET_KEY`. Of recovery codes only an HMAC under another such key is kept. Stretching
is work for the CPU, so it runs away from the event loop.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any

import segno
from flask import Flask, current_app
from flask_security import Totp

from webapp.core.offload import run_blocking
from webapp.users.rules import app_code

ISSUER = "Encours"
# A phone's clock may be off: the half-minutes before and after count too.
WINDOW_SECONDS = 30
RECOVERY_CODES = 10


class Seen:
    """Which half-minute the last code was for. A code of that one, or of an earlier one, is used up."""

    def __init__(self, counter: int | None) -> None:
        self.counter = counter


class OneUseTotp(Totp):
    """Flask-Security's Totp, which leaves to the application that no code is taken twice."""

    def get_last_counter(self, user: Any) -> int | None:
        counter: int | None = user.counter
        return counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        user.counter = tmatch.counter


def configure(app: Flask) -> None:
    """Give Flask-Security what its Totp needs. Call it before the extension is initialised."""
    app.config["SECURITY_TOTP_SECRETS"] = {"1": _key(app, "authenticator apps").hex()}
    app.config["SECURITY_TOTP_ISSUER"] = ISSUER
    app.config["SECURITY_MULTI_FACTOR_RECOVERY_CODES"] = True


def _key(app: Flask, purpose: str) -> bytes:
    """A key of its own for each purpose, derived from SECRET_KEY."""
    return hmac.digest(str(app.config["SECRET_KEY"]).encode(), f"encours: {purpose}".encode(), "sha256")


def _totp() -> Totp:
    totp: Totp = current_app.extensions["security"].totp_factory
    return totp


def new_secret() -> str:
    """A secret for an authenticator app, already encrypted."""
    return run_blocking(_totp().generate_totp_secret)


def typed_secret(secret: str) -> str:
    """The secret as a person types it into an app, in groups of four."""
    return run_blocking(_totp().get_totp_pretty_key, secret)


def app_address(secret: str, email: str) -> str:
    """The `otpauth:` address an app reads from the QR code."""
    return run_blocking(_totp().get_totp_uri, email, secret)


def qr_code(address: str) -> str:
    """The address as a picture: a `data:` URL of an SVG, dark on white whatever the theme."""
    return segno.make(address, error="m").svg_data_uri(scale=5, border=3, light="#fff")


def step_of(secret: str, code: str, after: int | None) -> int | None:
    """The half-minute a code is for; None when it is wrong, too old, or not later than `after`."""
    seen = Seen(after)
    verify: Callable[..., bool] = _totp().verify_totp
    good = run_blocking(verify, app_code(code), secret, seen, window=WINDOW_SECONDS)
    return seen.counter if good else None


def new_recovery_codes() -> list[str]:
    """Ten codes of 48 random bits, such as `5cb6-1e2f-faef`."""
    return _totp().generate_recovery_codes(RECOVERY_CODES)


def recovery_hash(code: str) -> str:
    """What is kept of a recovery code: nobody finds it back without `SECRET_KEY`."""
    key = _key(current_app._get_current_object(), "recovery codes")  # type: ignore[attr-defined]
    return hmac.digest(key, code.encode(), "sha256").hex()

"""The key by which push services know us (RFC 8292): made at first use, kept in the instance folder."""

from __future__ import annotations

import base64
import contextlib
import os
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

FILE = "vapid_private.pem"


def private_key(instance: Path) -> ec.EllipticCurvePrivateKey:
    """The private key; several processes that start at once agree on one."""
    path = instance / FILE
    if not path.exists():
        _make(path)
    return _load(path, path.stat().st_mtime)


def public_key(instance: Path) -> str:
    """What browsers subscribe with: the uncompressed point, base64url without padding."""
    point = (
        private_key(instance)
        .public_key()
        .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    )
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


@cache
def _load(path: Path, _changed: float) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{path} holds no elliptic-curve key")
    return key


def _make(path: Path) -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    draft = path.with_name(f"{FILE}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    # A link appears whole or not at all, and never replaces the key another process just made.
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()

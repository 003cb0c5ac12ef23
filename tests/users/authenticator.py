"""A phone that makes passkeys: it answers WebAuthn ceremonies as a browser hands them over."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url, encode_cbor

USER_PRESENT, USER_VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Phone:
    """Holds one passkey for one site. `verifies` is false for a key that asks for no finger or PIN."""

    host: str = "localhost"
    origin: str = "http://localhost"
    verifies: bool = True
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    handle: bytes | None = None

    def create(self, challenge: bytes) -> str:
        """What `navigator.credentials.create` answers."""
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        length = struct.pack(">H", len(self.credential_id))
        attested = bytes(16) + length + self.credential_id + encode_cbor(public)
        data = self._data(ATTESTED) + attested
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", challenge)
        return self._answer(clientDataJSON=client, attestationObject=attestation)

    def get(self, challenge: bytes) -> str:
        """What `navigator.credentials.get` answers."""
        self.count += 1
        client, data = self._client("webauthn.get", challenge), self._data()
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._answer(**parts, **({"userHandle": self.handle} if self.handle else {}))

    def _data(self, more: int = 0) -> bytes:
        flags = USER_PRESENT | more | (USER_VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client(self, kind: str, challenge: bytes) -> bytes:
        said = {"type": kind, "challenge": bytes_to_base64url(challenge), "origin": self.origin}
        return json.dumps(said).encode()

    def _answer(self, **parts: bytes) -> str:
        name = bytes_to_base64url(self.credential_id)
        response = {key: bytes_to_base64url(value) for key, value in parts.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})

"""The measuring instrument itself: proven against the RFC's own vector before it judges others."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
import pywebpush
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid

from tests.push_service import Device, PushService, b64decode, b64encode, point, verify_vapid


def test_it_decrypts_the_vector_of_rfc_8291(real_files: Path) -> None:
    vector = json.loads((real_files / "vectors/webpush/rfc8291_appendix_a.json").read_text())
    device = Device.from_raw(
        "https://push.test/x", b64decode(vector["ua_private"]), b64decode(vector["auth_secret"])
    )
    assert b64encode(point(device.private_key.public_key())) == vector["ua_public"]
    assert device.decrypt(b64decode(vector["body"])).decode() == vector["plaintext"]


def test_it_verifies_signature_audience_and_expiry() -> None:
    key = Vapid(ec.generate_private_key(ec.SECP256R1()))

    def header(**claims: object) -> str:
        exp = int(time.time()) + 3600
        return key.sign({"sub": "mailto:a@b.test", "aud": "http://p", "exp": exp, **claims})["Authorization"]

    assert verify_vapid(header(), "http://p")[1] == []
    assert "aud" in verify_vapid(header(), "http://other")[1][0]
    assert verify_vapid(header(exp=int(time.time()) - 5), "http://p")[1]
    assert verify_vapid(header(exp=int(time.time()) + 90_000), "http://p")[1]
    other = Vapid(ec.generate_private_key(ec.SECP256R1()))
    swapped = (
        header().split("k=")[0]
        + "k="
        + other.sign({"sub": "mailto:a@b.test", "aud": "http://p", "exp": int(time.time()) + 60})[
            "Authorization"
        ].split("k=")[1]
    )
    assert verify_vapid(swapped, "http://p")[1] == ["bad signature"]
    assert verify_vapid("Bearer x", "http://p")[1] == ["no vapid header"]


def test_it_answers_as_told_and_refuses_what_it_cannot_read() -> None:
    with PushService() as push:
        phone = push.subscribe()
        push.answers = [429]
        key = Vapid(ec.generate_private_key(ec.SECP256R1()))
        for expected in (429, 201):
            try:
                answer = pywebpush.webpush(
                    phone.as_json(), "{}", key, {"sub": "mailto:a@b.test"}, timeout=5, ttl=60
                )
            except pywebpush.WebPushException as error:
                answer = error.response
            assert answer.status_code == expected
        stranger = Device.at(phone.endpoint)
        with pytest.raises(pywebpush.WebPushException) as refusal:
            pywebpush.webpush(stranger.as_json(), "{}", key, {"sub": "mailto:a@b.test"}, timeout=5, ttl=60)
        assert refusal.value.response.status_code == 400
        assert push.received[-1].faults

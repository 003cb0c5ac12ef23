"""One push to one device: encrypted (RFC 8291), signed (RFC 8292), sent through the guard."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from flask_babel import lazy_gettext as _l

from webapp.config import Settings
from webapp.core.errors import Invalid
from webapp.core.outbound import SECONDS, Caller, Refused, Unreachable
from webapp.notifications import rules, vapid

# A push service may write here when our pushes misbehave (RFC 8292, 2.1).
CONTACT = "mailto:postmaster@encours.app"


@dataclass(frozen=True)
class Parcel:
    """Everything needed to send, read beforehand: no transaction is open while the network is slow."""

    endpoint: str
    p256dh: str
    auth: str
    payload: Mapping[str, Any]
    kind: str
    topic: str


@dataclass(frozen=True)
class Outcome:
    """`sent`, `gone`, `retry` or `failed`; why, and what wait the service asked for."""

    state: str
    error: str | None = None
    retry_after: str | None = None


def caller(settings: Settings) -> Caller:
    """Who may be called: the allow-list of push services."""
    return Caller(settings.push_allowed_hosts, production=settings.production)


def send(settings: Settings, parcel: Parcel) -> Outcome:
    """Post it once. Never raises for what a push service or the network does."""
    # Imported when first needed: they weigh on every start, and most processes never push.
    import pywebpush
    from py_vapid import Vapid

    try:
        answer = pywebpush.webpush(
            subscription_info={
                "endpoint": parcel.endpoint,
                "keys": {"p256dh": parcel.p256dh, "auth": parcel.auth},
            },
            data=orjson.dumps(dict(parcel.payload)).decode(),
            vapid_private_key=Vapid(vapid.private_key(settings.instance_path)),
            vapid_claims={"sub": CONTACT},
            timeout=SECONDS,
            ttl=rules.DAY,
            headers={"Urgency": rules.urgency(parcel.kind), "Topic": parcel.topic},
            requests_session=caller(settings),  # type: ignore[arg-type]
        )
    except pywebpush.WebPushException as error:
        if error.response is None:
            return Outcome("failed", str(error)[:500])
        answer = error.response
    except Refused as error:
        return Outcome("failed", f"refused: {error.reason}")
    except Unreachable as error:
        return Outcome("retry", str(error)[:500])
    state = rules.outcome(answer.status_code)
    return Outcome(
        state,
        None if state == "sent" else f"{answer.status_code} {answer.text}"[:500],
        answer.headers.get("Retry-After"),
    )


def check_subscription(settings: Settings, endpoint: str, p256dh: str, auth: str) -> None:
    """Refuse what could never be sent to. Raises Invalid beside the field."""
    errors: dict[str, object] = {}
    try:
        caller(settings).check(endpoint)
    except Refused:
        errors["endpoint"] = _l("Ce service de notification n’est pas dans la liste autorisée.")
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(p256dh, 65))
        _decoded(auth, 16)
    except (ValueError, binascii.Error):
        errors["keys"] = _l("Ces clés ne sont pas celles d’un abonnement.")
    if errors:
        raise Invalid(_l("Cet appareil n’est pas abonné."), errors=errors)


def _decoded(text: str, length: int) -> bytes:
    content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if len(content) != length:
        raise ValueError(length)
    return content

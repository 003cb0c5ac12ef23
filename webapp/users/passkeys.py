"""Passkeys: what the browser is asked for, and what its answer is worth, on the webauthn package.

A passkey is always discoverable and always verifies the person (PIN, finger, face), so that it is
as good as a password with a second factor and may replace both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import webauthn
from flask_babel import lazy_gettext as _l
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import options_to_json_dict, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from webapp.core.errors import Invalid
from webapp.users.models import Passkey, User

NAME = "Encours"
LONGEST = 20_000
TIMEOUT_MS = 120_000
# What the package says of answers that no browser gives, its own classes aside.
MALFORMED = (WebAuthnException, ValueError, KeyError, TypeError, IndexError, AttributeError)


@dataclass(frozen=True)
class Site:
    """Where the browser stands: `host` is what passkeys belong to, `origin` what it signs."""

    host: str
    origin: str


@dataclass(frozen=True)
class Challenge:
    """What an authenticator has to sign, and since when it was asked for."""

    value: bytes
    at: datetime


def refused() -> Invalid:
    """The same for whatever is wrong with a passkey: its page says it beside the button."""
    return Invalid(errors={"credential": _l("Cette clé d’accès n’a pas été acceptée. Réessayez.")})


def _described(known: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in known]


def creation_options(site: Site, user: User, known: Iterable[Passkey], challenge: bytes) -> dict[str, Any]:
    """What to ask `navigator.credentials.create` for; a device that has one of `known` makes no other."""
    return options_to_json_dict(
        webauthn.generate_registration_options(
            rp_id=site.host,
            rp_name=NAME,
            user_id=user.id.bytes,
            user_name=user.email,
            user_display_name=user.name,
            challenge=challenge,
            timeout=TIMEOUT_MS,
            exclude_credentials=_described(known),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
    )


def request_options(site: Site, known: Iterable[Passkey], challenge: bytes) -> dict[str, Any]:
    """What to ask `navigator.credentials.get` for: one of `known`, or any when it names none."""
    return options_to_json_dict(
        webauthn.generate_authentication_options(
            rp_id=site.host,
            challenge=challenge,
            timeout=TIMEOUT_MS,
            allow_credentials=_described(known),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def check_creation(site: Site, challenge: Challenge, answer: str) -> VerifiedRegistration:
    """The passkey a browser has just made. Raises Invalid."""
    try:
        return webauthn.verify_registration_response(
            credential=answer[:LONGEST],
            expected_challenge=challenge.value,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except MALFORMED as error:
        raise refused() from error


def read_answer(answer: str) -> AuthenticationCredential:
    """What a browser says a passkey signed, not checked yet. Raises Invalid."""
    try:
        return parse_authentication_credential_json(answer[:LONGEST])
    except MALFORMED as error:
        raise refused() from error


def check_use(
    site: Site, challenge: Challenge, answer: AuthenticationCredential, passkey: Passkey
) -> VerifiedAuthentication:
    """That `passkey` signed this challenge, for its owner, on this site. Raises Invalid."""
    handle = answer.response.user_handle
    if handle is not None and handle != passkey.user_id.bytes:
        raise refused()
    try:
        return webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge.value,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except MALFORMED as error:
        raise refused() from error

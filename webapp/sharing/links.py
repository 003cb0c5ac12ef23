"""What opens an access: the secret in its link, the key its codes are kept under; how it gets there.

Both are derived from SECRET_KEY, so that a mail sent next month holds the same link while the
database holds its hash alone.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import uuid

from flask import current_app


def link_token(grant_id: uuid.UUID) -> str:
    """The secret in the link of this access."""
    return (
        base64.urlsafe_b64encode(hmac.digest(_key("access"), grant_id.bytes, "sha256")).decode().rstrip("=")
    )


def sends_mail() -> bool:
    """Is there a mail server? Without one people copy the link and tell the code."""
    return bool(current_app.config["SETTINGS"].smtp_url)


def code_key() -> bytes:
    return _key("access code")


def new_code() -> str:
    """Six digits."""
    return f"{secrets.randbelow(1_000_000):06}"


def link(grant_id: uuid.UUID, thread_id: uuid.UUID | None = None) -> str:
    """Where that person reads and answers, whole, for a mail or to be copied."""
    path = f"/g/{link_token(grant_id)}" + (f"/threads/{thread_id}" if thread_id else "")
    return str(current_app.config["SETTINGS"].public_url) + path


def _key(purpose: str) -> bytes:
    settings = current_app.config["SETTINGS"]
    return hmac.digest(settings.secret_key.encode(), f"encours: {purpose}".encode(), "sha256")

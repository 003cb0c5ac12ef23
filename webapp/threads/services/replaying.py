"""A message that comes again from a device: the same words, or another act under a used id."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.core.errors import Invalid
from webapp.extensions import db
from webapp.threads import rules
from webapp.threads.models import Message, MessageVersion


def check_first_wording(message: Message, body: str) -> None:
    """Raises Invalid `id_reused` when the message said something else when it was sent."""
    first = db.session.scalar(
        select(MessageVersion.body)
        .where(MessageVersion.message_id == message.id)
        .order_by(MessageVersion.replaced_at, MessageVersion.id)
        .limit(1)
    )
    said = message.body if first is None else first
    if said != rules.kept_body(body) and body.strip():
        raise Invalid(_l("Cet identifiant a déjà servi pour un autre message."), code="id_reused")

"""Sending one mail: ask again whether it is still wanted, hand it over, note what came of it.

No transaction is open while the network is waited for. A crash between the two sends it again under
the same Message-ID.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from flask_babel import force_locale
from sqlalchemy import update

from webapp.config import Settings
from webapp.core import mail
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.core.jobs import Retry
from webapp.extensions import db
from webapp.sharing.links import link
from webapp.sharing.models import MailDelivery
from webapp.sharing.queries import Guest, find_guest_of
from webapp.sharing.services import make_code
from webapp.sharing.texts import code_mail, message_mail
from webapp.threads.models import Message
from webapp.threads.policy import may_read
from webapp.threads.subjects import read_subject
from webapp.users.queries import company, find_user

TRIED_FOR = timedelta(days=2)
SHORTEST_WAIT, LONGEST_WAIT = 10.0, 3600.0


def deliver(settings: Settings, delivery_id: uuid.UUID) -> None:
    """Send the mail of a delivery that is due. Raises Retry when the server is to be asked again."""
    row = db.session.get(MailDelivery, delivery_id)
    if row is None or row.state != "due":
        return
    guest = find_guest_of(row.grant_id)
    parcel = _compose(row, guest) if guest is not None and settings.smtp_url else None
    age = now() - row.created_at
    db.session.rollback()
    if parcel is None:
        _note(delivery_id, "skipped")
        return
    try:
        mail.send(settings, parcel)
    except mail.Undeliverable as refusal:
        _note(delivery_id, "failed", str(refusal))
    except mail.Postponed as reason:
        _note(delivery_id, "due" if age < TRIED_FOR else "failed", str(reason))
        if age < TRIED_FOR:
            raise Retry(min(max(age.total_seconds(), SHORTEST_WAIT), LONGEST_WAIT)) from reason
    else:
        _note(delivery_id, "sent")


def deliver_code(settings: Settings, grant_id: uuid.UUID) -> None:
    """Make a code and send it; another try makes another one, and the last one counts."""
    with unit_of_work():
        made = make_code(grant_id)
        parcel = _code(*made) if made else None
    if parcel is not None:
        try:
            mail.send(settings, parcel)
        except mail.Undeliverable:
            return


def _compose(row: MailDelivery, guest: Guest) -> mail.Mail | None:
    """The mail, or None when nobody is to read it any more: taken back, or out of reach."""
    message = db.session.get(Message, row.message_id)
    if message is None or message.deleted_at is not None or message.author_id is None:
        return None
    subject = read_subject(message.thread_id)
    if subject is None or not may_read(guest.actor, subject):
        return None
    author, house = find_user(message.author_id), company().name
    with force_locale(guest.language):
        title, text = message_mail(
            house,
            guest.grant.name,
            author.name if author else house,
            subject,
            message.body,
            link(guest.grant.id, message.thread_id),
        )
    return mail.Mail(row.id.hex, guest.grant.name, guest.grant.email, house, title, text)


def _code(guest: Guest, code: str) -> mail.Mail:
    house = company().name
    with force_locale(guest.language):
        title, text = code_mail(house, guest.grant.name, code)
    return mail.Mail(new_id().hex, guest.grant.name, guest.grant.email, house, title, text)


def _note(delivery_id: uuid.UUID, state: str, error: str | None = None) -> None:
    with unit_of_work() as session:
        session.execute(
            update(MailDelivery)
            .where(MailDelivery.id == delivery_id, MailDelivery.state == "due")
            .values(state=state, last_error=error, sent_at=now() if state == "sent" else None)
        )

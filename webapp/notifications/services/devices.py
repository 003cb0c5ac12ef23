"""Devices that accept push: subscribe, remove, try."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from webapp.config import Settings
from webapp.core.clock import now
from webapp.core.errors import NotFound
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.notifications import rules, webpush
from webapp.notifications.models import PushSubscription
from webapp.notifications.queries import find_device
from webapp.notifications.services.fan_out import Push, write_deliveries
from webapp.users import audit
from webapp.users.actor import Actor


def subscribe(
    actor: Actor, settings: Settings, *, endpoint: str, p256dh: str, auth: str, user_agent: str | None
) -> PushSubscription:
    """Let a device ring for this person. The same endpoint again moves it to them and this session.

    Raises Invalid when the endpoint is none of the allowed push services or the keys are no keys.
    """
    webpush.check_subscription(settings, endpoint, p256dh, auth)
    row = db.session.scalar(
        select(PushSubscription).where(PushSubscription.endpoint == endpoint).with_for_update()
    )
    if row is None:
        row = PushSubscription(id=new_id(), endpoint=endpoint, created_at=now())
        db.session.add(row)
    row.user_id, row.session_id = actor.user_id, actor.session_id
    row.p256dh, row.auth = p256dh, auth
    row.user_agent = (user_agent or "")[:300]
    db.session.flush()
    audit.write(actor, "push.subscribe", "push_subscription", row.id, device=rules.device_name(user_agent))
    _keep_newest(actor)
    return row


def _keep_newest(actor: Actor) -> None:
    """Browsers come back with new endpoints; the oldest ones beyond twenty are dead."""
    ids = db.session.scalars(
        select(PushSubscription.id)
        .where(PushSubscription.user_id == actor.user_id)
        .order_by(PushSubscription.id.desc())
        .offset(rules.MOST_DEVICES)
    ).all()
    if ids:
        db.session.execute(delete(PushSubscription).where(PushSubscription.id.in_(ids)))


def unsubscribe(actor: Actor, device_id: uuid.UUID) -> None:
    """Silence one of one's own devices. Raises NotFound."""
    row = find_device(actor, device_id)
    if row is None:
        raise NotFound(_l("Cet appareil n’est pas dans votre liste."))
    db.session.delete(row)
    db.session.flush()
    audit.write(actor, "push.unsubscribe", "push_subscription", device_id)


def forget_sessions(session_ids: Iterable[uuid.UUID]) -> None:
    """A browser that signed out rings no more."""
    db.session.execute(delete(PushSubscription).where(PushSubscription.session_id.in_(list(session_ids))))


def test_devices(actor: Actor) -> uuid.UUID:
    """Send a real push to each of one's devices, the way alerts go; returns the test's id."""
    test_id = new_id()
    write_deliveries(
        [
            Push(
                f"test:{test_id}",
                "test",
                actor.user_id,
                actor.locale,
                "/settings/notifications",
                "encours-test",
            )
        ]
    )
    return test_id


test_devices.__test__ = False  # type: ignore[attr-defined]  # not one of pytest's

"""Whether devices may keep clients for reading."""

from __future__ import annotations

from webapp.extensions import db
from webapp.portfolio import rules
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.users.queries import company
from webapp.users.services import settings_only


def set_offline_reading(actor: Actor, on: bool) -> None:
    """Let devices keep clients for reading without a network, or not. Raises Forbidden."""
    settings_only(actor)
    row = company()
    row.settings = {**(row.settings or {}), rules.SETTING: on}
    db.session.flush()
    audit.write(actor, "company.offline_reading", "company", row.id, on=on)

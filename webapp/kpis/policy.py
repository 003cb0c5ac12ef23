"""Who may read figures over many clients. Whose clients: `clients.policy`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from webapp.users.actor import Actor
from webapp.users.policy import may

HIDDEN = _l("Votre rôle ne voit pas la balance âgée.")


def may_read(actor: Actor) -> bool:
    """The aged balance shows cash received: it is for those who see payments."""
    return may(actor, "kpi.read")

"""The blueprint of this feature's JSON, and how bodies name clients."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from webapp.clients.models import Client
from webapp.clients.queries import get_client_by_ref
from webapp.core.api import blueprint
from webapp.core.errors import Invalid, NotFound
from webapp.users.actor import Actor

blp = blueprint(
    "invoices", __name__, "Invoices, credit notes, deposits, quotes, orders and delivery notes of clients."
)


def client_named(actor: Actor, ref: str) -> Client:
    """The client a body names by its reference. Raises Invalid on that field."""
    try:
        return get_client_by_ref(actor, ref)
    except NotFound:
        raise Invalid(errors={"client_ref": _l("Aucun client n’a cette référence.")}) from None

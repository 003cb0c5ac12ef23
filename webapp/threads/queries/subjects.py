"""The invoice behind a thread, with what its page shows of it."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.invoices.models import Balance, Invoice
from webapp.users.actor import Actor

MISSING = _l("Facture introuvable. Elle n’existe pas, ou n’est pas dans votre portefeuille.")


def get_invoice_page(actor: Actor, invoice_id: uuid.UUID) -> tuple[Invoice, Balance | None]:
    """The invoice with client, instalments and the client's balance, in one query. Raises NotFound.

    Holding on to the balance keeps it in the session, where `invoice_facts` finds it again.
    """
    found = (
        db.session.execute(
            select(Invoice, Balance)
            .join(Invoice.client)
            .outerjoin(Balance, Balance.client_id == Client.id)
            .where(Invoice.id == invoice_id, in_scope(actor))
            .options(contains_eager(Invoice.client), joinedload(Invoice.instalments))
        )
        .unique()
        .first()
    )
    if found is None:
        raise NotFound(MISSING)
    return found[0], found[1]

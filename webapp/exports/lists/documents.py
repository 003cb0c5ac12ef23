"""Invoices, as their page lists them."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import fields

from webapp.core.api import ApiSchema
from webapp.core.clock import today
from webapp.exports.definitions import Column, Listing, Pages, Values, by_pages, register_listing
from webapp.exports.lists.filters import client_of, word, words
from webapp.invoices.queries import list_invoices
from webapp.invoices.rules import STATUSES
from webapp.users.actor import Actor

KINDS = {
    "invoice": _l("Facture"),
    "credit_note": _l("Avoir"),
    "deposit": _l("Acompte"),
    "write_off": _l("Perte"),
    "payment": _l("Règlement"),
}
STANDING = {
    "open": _l("Ouverte"),
    "overdue": _l("Échue"),
    "partly_paid": _l("Réglée en partie"),
    "paid": _l("Réglée"),
    "unpaid": _l("Non réglée"),
    "void": _l("Annulée"),
}


class InvoiceFilters(ApiSchema):
    """As the address of the list has them."""

    status = word(*STATUSES, "all", otherwise="overdue")
    q = words()
    client_id = fields.UUID(load_default=None)


def _columns(_actor: Actor, _values: Values) -> list[Column]:
    day = today()
    return [
        Column("ref", _l("Facture"), "text", lambda row: row.ref, width=18),
        Column("kind", _l("Type"), "text", lambda row: str(KINDS[row.kind]), width=10),
        Column("client_ref", _l("Code client"), "text", lambda row: row.client.ref, width=12),
        Column("client", _l("Client"), "text", lambda row: row.client.name, width=32),
        Column("issued_on", _l("Émise le"), "day", lambda row: row.issued_on, width=11),
        Column("due_on", _l("Échéance"), "day", lambda row: row.oldest_due_on, width=11),
        Column("gross", _l("Montant TTC"), "money", lambda row: row.gross, _currency),
        Column("open", _l("Reste dû"), "money", lambda row: row.open, _currency),
        Column("currency", _l("Devise"), "text", _currency, width=7),
        Column("open_value", _l("Reste dû, en euros"), "money", lambda row: row.open_value, total=True),
        Column("status", _l("État"), "text", lambda row: str(STANDING[row.status(day)])),
        Column("days_late", _l("Jours de retard"), "number", lambda row: row.days_late(day), width=8),
        Column("paid_on", _l("Réglée le"), "day", lambda row: row.paid_on, width=11),
    ]


def _currency(row: Any) -> str:
    currency: str = row.currency
    return currency


def _pages(actor: Actor, values: Values) -> Pages:
    newest = values["status"] in ("paid", "all")
    asked: dict[str, Any] = {
        "status": None if values["status"] == "all" else values["status"],
        "q": values["q"],
        "client_id": values["client_id"],
        "newest": newest,
    }
    return by_pages(
        lambda limit, after: list_invoices(actor, limit=limit, after=after, **asked),
        lambda row: (row.due_on, row.id),
    )


def _said(actor: Actor, values: Values) -> list[str]:
    found = []
    if values["status"] != "all":
        found.append(_("État : %(status)s", status=STANDING[values["status"]]))
    if values["client_id"]:
        found.append(client_of(actor, values["client_id"]).name)
    if values["q"].strip():
        found.append(_("Recherche : %(words)s", words=values["q"].strip()))
    return found


register_listing(Listing("invoices", _l("Factures"), "invoice.read", InvoiceFilters, _columns, _pages, _said))

"""Payments and write-offs."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields

from webapp.core.api import ApiSchema
from webapp.core.clock import local
from webapp.exports.definitions import Column, Listing, Pages, Values, by_pages, register_listing
from webapp.exports.lists.filters import client_of, word
from webapp.payments.queries import list_payments, list_write_offs
from webapp.users.actor import Actor

METHODS = {
    "transfer": _l("Virement"),
    "direct_debit": _l("Prélèvement"),
    "bill_of_exchange": _l("LCR"),
    "cheque": _l("Chèque"),
    "card": _l("Carte"),
    "cash": _l("Espèces"),
}
REASONS = {
    "difference": _l("Écart de règlement"),
    "discount": _l("Escompte"),
    "bank_fees": _l("Frais de banque"),
    "goodwill": _l("Geste commercial"),
    "uncollectible": _l("Irrécouvrable"),
    "insolvency": _l("Procédure collective"),
    "other": _l("Autre"),
}
STATES = {
    "asked": _l("À décider"),
    "approved": _l("Approuvé"),
    "refused": _l("Refusé"),
    "undone": _l("Repris"),
}


class PaymentFilters(ApiSchema):
    """Payments of everybody, or of one client."""

    client_id = fields.UUID(load_default=None)


class WriteOffFilters(ApiSchema):
    """Write-offs in one state or all."""

    state = word(*STATES, "all", otherwise="all")
    client_id = fields.UUID(load_default=None)


def _known(words: dict[str, Any], value: str | None) -> str:
    return str(words.get(value or "", value or ""))


def _said(actor: Actor, values: Values) -> list[str]:
    found = [str(STATES[values["state"]])] if values.get("state", "all") != "all" else []
    if values["client_id"]:
        found.append(client_of(actor, values["client_id"]).name)
    return found


def _payment_columns(_actor: Actor, _values: Values) -> list[Column]:
    def currency(row: Any) -> str:
        return str(row[0].currency)

    return [
        Column("received_on", _l("Reçu le"), "day", lambda row: row[0].received_on, width=11),
        Column("ref", _l("Référence"), "text", lambda row: row[0].source_ref, width=24),
        Column("client_ref", _l("Code client"), "text", lambda row: row[1], width=12),
        Column("method", _l("Moyen"), "text", lambda row: _known(METHODS, row[0].method)),
        Column("text", _l("Libellé"), "text", lambda row: row[0].text, width=40),
        Column("amount", _l("Montant"), "money", lambda row: row[0].amount, currency),
        Column("unapplied", _l("À affecter"), "money", lambda row: row[0].unapplied, currency),
        Column("currency", _l("Devise"), "text", currency, width=7),
        Column("amount_value", _l("En euros"), "money", lambda row: row[0].amount_value, total=True),
        Column("returned_on", _l("Rejeté le"), "day", lambda row: row[0].returned_on, width=11),
    ]


def _payment_pages(actor: Actor, values: Values) -> Pages:
    return by_pages(
        lambda limit, after: list_payments(actor, limit=limit, after=after, client_id=values["client_id"]),
        lambda row: (row[0].received_on, row[0].id),
    )


def _write_off_columns(_actor: Actor, _values: Values) -> list[Column]:
    def currency(row: Any) -> str:
        return str(row[2])

    return [
        Column("requested_at", _l("Demandé le"), "day", _asked_on, width=11),
        Column("invoice", _l("Facture"), "text", lambda row: row[1], width=18),
        Column("client", _l("Client"), "text", lambda row: row[3], width=32),
        Column("reason", _l("Motif"), "text", lambda row: _known(REASONS, row[0].reason), width=18),
        Column("note", _l("Précision"), "text", lambda row: row[0].note, width=30),
        Column("amount", _l("Montant"), "money", lambda row: row[0].amount, currency),
        Column("currency", _l("Devise"), "text", currency, width=7),
        Column("state", _l("État"), "text", lambda row: str(STATES[row[0].state])),
        Column("decided_at", _l("Décidé le"), "day", _decided_on, width=11),
    ]


def _asked_on(row: Any) -> Any:
    return local(row[0].requested_at).date()


def _decided_on(row: Any) -> Any:
    return local(row[0].decided_at).date() if row[0].decided_at else None


def _write_off_pages(actor: Actor, values: Values) -> Pages:
    state = None if values["state"] == "all" else values["state"]
    asked = {"state": state, "client_id": values["client_id"]}
    return by_pages(
        lambda limit, after: list_write_offs(actor, limit=limit, after=after, **asked),
        lambda row: (row[0].requested_at, row[0].id),
    )


register_listing(
    Listing(
        "payments", _l("Règlements"), "payment.read", PaymentFilters, _payment_columns, _payment_pages, _said
    )
)
register_listing(
    Listing(
        "write_offs",
        _l("Passages en perte"),
        "payment.read",
        WriteOffFilters,
        _write_off_columns,
        _write_off_pages,
        _said,
    )
)

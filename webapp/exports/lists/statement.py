"""A client's statement of account (relevé de compte): what is open on a day, to be sent."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import fields

from webapp.core.api import ApiSchema
from webapp.core.clock import today
from webapp.exports.definitions import Column, Listing, Pages, Values, in_pages, register_listing
from webapp.exports.lists.documents import KINDS
from webapp.exports.lists.filters import PastDay, client_of, word
from webapp.invoices.queries import aging_bounds
from webapp.kpis.formulas.aging import BASES
from webapp.kpis.queries.items import PLACES, open_items
from webapp.users.actor import Actor


class StatementFilters(ApiSchema):
    """Whose, as of when; `place` leaves one column of the aged balance."""

    client = fields.UUID(required=True)
    as_of = PastDay(load_default=None)
    date = word(*BASES, otherwise="due")
    place = word(*PLACES, "", otherwise="")


def _columns(_actor: Actor, _values: Values) -> list[Column]:
    def currency(row: Any) -> str:
        return str(row.currency)

    return [
        Column("ref", _l("Pièce"), "text", lambda row: row.ref, width=22),
        Column("kind", _l("Type"), "text", lambda row: str(KINDS[row.kind]), width=11),
        Column("issued_on", _l("Date"), "day", lambda row: row.issued_on, width=11),
        Column("due_on", _l("Échéance"), "day", lambda row: row.due_on, width=11),
        Column("late", _l("Jours de retard"), "number", lambda row: row.late or None, width=8),
        Column("amount", _l("Reste dû"), "money", _signed_amount, currency),
        Column("value", _l("En euros"), "money", lambda row: row.signed, total=True),
    ]


def _signed_amount(row: Any) -> int:
    amount: int = row.amount
    return -amount if row.late is None else amount


def _pages(actor: Actor, values: Values) -> Pages:
    client = client_of(actor, values["client"])
    items = open_items(actor, client.id, values["as_of"] or today(), values["date"], aging_bounds())
    return in_pages([item for item in items if values["place"] in ("", item.place)])


def _said(actor: Actor, values: Values) -> list[str]:
    client = client_of(actor, values["client"])
    day = (values["as_of"] or today()).strftime("%d/%m/%Y")
    return [_("Votre compte au %(day)s", day=day), _("Code client : %(ref)s", ref=client.ref)]


def _letter(actor: Actor, values: Values) -> list[str]:
    client = client_of(actor, values["client"])
    town = " ".join(filter(None, (client.postcode, client.city)))
    return [line for line in (client.legal_name, client.street, town) if line]


register_listing(
    Listing(
        "statement", _l("Relevé de compte"), "kpi.read", StatementFilters, _columns, _pages, _said, _letter
    )
)

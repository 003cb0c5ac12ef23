"""Disputes: why, how much, who resolves them by when, how they ended."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.core.clock import local
from webapp.disputes import rules
from webapp.disputes.queries import Wanted, find_reason, list_disputes, position_of
from webapp.disputes.schemas import DisputeFilters
from webapp.disputes.words import DEPARTMENT_WORDS, STATE_WORDS, reason_name
from webapp.exports.definitions import Column, Listing, Pages, Values, by_pages, register_listing
from webapp.exports.lists.filters import WrittenAmount, client_of
from webapp.users.actor import Actor
from webapp.users.queries import names_of

WHICH = {"late": _l("En retard"), "settled": _l("Réglés"), "active": _l("En cours"), **STATE_WORDS}


class DisputeListFilters(DisputeFilters):
    """As the address of the page has them."""

    least = WrittenAmount(load_default=0)  # type: ignore[assignment]  # as people write it


def _columns(_actor: Actor, _values: Values) -> list[Column]:
    def currency(row: Any) -> str:
        return str(row.currency)

    return [
        Column("opened_at", _l("Ouvert le"), "day", lambda row: _day(row.dispute.opened_at), width=11),
        Column("client_ref", _l("Code client"), "text", lambda row: row.client_ref, width=12),
        Column("client", _l("Client"), "text", lambda row: row.client_name, width=28),
        Column("ref", _l("Facture"), "text", lambda row: row.invoice_ref, width=18),
        Column("reason", _l("Motif"), "text", lambda row: row.reason, width=18),
        Column("department", _l("Service"), "text", lambda row: _department(row.dispute)),
        Column("resolver", _l("Chargé"), "text", lambda row: row.resolver, width=18),
        Column("state", _l("État"), "text", lambda row: str(STATE_WORDS[row.dispute.state]), width=18),
        Column("due_on", _l("Échéance"), "day", lambda row: row.dispute.due_on, width=11),
        Column("age", _l("Âge en jours"), "number", lambda row: row.age, width=8),
        Column("amount", _l("Contesté"), "money", lambda row: row.dispute.amount, currency),
        Column("open", _l("Encore contesté"), "money", lambda row: row.dispute.open, currency),
        Column("credited", _l("Avoir"), "money", lambda row: row.dispute.resolution_amount, currency),
        Column("cost", _l("Coût du délai"), "money", lambda row: row.cost, currency),
        Column("currency", _l("Devise"), "text", currency, width=7),
        Column("closed_at", _l("Réglé le"), "day", lambda row: _day(row.dispute.closed_at), width=11),
        Column("text", _l("Ce qui est contesté"), "text", lambda row: row.dispute.text, width=40),
    ]


def _department(dispute: Any) -> str:
    return str(DEPARTMENT_WORDS[dispute.department])


def _day(instant: Any) -> Any:
    return local(instant).date() if instant is not None else None


def _wanted(values: Values) -> Wanted:
    kept = {name: each for name, each in values.items() if name != "owner"}
    return Wanted(department=values["owner"], **kept)


def _pages(actor: Actor, values: Values) -> Pages:
    wanted = _wanted(values)
    return by_pages(
        lambda limit, after: list_disputes(actor, wanted, limit=limit, after=after),
        lambda row: position_of(wanted, row)[1:],
    )


def _said(actor: Actor, values: Values) -> list[str]:
    said = [] if values["state"] == "all" else [str(WHICH[values["state"]])]
    if values["reason"]:
        found = find_reason(values["reason"])
        name = reason_name(values["reason"], found.label if found else None)
        said.append(_("Motif : %(name)s", name=name))
    if values["owner"]:
        said.append(str(DEPARTMENT_WORDS[values["owner"]]))
    if values["resolver"] == rules.NOBODY:
        said.append(_("Sans chargé"))
    elif values["resolver"]:
        said.append(_("Chargé : %(name)s", name=names_of([values["resolver"]]).get(values["resolver"], "?")))
    if values["age"]:
        said.append(_("Ouverts depuis %(days)s jours et plus", days=values["age"]))
    if values["least"]:
        said.append(_("À partir de %(amount)s €", amount=values["least"] // 100))
    if values["client_id"]:
        said.append(client_of(actor, values["client_id"]).name)
    return said


register_listing(
    Listing("disputes", _l("Litiges"), "dispute.read", DisputeListFilters, _columns, _pages, _said)
)

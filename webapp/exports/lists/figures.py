"""The aged balance and what is overdue."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from webapp.core.api import ApiSchema
from webapp.core.clock import today
from webapp.exports.definitions import (
    Column,
    Listing,
    Pages,
    Values,
    by_pages,
    in_pages,
    register_listing,
)
from webapp.exports.lists.filters import (
    PastDay,
    Somebody,
    WrittenAmount,
    client_of,
    people_of,
    said_people,
    word,
)
from webapp.invoices.labels import aging_labels
from webapp.invoices.queries import aging_bounds
from webapp.kpis.formulas.aging import BASES, BY
from webapp.kpis.queries import overdue
from webapp.kpis.queries.aging import Question
from webapp.kpis.queries.listing import SORTS, Choice, read_aged
from webapp.users.actor import Actor

GROUPS = {"client": _l("Client"), "rep": _l("Commercial"), "branch": _l("Agence")}


def _orders(names: tuple[str, ...]) -> tuple[str, ...]:
    return (*names, *(f"-{name}" for name in names))


class AgingFilters(ApiSchema):
    """As the address of the page has them."""

    as_of = PastDay(load_default=None)
    by = word(*BY, otherwise="client")
    date = word(*BASES, otherwise="due")
    sort = word(*_orders(SORTS), otherwise="-total")
    rep = Somebody(load_default=None)
    branch = fields.UUID(load_default=None)


class OverdueFilters(ApiSchema):
    """As the address of the page has them."""

    bucket = fields.Integer(load_default=None, validate=validate.Range(1, 5))
    rep = Somebody(load_default=None)
    branch = fields.UUID(load_default=None)
    client = fields.UUID(load_default=None)
    least = WrittenAmount(load_default=0)
    sort = word(*_orders(overdue.SORTS), otherwise="-late")


def _aging_columns(_actor: Actor, values: Values) -> list[Column]:
    labels = aging_labels(aging_bounds(), issued=values["date"] == "issue")

    def bucket(place: int) -> Column:
        return Column(
            f"b{place}", labels[place], "money", lambda row: row[0].buckets[place], total=True, width=13
        )

    ref = [Column("ref", _l("Code client"), "text", lambda row: row[1].ref, width=12)]
    return [
        *(ref if values["by"] == "client" else []),
        Column("name", GROUPS[values["by"]], "text", lambda row: row[1].name, width=32),
        Column("total", _l("Encours"), "money", lambda row: row[0].total, total=True),
        *map(bucket, range(6)),
        Column("credits", _l("Avoirs"), "money", lambda row: -row[0].credits, total=True),
        Column("unapplied", _l("À affecter"), "money", lambda row: -row[0].unapplied, total=True),
    ]


def _aging_pages(actor: Actor, values: Values) -> Pages:
    asked = Question(values["as_of"] or today(), values["date"], **people_of(values))
    aged = read_aged(actor, Choice(asked, values["by"], values["sort"]), limit=None)
    return in_pages([(line, aged.names[line.key]) for line in aged.lines])


def _aging_said(_actor: Actor, values: Values) -> list[str]:
    day = (values["as_of"] or today()).strftime("%d/%m/%Y")
    since = _("depuis l’émission") if values["date"] == "issue" else _("depuis l’échéance")
    return [_("Arrêtée au %(day)s, retard compté %(since)s", day=day, since=since), *said_people(values)]


def _overdue_columns(_actor: Actor, _values: Values) -> list[Column]:
    def currency(row: Any) -> str:
        return str(row.currency)

    return [
        Column("client_ref", _l("Code client"), "text", lambda row: row.client_ref, width=12),
        Column("client", _l("Client"), "text", lambda row: row.client, width=32),
        Column("ref", _l("Facture"), "text", lambda row: row.ref, width=18),
        Column("rep", _l("Commercial"), "text", lambda row: row.rep, width=18),
        Column("branch", _l("Agence"), "text", lambda row: row.branch, width=16),
        Column("due_on", _l("Échéance"), "day", lambda row: row.due_on, width=11),
        Column("days", _l("Jours de retard"), "number", lambda row: row.days, width=8),
        Column("amount", _l("Reste dû"), "money", lambda row: row.amount, currency),
        Column("disputed", _l("En litige"), "money", lambda row: row.disputed, currency),
        Column("currency", _l("Devise"), "text", currency, width=7),
        Column("value", _l("En euros"), "money", lambda row: row.value, total=True),
    ]


def _overdue_pages(actor: Actor, values: Values) -> Pages:
    wanted = overdue.Wanted(
        bucket=values["bucket"],
        client_id=values["client"],
        least=values["least"],
        sort=values["sort"],
        **people_of(values),
    )
    return by_pages(
        lambda limit, after: overdue.list_overdue(actor, wanted, limit=limit, after=after),
        lambda row: (row.place, row.part_id),
    )


def _overdue_said(actor: Actor, values: Values) -> list[str]:
    found = said_people(values)
    if values["bucket"]:
        found.append(_("Retard : %(stretch)s", stretch=aging_labels(aging_bounds())[values["bucket"]]))
    if values["client"]:
        found.append(client_of(actor, values["client"]).name)
    if values["least"]:
        found.append(_("À partir de %(amount)s €", amount=values["least"] // 100))
    return found


register_listing(
    Listing("aging", _l("Balance âgée"), "kpi.read", AgingFilters, _aging_columns, _aging_pages, _aging_said)
)
register_listing(
    Listing(
        "overdue",
        _l("Factures échues"),
        "invoice.read",
        OverdueFilters,
        _overdue_columns,
        _overdue_pages,
        _overdue_said,
    )
)

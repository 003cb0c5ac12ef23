"""The list of clients as a file: the columns this person sees, the filters of its page."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.core.api import ApiSchema
from webapp.core.errors import Invalid
from webapp.exports.definitions import Column, Listing, Pages, Values, by_pages, register_listing
from webapp.exports.lists.filters import word, words
from webapp.home.queries import accounts
from webapp.home.queries.accounts import FILTERS, SORTS, Choice
from webapp.risk.policy import may_read_limits
from webapp.users.actor import Actor

SAID = {
    "breach": _l("Plafond dépassé"),
    "overdue": _l("Échu"),
    "overdue_60": _l("Échu > 60 j"),
    "no_limit": _l("Sans plafond"),
    "mine": _l("Les miens"),
}


class ClientFilters(ApiSchema):
    """As the address of the list has them."""

    q = words()
    filter = word(*FILTERS, otherwise="all")
    sort = word(*SORTS, otherwise="urgency")


def _columns(actor: Actor, values: Values) -> list[Column]:
    """Limits and what they tell only for those who see them. Raises Invalid for a filter that would tell."""
    if values["filter"] not in accounts.filters_of(actor):
        raise Invalid(errors={"filter": _("Ce filtre n’est pas le vôtre.")})
    found = [
        Column("ref", _l("Code client"), "text", lambda row: row.client.ref, width=12),
        Column("legal_name", _l("Raison sociale"), "text", lambda row: row.client.legal_name, width=32),
        Column("siren", _l("SIREN"), "text", lambda row: row.client.siren, width=11),
        Column("city", _l("Ville"), "text", lambda row: row.client.city, width=18),
        Column("branch", _l("Agence"), "text", lambda row: row.branch, width=16),
        Column("sales_rep", _l("Commercial"), "text", lambda row: row.sales_rep, width=18),
        Column("outstanding", _l("Encours"), "money", lambda row: row.outstanding, total=True),
        Column("overdue", _l("Échu"), "money", lambda row: row.overdue, total=True),
        Column("days_overdue", _l("Jours de retard"), "number", lambda row: row.days_overdue, width=8),
    ]
    if may_read_limits(actor):
        found += [
            Column("limit", _l("Plafond"), "money", lambda row: row.limit),
            Column("available", _l("Disponible"), "money", lambda row: row.available),
            Column("utilisation", _l("Utilisation"), "percent", lambda row: row.utilisation, width=10),
            Column("letter", _l("Risque"), "text", lambda row: row.letter, width=7),
        ]
    return found


def _pages(actor: Actor, values: Values) -> Pages:
    choice = Choice(values["q"], values["filter"], values["sort"])
    return by_pages(
        lambda limit, after: accounts.list_accounts(actor, choice, limit=limit, after=after),
        accounts.position_of,
    )


def _said(_actor: Actor, values: Values) -> list[str]:
    found = [str(SAID[values["filter"]])] if values["filter"] != "all" else []
    if values["q"].strip():
        found.append(_("Recherche : %(words)s", words=values["q"].strip()))
    return found


register_listing(Listing("clients", _l("Clients"), "client.read", ClientFilters, _columns, _pages, _said))

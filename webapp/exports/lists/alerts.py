"""Alerts: limits exceeded or nearly so, delays."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from webapp.core.api import ApiSchema
from webapp.core.clock import local
from webapp.exports.definitions import Column, Listing, Pages, Values, by_pages, register_listing
from webapp.exports.lists.filters import word
from webapp.risk.queries import list_alerts
from webapp.users.actor import Actor

KINDS = {
    "limit_warning": _l("Seuil atteint"),
    "limit_breach": _l("Dépassement de plafond"),
    "delay_breach": _l("Dépassement de délai"),
    "limit_ending": _l("Plafond bientôt terminé"),
    "guarantee_ending": _l("Garantie bientôt terminée"),
}
STATES = {"open": _l("À traiter"), "acknowledged": _l("Acquittée"), "closed": _l("Close")}


class AlertFilters(ApiSchema):
    """Alerts in one state or all."""

    state = word(*STATES, "all", otherwise="open")


def _columns(_actor: Actor, _values: Values) -> list[Column]:
    return [
        Column("raised_at", _l("Levée le"), "day", lambda row: local(row.alert.raised_at).date(), width=11),
        Column("client_ref", _l("Code client"), "text", lambda row: row.client.ref, width=12),
        Column("client", _l("Client"), "text", lambda row: row.client.name, width=32),
        Column("kind", _l("Alerte"), "text", lambda row: _kind(row.alert.kind), width=24),
        Column(
            "level",
            _l("Niveau"),
            "percent",
            lambda row: None if row.alert.ends_on else row.alert.level,
            width=8,
        ),
        Column("exposure", _l("Encours"), "money", lambda row: row.alert.exposure),
        Column("limit", _l("Plafond"), "money", lambda row: row.alert.limit_amount),
        Column("over", _l("Au-delà"), "money", lambda row: row.over),
        Column("overdue", _l("Échu"), "money", lambda row: row.alert.overdue),
        Column("days_late", _l("Jours de retard"), "number", lambda row: row.alert.days_late, width=8),
        Column("ends_on", _l("Se termine le"), "day", lambda row: row.alert.ends_on, width=11),
        Column("state", _l("État"), "text", lambda row: str(STATES[row.alert.state])),
        Column("acknowledged_by", _l("Acquittée par"), "text", lambda row: row.acknowledged_by, width=18),
        Column("assigned_to", _l("Confiée à"), "text", lambda row: row.assigned_to, width=18),
    ]


def _kind(kind: str) -> str:
    return str(KINDS.get(kind, kind))


def _pages(actor: Actor, values: Values) -> Pages:
    state = None if values["state"] == "all" else values["state"]
    return by_pages(
        lambda limit, after: list_alerts(actor, state, limit=limit, after=after[0] if after else None),
        lambda row: (row.id,),
    )


def _said(_actor: Actor, values: Values) -> list[str]:
    return [] if values["state"] == "all" else [str(STATES[values["state"]])]


register_listing(Listing("alerts", _l("Alertes"), "alert.read", AlertFilters, _columns, _pages, _said))

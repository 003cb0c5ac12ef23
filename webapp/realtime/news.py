"""Alerts and disputes to each person entitled; changed invoices and clients as ids to ask again for."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from webapp.clients.events import ClientMoved, ClientsChanged
from webapp.clients.models import Client
from webapp.clients.policy import may_see
from webapp.disputes.events import DisputeChanged, DisputeOpened
from webapp.disputes.policy import may_read as may_read_dispute
from webapp.disputes.queries import find_dispute
from webapp.disputes.schemas import dispute_news
from webapp.extensions import db
from webapp.invoices.events import BalanceChanged, InvoicesChanged
from webapp.invoices.models import Invoice
from webapp.limit_requests.events import LimitRequestChanged
from webapp.limit_requests.models import LimitRequest
from webapp.limit_requests.policy import may_read as may_read_request
from webapp.promises.events import PromisesChanged
from webapp.realtime import out, registry
from webapp.realtime.ears import hears
from webapp.risk.events import AlertChanged, AlertRaised, GuaranteeChanged, LimitChanged
from webapp.risk.policy import may_hear_of
from webapp.risk.queries import find_alert
from webapp.risk.schemas import alert_json
from webapp.users.actor import system_actor
from webapp.visits.events import AcknowledgementSealed, FactsChanged, VisitRecorded

MOST_IDS = 50


@hears(AlertRaised, AlertChanged)
def on_alert(event: AlertRaised | AlertChanged) -> None:
    """Read once, to each connected person who may see it: all who do see the same."""
    people = registry.actors()
    line = find_alert(system_actor(), event.alert_id) if people else None
    if line is None:
        return
    name = "alert.raised" if isinstance(event, AlertRaised) else "alert.changed"
    entitled = [actor.user_id for actor in people.values() if may_hear_of(actor, line.client)]
    out.to_users(name, {"alert": alert_json(line)}, entitled)


@hears(DisputeOpened, DisputeChanged)
def on_dispute(event: DisputeOpened | DisputeChanged) -> None:
    """Ids and the new state, to each connected person who may read it."""
    people = registry.actors()
    line = find_dispute(system_actor(), event.dispute_id) if people else None
    if line is None:
        return
    name = "dispute.opened" if isinstance(event, DisputeOpened) else "dispute.changed"
    readers = [actor.user_id for actor in people.values() if may_read_dispute(actor, line)]
    out.to_users(name, dispute_news(line), readers)


@hears(LimitRequestChanged)
def on_limit_request(event: LimitRequestChanged) -> None:
    """Ids and the new state, to each connected person who sees the client's limit."""
    people = registry.actors()
    query = select(LimitRequest.state, LimitRequest.revision, Client.branch_id, Client.sales_rep_id)
    query = query.join(Client, Client.id == LimitRequest.client_id).where(LimitRequest.id == event.request_id)
    row = db.session.execute(query).first() if people else None
    if row is None:
        return
    ids = {"id": str(event.request_id), "client_id": str(event.client_id)}
    readers = [actor.user_id for actor in people.values() if may_read_request(actor, row)]  # type: ignore[arg-type]
    out.to_users("limit_request.changed", {**ids, "state": row.state, "revision": row.revision}, readers)


@hears(InvoicesChanged)
def on_invoices(event: InvoicesChanged) -> None:
    query = select(Invoice.id, Client.branch_id, Client.sales_rep_id).join(
        Client, Client.id == Invoice.client_id
    )
    _tell("invoice.changed", event.invoice_ids, query, Invoice.id)


@hears(BalanceChanged, ClientsChanged, PromisesChanged, FactsChanged)
def on_clients(event: BalanceChanged | ClientsChanged | PromisesChanged | FactsChanged) -> None:
    _tell("client.changed", event.client_ids, _places(), Client.id)


@hears(ClientMoved, LimitChanged, GuaranteeChanged, VisitRecorded, AcknowledgementSealed)
def on_client(
    event: ClientMoved | LimitChanged | GuaranteeChanged | VisitRecorded | AcknowledgementSealed,
) -> None:
    _tell("client.changed", (event.client_id,), _places(), Client.id)


def _places() -> Any:
    return select(Client.id, Client.branch_id, Client.sales_rep_id)


def _tell(name: str, ids: Iterable[uuid.UUID], query: Any, column: Any) -> None:
    """Each connected person gets the ids in their scope; `ids: null` when they are too many."""
    people, wanted = registry.actors(), list(ids)
    if not people:
        return
    if not wanted or len(wanted) > MOST_IDS:
        out.to_users(name, {"ids": None}, list(people))
        return
    rows = db.session.execute(query.where(column.in_(wanted))).all()
    alike: dict[tuple[str, ...], list[uuid.UUID]] = {}
    for actor in people.values():
        alike.setdefault(tuple(str(row.id) for row in rows if may_see(actor, row)), []).append(actor.user_id)
    for visible, user_ids in alike.items():
        if visible:
            out.to_users(name, {"ids": list(visible)}, user_ids)

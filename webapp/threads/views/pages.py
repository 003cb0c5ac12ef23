"""My conversations, and the threads of an invoice and of a client."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template, request

from webapp.clients.queries import get_client
from webapp.disputes.queries import list_of_invoice
from webapp.invoices.queries import invoice_facts
from webapp.risk.queries import open_alerts_of
from webapp.threads import queries
from webapp.threads.acts import read_cards
from webapp.threads.subjects import get_subject
from webapp.threads.views.shell import blueprint
from webapp.threads.views.talk import conversations_of, talk_of
from webapp.users.actor import Actor
from webapp.users.current import current_actor
from webapp.users.policy import may


@blueprint.get("/threads")
def index() -> str:
    """My conversations; beside them, on wide screens, the invitation to choose one."""
    actor = current_actor()
    only, named = request.args.get("only"), request.args.get("q", "").strip()[:80]
    only = only if only in queries.FILTERS else None
    return render_template(
        "threads/index.html",
        conversations=conversations_of(actor, only, named),
        listing={"only": only, "named": named, "waiting": queries.count_waiting(actor)},
    )


@blueprint.get("/invoices/<uuid:invoice_id>")
def invoice(invoice_id: UUID) -> str:
    """An invoice is its conversation; its facts stand beside."""
    actor = current_actor()
    found, _balance = queries.get_invoice_page(actor, invoice_id)
    facts = invoice_facts(actor, found)
    alerts = _breach(actor, found.client_id)
    limit = alerts[0].alert.limit_amount if alerts else None
    return render_template(
        "threads/invoice.html",
        invoice=found,
        facts=facts,
        alerts=alerts,
        limit=limit,
        disputes=list_of_invoice(actor, invoice_id),
        **talk_of(actor, invoice_id, found.client),
    )


@blueprint.get("/clients/<uuid:client_id>/thread")
def client(client_id: UUID) -> str:
    """What is said about a client at large."""
    actor = current_actor()
    found = get_client(actor, client_id)
    alerts = _breach(actor, client_id)
    talk = talk_of(actor, client_id, found)
    return render_template("threads/client.html", client=found, alerts=alerts, **talk)


@blueprint.get("/threads/<uuid:thread_id>/acts/<kind>/<uuid:act_id>")
def act(thread_id: UUID, kind: str, act_id: UUID) -> str:
    """A card by itself, as it stands now: an open page asks for it when it has changed."""
    actor = current_actor()
    get_subject(actor, thread_id)
    queries.get_act(thread_id, kind, act_id)
    cards = read_cards(actor, [(kind, act_id)])
    return render_template("threads/act.html", cards=cards, thread_id=thread_id, kind=kind, id=act_id)


def _breach(actor: Actor, client_id: UUID) -> list[Any]:
    """Breaches of the client, for those who may know."""
    if not may(actor, "alert.read"):
        return []
    return [line for line in open_alerts_of(actor, [client_id]) if line.alert.kind.endswith("_breach")]

"""My conversations, and the threads of an invoice and of a client."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request

from webapp.disputes.queries import list_of_invoice
from webapp.home.queries.talks import get_client_around, get_invoice_around
from webapp.threads import queries
from webapp.threads.acts import read_cards
from webapp.threads.subjects import get_subject
from webapp.threads.views.shell import blueprint
from webapp.threads.views.talk import conversations_of, talk_of
from webapp.users.current import current_actor


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
    found, facts, around = get_invoice_around(actor, invoice_id)
    disputes = list_of_invoice(actor, invoice_id)
    return render_template(
        "threads/invoice.html",
        invoice=found,
        facts=facts,
        limit=around.breach.alert.limit_amount if around.breach else None,
        disputes=disputes,
        **talk_of(actor, invoice_id, around, {"dispute": {line.id: line for line in disputes}}),
    )


@blueprint.get("/clients/<uuid:client_id>/thread")
def client(client_id: UUID) -> str:
    """What is said about a client at large."""
    actor = current_actor()
    around = get_client_around(actor, client_id)
    return render_template("threads/client.html", client=around.client, **talk_of(actor, client_id, around))


@blueprint.get("/threads/<uuid:thread_id>/acts/<kind>/<uuid:act_id>")
def act(thread_id: UUID, kind: str, act_id: UUID) -> str:
    """A card by itself, as it stands now: an open page asks for it when it has changed."""
    actor = current_actor()
    get_subject(actor, thread_id)
    queries.get_act(thread_id, kind, act_id)
    cards = read_cards(actor, [(kind, act_id)])
    return render_template("threads/act.html", cards=cards, thread_id=thread_id, kind=kind, id=act_id)

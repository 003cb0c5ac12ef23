"""What becomes of facts, from wherever they are shown: confirmed, ended, attached, taken off."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.ids import parse_id
from webapp.invoices.queries import get_invoice
from webapp.users.actor import Actor
from webapp.users.current import current_actor
from webapp.visits import services
from webapp.visits.attaching import get_kind
from webapp.visits.models import Fact
from webapp.visits.queries import facts_beside
from webapp.visits.queries.facts import MISSING
from webapp.visits.views.shell import blueprint, way_back

FRAMES = ("seen-sheet", "seen-side")  # an invoice’s page has two places for them
Link = Callable[[Actor, UUID, str, UUID], Fact]


@blueprint.post("/facts/<uuid:fact_id>/confirm")
def confirm(fact_id: UUID) -> Response:
    """Still true."""
    return _judge(fact_id, services.confirm_fact, _("C’est confirmé."))


@blueprint.post("/facts/<uuid:fact_id>/end")
def end(fact_id: UUID) -> Response:
    """No longer true."""
    return _judge(fact_id, services.end_fact, _("C’est noté : ce fait n’a plus cours."))


@blueprint.get("/invoices/<uuid:invoice_id>/facts")
def beside_invoice(invoice_id: UUID) -> str:
    """What is attached to an invoice and what could be: for the frame on its page, a page without scripts."""
    actor = current_actor()
    invoice = get_invoice(actor, invoice_id)
    asked = request.headers.get("Turbo-Frame")
    return render_template(
        "visits/beside.html",
        invoice=invoice,
        seen=facts_beside(actor, "invoice", invoice_id, invoice.client_id),
        frame=asked if asked in FRAMES else None,
    )


@blueprint.post("/invoices/<uuid:invoice_id>/facts")
def attach_to_invoice(invoice_id: UUID) -> Response:
    """Attach a fact that was chosen beside an invoice."""
    return _link("invoice", invoice_id, services.attach_fact, _("Fait rattaché."))


@blueprint.post("/invoices/<uuid:invoice_id>/facts/remove")
def detach_from_invoice(invoice_id: UUID) -> Response:
    """Take it off again."""
    return _link("invoice", invoice_id, services.detach_fact, _("Fait détaché."))


@blueprint.post("/disputes/<uuid:dispute_id>/facts")
def attach_to_dispute(dispute_id: UUID) -> Response:
    """Attach a fact that was chosen beside a dispute."""
    return _link("dispute", dispute_id, services.attach_fact, _("Fait rattaché."))


@blueprint.post("/disputes/<uuid:dispute_id>/facts/remove")
def detach_from_dispute(dispute_id: UUID) -> Response:
    """Take it off again."""
    return _link("dispute", dispute_id, services.detach_fact, _("Fait détaché."))


def _judge(fact_id: UUID, act: Callable[[Actor, UUID], Fact], said: str) -> Response:
    actor = current_actor()
    try:
        with unit_of_work():
            client_id = act(actor, fact_id).client_id
        flash(said)
    except Conflict as refusal:
        flash(str(refusal), "bad")
        return redirect(way_back(url_for("visits.index")), 303)
    return redirect(way_back(url_for("clients.sheet", client_id=client_id)), 303)


def _link(subject: str, subject_id: UUID, act: Link, said: str) -> Response:
    fact_id = parse_id(request.form.get("fact_id"))
    actor, kind = current_actor(), get_kind(subject)
    kind.client_of(actor, subject_id)  # out of scope is not found, whatever the form says
    if fact_id is None:
        raise NotFound(MISSING)
    try:
        with unit_of_work():
            act(actor, fact_id, subject, subject_id)
        flash(said)
    except Invalid as refusal:
        flash(str(next(iter(refusal.errors.values()), refusal)), "bad")
    return redirect(kind.url(subject_id), 303)

"""One dispute, and what its reader may do with it: one form at a time, chosen in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.clients.models import Client
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Invalid
from webapp.core.ids import parse_id
from webapp.core.pages import listed
from webapp.disputes import policy, queries, services
from webapp.disputes.models import Dispute
from webapp.disputes.queries import DisputeLine
from webapp.disputes.views.shell import blueprint, read_amount
from webapp.extensions import db
from webapp.users.actor import Actor
from webapp.users.current import current_actor
from webapp.users.queries import list_actors
from webapp.visits.queries import facts_beside

Shown = str | Response | tuple[str, int]
Act = Callable[[Actor, DisputeLine, Mapping[str, str], int | None], Dispute]
FORMS = ("proposal", "credit", "rejection", "withdrawal", "following")
NAMES = ("amount", "text", "credit_ref", "known_ref", "resolver_id", "due_on", "state")


@blueprint.get("/disputes/<uuid:dispute_id>")
def show(dispute_id: UUID) -> Shown:
    """The card, what was said, how it ended; `?act=` opens a form."""
    line = queries.get_dispute(current_actor(), dispute_id)
    return _page(line, request.args.get("act", ""), {}, {})


@blueprint.post("/disputes/<uuid:dispute_id>/following")
def follow(dispute_id: UUID) -> Shown:
    """Hand it over, give it another day."""
    return _attempt(dispute_id, "following", _following, _("Suivi enregistré."))


@blueprint.post("/disputes/<uuid:dispute_id>/waiting")
def wait(dispute_id: UUID) -> Shown:
    """Say whose turn it is."""
    return _attempt(dispute_id, "", _waiting, _("C’est noté."))


@blueprint.post("/disputes/<uuid:dispute_id>/proposal")
def propose(dispute_id: UUID) -> Shown:
    """Ask finance for a credit note."""
    return _attempt(dispute_id, "proposal", _proposal, _("Avoir proposé à la finance."))


@blueprint.post("/disputes/<uuid:dispute_id>/credit")
def credit(dispute_id: UUID) -> Shown:
    """Settle it with a credit note."""
    return _attempt(dispute_id, "credit", _credit, _("Litige réglé par un avoir."))


@blueprint.post("/disputes/<uuid:dispute_id>/rejection")
def reject(dispute_id: UUID) -> Shown:
    """Say no, and why."""
    return _attempt(dispute_id, "rejection", _rejection, _("Litige rejeté : la facture reste due."))


@blueprint.post("/disputes/<uuid:dispute_id>/withdrawal")
def withdraw(dispute_id: UUID) -> Shown:
    """Take it back."""
    return _attempt(dispute_id, "withdrawal", _withdrawal, _("Litige retiré."))


def _attempt(dispute_id: UUID, act: str, do: Act, said: str) -> Shown:
    """Do it in one transaction; a fault is said beside its field, a conflict shows what changed."""
    actor = current_actor()
    line = queries.get_dispute(actor, dispute_id)
    form = {name: request.form.get(name, "").strip() for name in NAMES}
    seen = request.form.get("seen_revision", "")
    try:
        with unit_of_work():
            do(actor, line, form, int(seen) if seen.isdigit() and len(seen) < 9 else None)
    except Invalid as refusal:
        return _page(queries.get_dispute(actor, dispute_id), act, form, refusal.errors), 422
    except Conflict as refusal:
        found = queries.get_dispute(actor, dispute_id)
        return _page(found, act, form, {}, str(refusal.message)), 409
    flash(said)
    return redirect(url_for("disputes.show", dispute_id=dispute_id), 303)


def _following(actor: Actor, line: DisputeLine, form: Mapping[str, str], seen: int | None) -> Dispute:
    try:
        due_on = date.fromisoformat(form["due_on"])
    except ValueError:
        raise Invalid(errors={"due_on": _("Indiquez une date.")}) from None
    services.set_due_day(actor, line.id, due_on, seen_revision=seen)
    return services.assign(actor, line.id, parse_id(form["resolver_id"]))  # last: it may be given away


def _waiting(actor: Actor, line: DisputeLine, form: Mapping[str, str], seen: int | None) -> Dispute:
    return services.wait_for(actor, line.id, form["state"], seen_revision=seen)


def _proposal(actor: Actor, line: DisputeLine, form: Mapping[str, str], seen: int | None) -> Dispute:
    amount = read_amount(form["amount"], line.currency)
    return services.propose(actor, line.id, amount=amount, text=form["text"], seen_revision=seen)


def _credit(actor: Actor, line: DisputeLine, form: Mapping[str, str], seen: int | None) -> Dispute:
    return services.credit(
        actor,
        line.id,
        credit_ref=form["known_ref"] or form["credit_ref"],
        amount=read_amount(form["amount"], line.currency),
        text=form["text"],
        seen_revision=seen,
    )


def _rejection(actor: Actor, line: DisputeLine, form: Mapping[str, str], seen: int | None) -> Dispute:
    return services.reject(actor, line.id, text=form["text"], seen_revision=seen)


def _withdrawal(actor: Actor, line: DisputeLine, form: Mapping[str, str], seen: int | None) -> Dispute:
    return services.withdraw(actor, line.id, text=form["text"], seen_revision=seen)


def _allowed(actor: Actor, line: DisputeLine) -> list[str]:
    """The forms this person may use, in the order they are offered."""
    if line.closed:
        return []
    decides = policy.may_decide(actor, line.dispute)
    allowed = {
        "credit": policy.may_credit(actor),
        "proposal": decides,
        "rejection": decides,
        "following": decides,
        "withdrawal": policy.may_withdraw(actor, line.dispute),
    }
    return [name for name, yes in allowed.items() if yes]


def _page(
    line: DisputeLine, act: str, form: Mapping[str, str], errors: Mapping[str, object], conflict: str = ""
) -> str:
    actor = current_actor()
    allowed = _allowed(actor, line)
    act = act if act in allowed else ""
    return render_template(
        "disputes/show.html",
        line=line,
        act=act,
        allowed=allowed,
        form=form,
        errors=listed(errors),
        conflict=conflict,
        seen=facts_beside(actor, "dispute", line.id, line.dispute.client_id),
        people=_people(line) if act == "following" else [],
        credits=queries.open_credits(line.dispute.client_id, line.currency) if act == "credit" else [],
    )


def _people(line: DisputeLine) -> list[Actor]:
    """Who may be given this dispute, by name."""
    client = db.session.get_one(Client, line.dispute.client_id)
    people = [each for each in list_actors() if policy.may_resolve(each, client)]
    return sorted(people, key=lambda each: each.name)

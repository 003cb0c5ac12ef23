"""JSON of disputes: open, list, read, hand over, propose, settle."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response
from flask_babel import lazy_gettext as _l

from webapp.core.api import act_id, answer, blueprint, command, cut_page
from webapp.core.errors import Invalid
from webapp.core.money import Money
from webapp.core.replays import replayed
from webapp.disputes import queries, services
from webapp.disputes import schemas as s
from webapp.disputes.queries import Wanted
from webapp.disputes.standing import standing_of_dispute, standing_of_invoice
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.invoices.queries import find_invoice_by_ref, get_invoice
from webapp.users.actor import Actor
from webapp.users.current import current_actor

blp = blueprint("disputes", __name__, "What clients contest of their invoices.")
Answer = tuple[dict[str, Any], int]


@blp.route("/disputes", methods=["GET"])
@blp.arguments(s.DisputeListArgs, location="query")
@blp.response(200, s.DisputePage)
def list_disputes(args: dict[str, Any]) -> Response:
    """Disputes of the clients one sees, by default those that are not over, the most urgent first."""
    limit, cursor = args.pop("limit"), args.pop("cursor")
    wanted = Wanted(department=args.pop("owner"), **args)
    after = queries.read_position(cursor, wanted)
    lines = queries.list_disputes(current_actor(), wanted, limit=limit, after=after)
    page = cut_page(lines, limit, lambda line: queries.position_of(wanted, line))
    return answer({**page, "items": [s.dispute_json(line) for line in page["items"]]})


@blp.route("/disputes", methods=["POST"])
@blp.arguments(s.DisputeWrite)
@blp.response(201, s.DisputeOut)
@command("dispute.open")
def open_dispute(values: dict[str, Any]) -> Answer:
    """Note what a client contests; the act's `Idempotency-Key` becomes the dispute's id."""
    return _open(act_id(), values), 201


@replayed("dispute.open", s.DisputeWrite, path="/disputes", stands=standing_of_invoice)
def _open(dispute_id: uuid.UUID, values: dict[str, Any]) -> dict[str, Any]:
    actor = current_actor()
    invoice = _invoice(actor, values)
    dispute = services.open_dispute(
        actor,
        invoice.id,
        reason=values["reason"],
        amount=_cents(values.get("amount"), invoice),
        text=values["text"],
        message_id=values.get("message_id"),
        dispute_id=dispute_id,
    )
    return _shown(actor, dispute.id)


@blp.route("/disputes/<uuid:dispute_id>", methods=["GET"])
@blp.response(200, s.DisputeOut)
def get_dispute(dispute_id: uuid.UUID) -> Response:
    """One dispute."""
    return answer(_shown(current_actor(), dispute_id))


@blp.route("/disputes/<uuid:dispute_id>", methods=["PATCH"])
@blp.arguments(s.DisputeChange)
@blp.response(200, s.DisputeOut)
@command("dispute.change")
def change_dispute(values: dict[str, Any], dispute_id: uuid.UUID) -> Answer:
    """Hand it over, or give it another day."""
    actor, seen = current_actor(), values["seen_revision"]
    if "due_on" in values:
        services.set_due_day(actor, dispute_id, values["due_on"], seen_revision=seen)
        seen = None
    if "resolver_id" in values:  # last: it may be given away
        services.assign(actor, dispute_id, values["resolver_id"], seen_revision=seen)
    return _shown(actor, dispute_id), 200


@blp.route("/disputes/<uuid:dispute_id>/waiting", methods=["POST"])
@blp.arguments(s.DisputeWaiting)
@blp.response(200, s.DisputeOut)
@command("dispute.wait")
def wait(values: dict[str, Any], dispute_id: uuid.UUID) -> Answer:
    """Say whose turn it is."""
    return _wait(act_id(), {"dispute_id": dispute_id, **values}), 200


@replayed("dispute.wait", s.DisputeWaitingReplay, stands=standing_of_dispute)
def _wait(_act_id: uuid.UUID, values: dict[str, Any]) -> dict[str, Any]:
    actor, dispute_id = current_actor(), values["dispute_id"]
    services.wait_for(actor, dispute_id, values["state"], seen_revision=values["seen_revision"])
    return _shown(actor, dispute_id)


@blp.route("/disputes/<uuid:dispute_id>/proposal", methods=["POST"])
@blp.arguments(s.DisputeProposal)
@blp.response(200, s.DisputeOut)
@command("dispute.propose")
def propose(values: dict[str, Any], dispute_id: uuid.UUID) -> Answer:
    """Ask finance for a credit note."""
    return _propose(act_id(), {"dispute_id": dispute_id, **values}), 200


@replayed("dispute.propose", s.DisputeProposalReplay, stands=standing_of_dispute)
def _propose(_act_id: uuid.UUID, values: dict[str, Any]) -> dict[str, Any]:
    actor, dispute_id = current_actor(), values.pop("dispute_id")
    values["amount"] = _cents(values["amount"], _invoice_of(actor, dispute_id))
    services.propose(actor, dispute_id, **values)
    return _shown(actor, dispute_id)


@blp.route("/disputes/<uuid:dispute_id>/credit", methods=["POST"])
@blp.arguments(s.DisputeCredit)
@blp.response(200, s.DisputeOut)
@command("dispute.credit")
def credit(values: dict[str, Any], dispute_id: uuid.UUID) -> Answer:
    """Settle it with a credit note, in whole or in part. Finance only."""
    actor = current_actor()
    values["amount"] = _cents(values["amount"], _invoice_of(actor, dispute_id))
    services.credit(actor, dispute_id, **values)
    return _shown(actor, dispute_id), 200


@blp.route("/disputes/<uuid:dispute_id>/rejection", methods=["POST"])
@blp.arguments(s.DisputeRejection)
@blp.response(200, s.DisputeOut)
@command("dispute.reject")
def reject(values: dict[str, Any], dispute_id: uuid.UUID) -> Answer:
    """Say no, and why."""
    actor = current_actor()
    services.reject(actor, dispute_id, **values)
    return _shown(actor, dispute_id), 200


@blp.route("/disputes/<uuid:dispute_id>/withdrawal", methods=["POST"])
@blp.arguments(s.DisputeWithdrawal)
@blp.response(200, s.DisputeOut)
@command("dispute.withdraw")
def withdraw(values: dict[str, Any], dispute_id: uuid.UUID) -> Answer:
    """Take it back: nothing is contested any more."""
    return _withdraw(act_id(), {"dispute_id": dispute_id, **values}), 200


@replayed("dispute.withdraw", s.DisputeWithdrawalReplay, stands=standing_of_dispute)
def _withdraw(_act_id: uuid.UUID, values: dict[str, Any]) -> dict[str, Any]:
    actor, dispute_id = current_actor(), values.pop("dispute_id")
    services.withdraw(actor, dispute_id, **values)
    return _shown(actor, dispute_id)


def _shown(actor: Actor, dispute_id: uuid.UUID) -> dict[str, Any]:
    return s.dispute_json(queries.get_dispute(actor, dispute_id))


def _invoice(actor: Actor, values: dict[str, Any]) -> Invoice:
    """The invoice a body names, by id or reference. Raises NotFound, Invalid."""
    if ("invoice_id" in values) == ("invoice_ref" in values):
        raise Invalid(errors={"invoice_ref": _l("Nommez la facture par sa référence ou son identifiant.")})
    if "invoice_id" in values:
        return get_invoice(actor, values["invoice_id"])
    found = find_invoice_by_ref(actor, values["invoice_ref"])
    if found is None:
        raise Invalid(errors={"invoice_ref": _l("Aucune facture n’a cette référence.")})
    return found


def _invoice_of(actor: Actor, dispute_id: uuid.UUID) -> Invoice:
    return db.session.get_one(Invoice, queries.get_dispute(actor, dispute_id).dispute.invoice_id)


def _cents(amount: Money | None, invoice: Invoice) -> int | None:
    """Minor units of the invoice. Raises Invalid for another currency."""
    if amount is not None and amount.currency != invoice.currency:
        sentence = _l("La facture %(ref)s est en %(currency)s.", ref=invoice.ref, currency=invoice.currency)
        raise Invalid(errors={"amount": sentence})
    return amount.amount if amount is not None else None

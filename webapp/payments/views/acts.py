"""What is done to a payment on its page or at the desk: accept, refuse, match by hand, undo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.core.errors import Invalid
from webapp.core.money import BadAmount, minor_digits, parse_amount
from webapp.core.pages import locale_name
from webapp.payments import queries, services
from webapp.payments.views.receipts import page
from webapp.payments.views.shell import attempt, back, blueprint, say
from webapp.users.current import current_actor


@blueprint.post("/payments/<uuid:payment_id>/accept")
def accept(payment_id: UUID) -> Response:
    """Do what a proposal says."""
    key = request.form.get("key", "")
    made = attempt(lambda: services.accept_proposal(current_actor(), payment_id, key))
    if made is not None:
        _say_matched(made.id)
    return back(payment_id)


@blueprint.post("/payments/<uuid:payment_id>/refuse")
def refuse(payment_id: UUID) -> Response:
    """Turn a proposal down, and offer to take that back."""
    key = request.form.get("key", "")
    if attempt(lambda: services.refuse_proposal(current_actor(), payment_id, key)):
        undo = url_for("payments.reconsider", payment_id=payment_id, key=key)
        say(_("Proposition refusée. Elle ne reviendra pas."), undo)
    if request.form.get("from") == "desk":
        return redirect(url_for("payments.desk", payment=payment_id), 303)
    return back(payment_id)


@blueprint.post("/payments/<uuid:payment_id>/reconsider")
def reconsider(payment_id: UUID) -> Response:
    """Let it be proposed again."""
    key = request.values.get("key", "")
    if attempt(lambda: services.take_back_refusal(current_actor(), payment_id, key)):
        say(_("La proposition est de nouveau là."))
    return redirect(url_for("payments.show", payment_id=payment_id), 303)


@blueprint.post("/payments/<uuid:payment_id>/match")
def match(payment_id: UUID) -> Response | tuple[str, int]:
    """Match by hand, or show the form again with what is to be corrected."""
    actor, written = current_actor(), request.form.to_dict()
    payment = queries.get_payment(actor, payment_id)
    try:
        chosen = _choice(written, queries.list_open_documents(payment), payment.currency)
        made = attempt(lambda: services.match_by_hand(actor, payment_id, chosen))
    except Invalid as refusal:
        return page(payment_id, written, refusal.errors), 422
    if made is not None:
        _say_matched(made.id)
    return back(payment_id)


@blueprint.post("/matchings/<uuid:matching_id>/undo")
def undo(matching_id: UUID) -> Response:
    """Take an act of matching back."""
    line = queries.get_line(current_actor(), matching_id)
    if attempt(lambda: services.undo_match(current_actor(), matching_id)):
        say(_("Lettrage annulé. Les factures sont de nouveau ouvertes."))
    payments = [each.allocation.payment_id for each in line.shares if each.allocation.payment_id]
    if not payments:
        return redirect(url_for("payments.index"), 303)
    if "/matching" in (request.referrer or ""):
        return redirect(url_for("payments.desk", payment=payments[0]), 303)
    return redirect(url_for("payments.show", payment_id=payments[0]), 303)


def _say_matched(matching_id: UUID) -> None:
    say(_("Règlement lettré."), url_for("payments.undo", matching_id=matching_id))


def _choice(written: Mapping[str, str], documents: Any, currency: str) -> services.Choice:
    """What the form says. Raises Invalid when an amount cannot be read."""
    mark, digits = "." if locale_name() == "en" else ",", minor_digits(currency)
    kept: dict[int, list[tuple[str, int]]] = {1: [], -1: []}
    for document in documents:
        text = written.get(f"on-{document.id}", "").strip()
        if text:
            try:
                amount = parse_amount(text, mark, digits)
            except BadAmount as error:
                sentence = _("%(ref)s : « %(text)s » n’est pas un montant.", ref=document.ref, text=text[:30])
                raise Invalid(errors={"allocations": [sentence]}) from error
            if amount:
                kept[document.sign].append((document.ref, amount))
    return services.Choice(tuple(kept[1]), tuple(kept[-1]), written.get("write_off") or None)

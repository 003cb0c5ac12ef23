"""What the pages share: the blueprint, sentences of proposals, how an act ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict
from webapp.core.ids import parse_id
from webapp.core.money import minor_digits
from webapp.core.pages import locale_name
from webapp.payments.rules.evidence import Proposal, Reason
from webapp.payments.schemas.reasons import reason_json, sentence

blueprint = Blueprint("payments", __name__)


@blueprint.app_template_global("why")
def why(reason: Reason | Mapping[str, Any], currency: str) -> str:
    """A reason in words, fresh or stored."""
    return sentence(reason_json(reason) if isinstance(reason, Reason) else reason, currency)


@blueprint.app_template_global("typed_amount")
def typed_amount(amount: int, currency: str) -> str:
    """An amount as somebody would type it into a field: `1234,56`."""
    digits = minor_digits(currency)
    whole, rest = divmod(amount, 10**digits)
    mark = "." if locale_name() == "en" else ","
    return f"{whole}{mark}{rest:0{digits}d}" if digits else str(whole)


@blueprint.app_template_global("share_lines")
def share_lines(proposal: Proposal) -> list[dict[str, Any]]:
    """Each document of a proposal once: how much of it is settled, by money and by credit."""
    lines = []
    for item in proposal.items:
        mine = [share for share in proposal.shares if share.invoice_id == item.id]
        credit = sum(share.amount for share in mine if share.of_credit)
        lines.append({"item": item, "amount": sum(share.amount for share in mine), "credit": credit})
    return lines


def attempt(do: Callable[[], Any]) -> Any:
    """Do it in one transaction; a conflict is said, and None returned. True stands for no result."""
    try:
        with unit_of_work():
            return do() or True
    except Conflict as refusal:
        flash(str(refusal.message), "error")
        return None


def say(text: str, undo: str | None = None) -> None:
    """Tell what was done on the next page, with a way back."""
    said: Any = {"text": text, "action_url": undo, "action_label": _("Annuler")} if undo else text
    flash(said)


def back(payment_id: UUID) -> Response:
    """To the next payment of the queue when one came from the desk, else to the payment."""
    if request.form.get("from") == "desk":
        following = parse_id(request.form.get("next"))
        return redirect(url_for("payments.desk", payment=following), 303)
    return redirect(url_for("payments.show", payment_id=payment_id), 303)

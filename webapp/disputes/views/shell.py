"""What the pages share: the blueprint, words of states and steps, amounts as people type them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint
from flask_babel import gettext as _

from webapp.core.errors import Invalid
from webapp.core.money import BadAmount, format_money, minor_digits
from webapp.core.pages import locale_name, written_amount
from webapp.disputes import policy
from webapp.disputes.queries import DisputeLine
from webapp.disputes.words import DEPARTMENT_WORDS, STATE_WORDS, STEP_WORDS, reason_name
from webapp.invoices.models import Invoice
from webapp.users.actor import Actor

blueprint = Blueprint("disputes", __name__)
STATE_LOOKS = {
    "open": "warn",
    "waiting_us": "warn",
    "waiting_client": "brand",
    "accepted_credit": "ok",
    "accepted_partly": "ok",
    "closed_by_payment": "ok",
}


@blueprint.app_context_processor
def _words() -> dict[str, Any]:
    """Cards are drawn on the pages of other features too."""
    return {
        "dispute_states": STATE_WORDS,
        "dispute_looks": STATE_LOOKS,
        "dispute_steps": STEP_WORDS,
        "dispute_departments": DEPARTMENT_WORDS,
        "dispute_reason": reason_name,
    }


@blueprint.app_template_global("dispute_act")
def next_act(actor: Actor, line: DisputeLine) -> str | None:
    """The one act a card offers its reader."""
    proposed = line.dispute.proposed_amount is not None
    return policy.next_act(actor, line.dispute, closed=line.closed, proposed=proposed)


def read_amount(text: str, currency: str, name: str = "amount") -> int | None:
    """Minor units of what was typed; None when nothing was. Raises Invalid beside the field."""
    if not text.strip():
        return None
    try:
        return written_amount(text, minor_digits(currency))
    except BadAmount:
        raise Invalid(errors={name: _("Indiquez un montant, par exemple 12,50.")}) from None


@blueprint.app_template_global("credit_options")
def credit_options(credits: Sequence[Invoice]) -> list[tuple[str, str]]:
    """Credit notes to choose from, each with what is left of it."""
    locale = locale_name()
    return [(each.ref, f"{each.ref} · {format_money(each.open, each.currency, locale)}") for each in credits]

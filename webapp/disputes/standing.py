"""How a dispute, or what is contested of an invoice, stands: beside an act that came too late for it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from webapp.core.money import format_money
from webapp.core.pages import ago
from webapp.core.replays import Line, Standing
from webapp.disputes import queries
from webapp.disputes.queries import DisputeLine
from webapp.disputes.words import STATE_WORDS
from webapp.invoices.queries import find_invoice, find_invoice_by_ref
from webapp.invoices.standing import invoice_standing
from webapp.users.current import current_actor

MOST = 3


def standing_of_invoice(values: dict[str, Any]) -> Standing | None:
    """The invoice, and the disputes that are open on it."""
    actor = current_actor()
    if "invoice_id" in values:
        invoice = find_invoice(actor, values["invoice_id"])
    else:
        invoice = find_invoice_by_ref(actor, values.get("invoice_ref", ""))
    if invoice is None:
        return None
    open_ones = [line for line in queries.list_of_invoice(actor, invoice.id) if not line.closed]
    more = tuple(Line(_("Litige en cours"), _in_words(line)) for line in open_ones[:MOST])
    return invoice_standing(invoice, actor.locale, more)


def standing_of_dispute(values: dict[str, Any]) -> Standing | None:
    """The dispute as it was settled, or as somebody else changed it."""
    actor = current_actor()
    line = queries.get_dispute(actor, values["dispute_id"])
    row = line.dispute
    lines = [Line(_("État"), str(STATE_WORDS[row.state])), Line(_("Contesté"), _amount(line, row.amount))]
    if row.proposed_amount:
        proposed = f"{_amount(line, row.proposed_amount)} · {line.proposer or 'Encours'}"
        lines.append(Line(_("Avoir proposé"), proposed))
    if row.closed_at is not None:
        lines.append(Line(_("Réglé par"), f"{line.closer or 'Encours'}, {ago(row.closed_at)}"))
    if row.resolution_text:
        lines.append(Line(_("Réponse"), row.resolution_text))
    title = _("Litige · %(reason)s", reason=line.reason) + f" · {line.invoice_ref}"
    return Standing("dispute", line.id, title, f"/disputes/{line.id}", tuple(lines))


def _in_words(line: DisputeLine) -> str:
    return f"{line.reason}, {_amount(line, line.dispute.open)} · {STATE_WORDS[line.dispute.state]}"


def _amount(line: DisputeLine, cents: int) -> str:
    return format_money(cents, line.currency, current_actor().locale, cents=True)

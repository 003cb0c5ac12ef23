"""How an invoice stands, in words: shown beside an act that came too late for it."""

from __future__ import annotations

from flask_babel import gettext as _

from webapp.core.money import format_money
from webapp.core.pages import day
from webapp.core.replays import Line, Standing
from webapp.invoices.models import Invoice


def invoice_standing(invoice: Invoice, locale: str, more: tuple[Line, ...] = ()) -> Standing:
    """What is left to pay of it and when it was due; `more` are facts of a feature above."""
    left = format_money(invoice.open, invoice.currency, locale, cents=True)
    gross = format_money(invoice.gross, invoice.currency, locale, cents=True)
    lines = (
        Line(_("Reste à régler"), _("Réglée") if invoice.open == 0 else left),
        Line(_("Montant"), gross),
        Line(_("Échéance"), day(invoice.due_on)),
    )
    title = _("Facture %(ref)s", ref=invoice.ref)
    return Standing("invoice", invoice.id, title, f"/invoices/{invoice.id}", lines + more)

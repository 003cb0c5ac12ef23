"""What a thread says of a request where no card can be shown: in French, like all that is stored in one."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from webapp.core.money import format_money
from webapp.credit_requests.models import CreditRequest
from webapp.invoices.models import Invoice


def words_of(request: CreditRequest, invoice: Invoice) -> str:
    """`Demande d’avoir : 1 200 €, trois palettes cassées`."""
    with force_locale("fr"):
        amount = format_money(request.amount, invoice.currency, "fr", cents=request.amount % 100 != 0)
        return _("Demande d’avoir : %(amount)s, %(reason)s", amount=amount, reason=request.reason)

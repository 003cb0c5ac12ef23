"""What a thread says of a promise where no card can be shown: in French, like all that is stored in one."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from webapp.core.money import format_money
from webapp.core.pages import long_day
from webapp.promises.models import Promise


def words_of(promise: Promise) -> str:
    """`Promesse de paiement : 12 000 € pour le vendredi 27 novembre`."""
    with force_locale("fr"):
        amount = format_money(promise.amount, promise.currency, "fr", cents=promise.amount % 100 != 0)
        return _(
            "Promesse de paiement : %(amount)s pour le %(day)s",
            amount=amount,
            day=long_day(promise.promised_on),
        )

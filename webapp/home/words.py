"""Why something may be sold on credit or not, in words for pages and programs."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.core.money import format_money
from webapp.home.rules.selling import Reason

_WORDS: dict[str, Callable[[str, int], str]] = {
    "fits": lambda amount, _days: _("Le plafond suffit : il restera %(amount)s.", amount=amount),
    "over": lambda amount, _days: _("Le plafond serait dépassé de %(amount)s.", amount=amount),
    "orders": lambda amount, _days: _(
        "%(amount)s de livraisons et de commandes à facturer sont comptés.", amount=amount
    ),
    "insolvent": lambda _amount, _days: _("Le client est en procédure collective."),
    "no_limit": lambda _amount, _days: _("Ce client n’a pas de plafond."),
    "limit_ended": lambda _amount, _days: _("Le plafond est arrivé à son terme."),
    "used_up": lambda amount, _days: _("Le plafond est déjà dépassé de %(amount)s.", amount=amount),
    "too_late": lambda _amount, days: ngettext(
        "Il a %(num)s jour de retard, plus que toléré.",
        "Il a %(num)s jours de retard, plus que toléré.",
        days,
    ),
}


def say_reason(reason: Reason, currency: str, locale: str) -> str:
    """One sentence, in the language of the request."""
    if reason.code == "used_up" and not reason.amount:
        return _("Le plafond est épuisé.")
    amount = format_money(reason.amount or 0, currency, locale, cents=(reason.amount or 0) % 100 != 0)
    return _WORDS[reason.code](amount, reason.days or 0)

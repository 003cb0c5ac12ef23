"""Exchange rates: a dated table for documents that come without theirs."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from babel.numbers import is_currency
from flask_babel import format_date
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.core.errors import Forbidden, Invalid
from webapp.core.money import UNIT_RATE, BadAmount, minor_digits, to_rate
from webapp.extensions import db
from webapp.invoices.models import ExchangeRate
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.users.policy import may
from webapp.users.queries import company

# A rate serves the days after it until the next one, bank holidays included, but not for ever.
SERVES = timedelta(days=10)


def set_rate(actor: Actor, currency: str, on: date, value: Decimal) -> ExchangeRate:
    """Write what one unit of a currency was worth on a day, in the company's currency.

    Documents recorded before keep their rate. Raises Forbidden, Invalid with the field at fault.
    """
    if not may(actor, "invoice.write"):
        raise Forbidden(_l("Votre rôle ne saisit pas de cours."))
    own = company().currency
    if not is_currency(currency) or currency == own:
        raise Invalid(errors={"currency": _l("Ce n’est pas une devise étrangère.")})
    try:
        rate = to_rate(value, minor_digits(currency), minor_digits(own))
    except BadAmount:
        raise Invalid(errors={"rate": _l("Indiquez un cours supérieur à 0.")}) from None
    found = db.session.get(ExchangeRate, (currency, on))
    before = found.rate if found else None
    if found is None:
        found = ExchangeRate(currency=currency, on=on, rate=rate)
        db.session.add(found)
    found.rate = rate
    db.session.flush()
    if before != rate:
        audit.write(actor, "rate.set", "exchange_rate", f"{currency} {on}", before=before, after=rate)
    return found


def rate_for(currency: str, day: date, given: Decimal | None = None) -> int:
    """The rate of a document of that day, in billionths: the one given, else the table's.

    The table answers with the last rate on or before the day, at most SERVES old. Raises Invalid
    on `currency` or `rate` when there is none.
    """
    own = company().currency
    if currency == own:
        return UNIT_RATE
    if not is_currency(currency):
        raise Invalid(errors={"currency": _l("Cette devise n’existe pas.")})
    if given is not None:
        try:
            return to_rate(given, minor_digits(currency), minor_digits(own))
        except BadAmount:
            raise Invalid(errors={"rate": _l("Indiquez un cours supérieur à 0.")}) from None
    found = db.session.scalar(
        select(ExchangeRate.rate)
        .where(ExchangeRate.currency == currency, ExchangeRate.on <= day, ExchangeRate.on >= day - SERVES)
        .order_by(ExchangeRate.on.desc())
        .limit(1)
    )
    if found is None:
        sentence = _l("Aucun cours du %(currency)s pour le %(day)s.", currency=currency, day=format_date(day))
        raise Invalid(errors={"currency": sentence}, code="no_rate")
    return found

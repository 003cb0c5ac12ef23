"""At which rate an amount in another currency enters the books: the row's, else the dated table's."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from webapp.core.money import BadAmount, minor_digits, to_rate
from webapp.extensions import db
from webapp.imports.reading import Fault
from webapp.invoices.models import ExchangeRate


class Rates:
    """Looks rates up, each currency once."""

    def __init__(self, own: str) -> None:
        self.own = own
        self.known: dict[str, list[tuple[date, int]]] = {}

    def put(self, values: dict[str, Any], said: Decimal | None, faults: list[Fault]) -> None:
        """Set `currency` and, for another than the company's, `rate` (billionths) of a row.

        `said` is the rate the row gives: the company's currency for one unit.

        Adds the fault `no_rate`, naming currency and date, when neither the row nor the table has one.
        """
        currency = values.setdefault("currency", self.own)
        if currency == self.own:
            return
        day: date = values["issued_on"]
        rate = self._said(said, currency) if said is not None else self._on(currency, day)
        if rate is None:
            faults.append(Fault("currency", "", "no_rate", f"{currency}, {day:%d/%m/%Y}"))
        else:
            values["rate"] = rate

    def _said(self, said: Decimal, currency: str) -> int | None:
        try:
            return to_rate(said, minor_digits(currency), minor_digits(self.own))
        except BadAmount:
            return None

    def _on(self, currency: str, day: date) -> int | None:
        """The rate of the last day known, not after `day`."""
        if currency not in self.known:
            rows = db.session.execute(
                select(ExchangeRate.on, ExchangeRate.rate)
                .where(ExchangeRate.currency == currency)
                .order_by(ExchangeRate.on)
            )
            self.known[currency] = list(rows.tuples())
        return next((rate for on, rate in reversed(self.known[currency]) if on <= day), None)

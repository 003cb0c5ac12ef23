"""Fields that every feature's schemas share: text kept as written, money, references."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from babel.numbers import is_currency
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate

from webapp.core.api import MoneySchema
from webapp.core.money import Money
from webapp.core.plain_text import text_fault

FIRST_YEAR, LAST_YEAR = 1970, 2199


class PlainText(fields.String):
    """Text of at most `longest` characters without control characters, stored unchanged."""

    def __init__(self, longest: int, *, lines: bool = False, blank: bool = True, **options: Any) -> None:
        self.lines, self.blank = lines, blank
        super().__init__(validate=[validate.Length(max=longest)], **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        fault = text_fault(text, lines=self.lines) if isinstance(text, str) else None
        if fault is not None:
            raise ValidationError(str(fault))
        if not self.blank and isinstance(text, str) and not text.strip():
            raise ValidationError(str(_l("Ce champ ne peut pas être vide.")))
        return text


class Amount(fields.Nested):
    """Money in the company's currency, given as `{amount, currency}`; loads to cents."""

    def __init__(self, *, low: int = 1, currency: str = "EUR", **options: Any) -> None:
        self.low, self.currency = low, currency
        super().__init__(MoneySchema, **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, partial: Any = None, **kwargs: Any) -> Any:
        money = super()._deserialize(value, attr, data, partial, **kwargs)
        if money is None:
            return None
        if money["currency"] != self.currency:
            sentence = _l("Les montants sont en %(currency)s.", currency=self.currency)
            raise ValidationError({"currency": [str(sentence)]})
        if money["amount"] < self.low:
            raise ValidationError({"amount": [str(_l("Indiquez un montant supérieur à 0 €."))]})
        return money["amount"]


class AnyMoney(fields.Nested):
    """Money in any currency, given as `{amount, currency}`; loads to `Money`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(MoneySchema, **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, partial: Any = None, **kwargs: Any) -> Any:
        money = super()._deserialize(value, attr, data, partial, **kwargs)
        if money is None:
            return None
        if not is_currency(money["currency"]):
            raise ValidationError({"currency": [str(_l("Cette devise n’existe pas."))]})
        if money["amount"] < 1:
            raise ValidationError({"amount": [str(_l("Indiquez un montant supérieur à 0 €."))]})
        return Money(money["amount"], money["currency"])


class Rate(fields.String):
    """The company's currency for one unit of another, as a decimal text (`"0.9234"`)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=[validate.Regexp(r"^\d{1,7}(\.\d{1,12})?$")], **options)

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        text = super().deserialize(value, attr, data, **kwargs)
        return Decimal(text) if isinstance(text, str) else text


class Day(fields.Date):
    """A calendar day of the years an account can be about."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        day = super()._deserialize(value, attr, data, **kwargs)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(str(_l("Cette date n’est pas possible.")))
        return day

"""From cells to values: each column is profiled once, then each row read under that profile."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from webapp.clients.rules import TEXT_FIELDS, clean_siren, clean_siret, clean_vat
from webapp.core.money import BadAmount, minor_digits, parse_amount
from webapp.imports.columns import Field, fields_of
from webapp.imports.values import (
    AmountColumn,
    DateColumn,
    RefColumn,
    clean_text,
    is_empty,
    read_date,
    read_kind,
    read_method,
    read_rate,
    read_ref,
)

IDENTITY = {"siren": clean_siren, "siret": clean_siret, "vat_number": clean_vat}
LONGEST = {**TEXT_FIELDS, "client_name": 200, "branch": 120, "sales_rep": 254}
SIGNS = {"€": "EUR", "$": "USD", "£": "GBP"}
# Signs of another currency in the name of an amount column.
CURRENCIES = ("usd", "gbp", "chf", "cad", "jpy", "dollar")


@dataclass
class Fault:
    """Why a cell cannot be taken."""

    field: str
    column: str
    code: str
    value: str = ""

    def as_json(self) -> dict[str, str]:
        return {"field": self.field, "column": self.column, "code": self.code, "value": self.value[:60]}


@dataclass
class Reading:
    """A row read: values by field, faults, and warnings by code."""

    line: int
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class Profile:
    """What all values of the mapped columns say together."""

    def __init__(self, kind: str, mapping: Mapping[str, str], headers: Sequence[str], currency: str) -> None:
        self.mapping = dict(mapping)
        self.index = {field: headers.index(column) for field, column in mapping.items()}
        self.currency = currency
        self.fields: list[Field] = [each for each in fields_of(kind) if each.name in mapping]
        self.dates = {each.name: DateColumn() for each in self.fields if each.kind == "date"}
        self.amounts = {each.name: AmountColumn() for each in self.fields if each.kind == "amount"}
        self.refs = {each.name: RefColumn() for each in self.fields if each.kind == "ref"}
        self.signed, self.digits = "kind" in mapping, 2

    def add(self, table: pl.DataFrame) -> None:
        """Look at more rows, each different value once.

        Of amounts and references only the shape matters: figures above 1 stand as 1.
        """
        for group in (self.dates, self.amounts, self.refs):
            for name, column in group.items():
                texts = table[name].str.strip_chars()
                if name not in self.dates:
                    texts = texts.str.replace_all("[2-9]", "1")
                if name in self.refs:
                    texts = texts.str.replace_all("1+", "1")
                for text, times in texts.value_counts().iter_rows():
                    column.add(text.strip(), times)

    def warnings(self) -> list[tuple[str, str]]:
        """(code, column) of what a person should know about the columns."""
        said = [
            ("ambiguous_dates", self.mapping[name]) for name, each in self.dates.items() if each.ambiguous
        ]
        said += [
            ("ambiguous_amounts", self.mapping[name]) for name, each in self.amounts.items() if each.ambiguous
        ]
        said += [("float_refs", self.mapping[name]) for name, each in self.refs.items() if each.as_floats]
        if self.amounts and "currency" not in self.mapping:
            said.append(("currency_assumed", self.currency))
            gross = self.mapping["gross"]
            if any(sign in gross.lower() for sign in CURRENCIES if sign != self.currency.lower()):
                said.append(("currency_hint", gross))
        return said

    def read(self, line: int, texts: Mapping[str, str]) -> Reading:
        """The values of one row; `texts` are its cells by field.

        An amount has the decimals of its currency.
        """
        reading = Reading(line)
        self.digits = minor_digits(_code(texts.get("currency") or "") or self.currency)
        for each in self.fields:
            self.read_cell(reading, each, texts[each.name])
        return reading

    def read_cell(self, reading: Reading, each: Field, text: str) -> None:
        """Add to `reading` what a cell says about a field."""
        text, column = text.strip(), self.mapping[each.name]
        if is_empty(text):
            if each.required:
                reading.faults.append(Fault(each.name, column, "missing"))
            return
        value: Any
        code: str | None = None
        if each.kind == "date":
            value, code = self._date(each.name, text)
        elif each.kind == "amount":
            value, code = self._amount(each.name, text, reading)
        elif each.kind == "ref":
            value, code = read_ref(text, as_floats=self.refs[each.name].as_floats)
        elif each.name in IDENTITY:
            value, code = IDENTITY[each.name](text)
        elif each.name == "kind":
            value = read_kind(text)
            code = None if value else "kind"
        elif each.name == "currency":
            value = _code(text)
            code = None if value else "currency"
        elif each.name == "rate":
            value, code = read_rate(text)
        elif each.name == "method":
            value, code = read_method(text), None
        else:
            whole, longest = clean_text(text), LONGEST.get(each.name, 200)
            value = whole[:longest]
            if len(whole) > longest:
                reading.warnings.append("cut")
        if code:
            reading.faults.append(Fault(each.name, column, code, text))
        elif value not in (None, ""):
            reading.values[each.name] = value
        elif each.required:
            reading.faults.append(Fault(each.name, column, "missing"))

    def _date(self, name: str, text: str) -> tuple[Any, str | None]:
        column = self.dates[name]
        day = read_date(text, column.shape)
        if day is not None:
            return day, None
        elsewhere = any(read_date(text, shape) for shape in ("ymd", "dmy", "mdy", "dmony", "compact"))
        return None, "date_format" if elsewhere else "date"

    def _amount(self, name: str, text: str, reading: Reading) -> tuple[Any, str | None]:
        mark = self.amounts[name].mark
        try:
            cents = parse_amount(text, mark, self.digits)
        except BadAmount as error:
            return None, error.code
        if _decimals(text, mark) > self.digits:
            reading.warnings.append("rounded")
        if cents < 0 and not self.signed:
            return None, "negative"
        return cents, None


def _code(text: str) -> str | None:
    """The ISO 4217 code of a currency, written so or by its sign; None when it is neither."""
    code = SIGNS.get(text.strip(), text.strip().upper())
    return code if re.fullmatch("[A-Z]{3}", code) else None


def _decimals(text: str, mark: str | None) -> int:
    """Decimals that carry something: trailing zeros do not."""
    _whole, found, rest = text.strip().rpartition(mark or ".")
    return len(rest.rstrip("0")) if found and rest.isdigit() else 0

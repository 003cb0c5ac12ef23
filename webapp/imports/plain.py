"""Rows of invoices that leave nothing to judge, read all at once.

A cell is plain when it is written in the usual way; what it means is asked of `Profile.read_cell` once for
each different text. References and amounts, of which nearly every one differs, have a shape here that
`read_ref` and `parse_amount` read in the same way (tests/imports/test_lanes.py compares both). A row with
any other cell is not plain, and is judged by itself.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from webapp.clients.rules import fold
from webapp.imports.columns import Field
from webapp.imports.reading import Profile, Reading
from webapp.imports.staging import TYPES
from webapp.imports.values import EMPTY

KEPT = 100_000  # different texts of a column remembered from one batch to the next
_UNUSUAL = r"[^0-9A-Za-zÀ-ÖØ-öø-ÿ _./#°&+:,()*-]|  "
_SCIENTIFIC = r"^[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+$"
_SPACES = "[ \u00a0\u202f\u2009'’_]"


def ref_key(table: pl.DataFrame) -> pl.Series:
    """A hash of each reference: equal ones, however spaced or turned into floats, have the same."""
    text = table["ref"].str.replace_all(r"[\s\x1c-\x1f]+", " ").str.strip_chars(" ")
    return text.str.replace(r"\.0+$", "").hash(7)


class PlainReader:
    """Reads tables of texts under a profile; remembers what texts mean."""

    def __init__(self, profile: Profile, currency: str) -> None:
        self.profile, self.currency = profile, currency
        self.meanings: dict[str, dict[str, tuple[Any, bool]]] = {each.name: {} for each in profile.fields}

    def read(self, table: pl.DataFrame) -> pl.DataFrame:
        """`line`, the values of each field, and `plain`: whether the row is one of those read here."""
        frame = table.select("line", *(each.name for each in self.profile.fields))
        good: list[str] = []
        for each in self.profile.fields:
            column = pl.col(each.name).str.strip_chars()
            if each.name == "ref":
                value, fine = self._ref(column)
            elif each.name == "rate":  # whoever says a rate means another currency
                value, fine = pl.lit(None, pl.Int64), column == ""
            elif each.kind == "amount":
                value, fine = self._amount(each.name, column)
            else:
                frame = self._by_text(frame, each)
                good.append(f"{each.name} ok")
                continue
            frame = frame.with_columns(value.alias(each.name), fine.alias(f"{each.name} ok"))
            good.append(f"{each.name} ok")
        frame = self._completed(frame.with_columns(plain=pl.all_horizontal(good).fill_null(False)).drop(good))
        return frame.with_columns(plain=pl.col("plain") & self._usual().fill_null(False))

    def _usual(self) -> pl.Expr:
        """An invoice in the company's currency that falls due after its issue."""
        return (
            pl.col("client_ref").is_not_null()
            & (pl.col("due_on") >= pl.col("issued_on"))
            & (pl.col("kind") == "invoice")
            & (pl.col("currency") == self.currency)
            & (pl.col("gross") > 0)
        )

    def _completed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """What a row need not say: the kind, the currency, the client's code when it has a name."""
        defaults = {"kind": "invoice", "currency": self.currency}
        absent = {
            name: pl.lit(value).alias(name) for name, value in defaults.items() if name not in frame.columns
        }
        frame = frame.with_columns(
            *absent.values(),
            *(pl.col(name).fill_null(defaults[name]) for name in defaults if name not in absent),
        )
        for name, kind in (("due_on", pl.Date), ("client_ref", pl.String), ("settled_on", pl.Date)):
            if name not in frame.columns:
                frame = frame.with_columns(pl.lit(None, kind).alias(name))
        if "client_name" in frame.columns and frame["client_ref"].has_nulls():
            names = (
                frame.filter(pl.col("client_ref").is_null())["client_name"].drop_nulls().unique().to_list()
            )
            codes = [code_of(name) for name in names]
            made = pl.col("client_name").replace_strict(names, codes, default=None, return_dtype=pl.String)
            frame = frame.with_columns(client_ref=pl.coalesce("client_ref", made))
        return frame

    def _by_text(self, frame: pl.DataFrame, each: Field) -> pl.DataFrame:
        known = self.meanings[each.name]
        if len(known) > KEPT:
            known.clear()
        texts = frame[each.name].unique().to_list()
        for text in texts:
            if text not in known:
                reading = Reading(0)
                self.profile.read_cell(reading, each, text)
                known[text] = reading.values.get(each.name), not (reading.faults or reading.warnings)
        means = pl.DataFrame(
            {each.name: texts, "value": [known[t][0] for t in texts], "ok": [known[t][1] for t in texts]},
            schema={each.name: pl.String, "value": TYPES.get(each.kind, pl.String), "ok": pl.Boolean},
        )
        joined = frame.join(means, on=each.name, how="left", maintain_order="left")
        return joined.drop(each.name).rename({"value": each.name, "ok": f"{each.name} ok"})

    def _ref(self, text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
        value = text
        if self.profile.refs["ref"].as_floats:
            value = text.str.extract(r"^([0-9]+)\.0+$")
        usual = ~text.str.contains(_UNUSUAL) & ~text.str.contains(_SCIENTIFIC) & (text.str.len_chars() <= 64)
        return value, usual & value.is_not_null() & ~text.str.to_lowercase().is_in(list(EMPTY))

    def _amount(self, name: str, text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
        mark = self.profile.amounts[name].mark
        shape = (
            rf"^([0-9]{{1,9}})(?:{'[.]' if mark == '.' else mark}([0-9]{{1,2}}))?$"
            if mark
            else r"^([0-9]{1,9})()$"
        )
        parts = text.str.replace_all(_SPACES, "").str.extract_groups(shape)
        cents = parts.struct.field("2").fill_null("").str.pad_end(2, "0").cast(pl.Int64, strict=False)
        value = parts.struct.field("1").cast(pl.Int64, strict=False) * 100 + cents
        return value, value > 0


def code_of(name: str) -> str:
    """The code of a client that a file names without one."""
    return fold(name).upper().replace(" ", "-")[:64]

"""What a check adds up while rows go by: counts, totals, warnings, errors."""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl
from flask_babel import gettext as _

from webapp.core.money import UNIT_RATE, convert
from webapp.imports.judging import Judged
from webapp.imports.messages import ROW, WARNING, say
from webapp.imports.reading import Profile
from webapp.invoices.rules import SIGN

KEPT_ERRORS = 1000
OWED = ("invoices", "entries", "payments")  # kinds of rows that change what clients owe


class Tally:
    """Counts, totals, warnings and errors while rows go by."""

    def __init__(
        self, kind: str, labels: dict[str, str], currency: str, profile: Profile | None = None
    ) -> None:
        self.kind, self.labels, self.currency, self.profile = kind, labels, currency, profile
        self.more: dict[str, int] = {}  # figures that only some kinds of files have
        self.counts: Counter[str] = Counter(created=0, updated=0, unchanged=0, skipped=0, refused=0)
        self.gross = self.effect = self.payments = self.paid = 0
        self.noted: Counter[str] = Counter()
        self.first: dict[str, int] = {}
        self.errors: list[dict[str, Any]] = []
        self.clients: set[str] = set()
        self.deltas: Counter[str] = Counter()  # what each client will owe more, or less
        self.new_clients = 0
        self.notes: list[dict[str, Any]] = []

    def add(self, frame: pl.DataFrame, alone: list[Judged]) -> None:
        """Add a batch as it is staged; `alone` are those of its rows that were judged one by one."""
        self.counts.update(dict(frame["outcome"].value_counts().iter_rows()))
        for each in sorted(alone, key=lambda judged: judged.line):
            for code in each.warnings:
                self.noted[code] += 1
                self.first.setdefault(code, each.line)
            for fault in each.faults:
                self._note_error(each.line, fault.as_json())
            if each.outcome == "updated" and self.kind in OWED and each.values["kind"] in SIGN:
                self._change(each)
        if self.kind in OWED:
            self._sum(frame.filter(pl.col("outcome").is_in(["created", "updated", "unchanged"])))

    def _sum(self, frame: pl.DataFrame) -> None:
        """What the file says, and what new documents add to what each client owes."""
        if frame["rate"].null_count() < frame.height:
            frame = _in_own_currency(frame)
        sign = pl.col("kind").replace_strict({**SIGN, "payment": -1}, return_dtype=pl.Int64)
        received = pl.col("kind") == "payment"
        signed, settled = pl.col("gross") * sign, received | pl.col("settled_on").is_not_null()
        new = (pl.col("outcome") == "created") & pl.col("settled_on").is_null()
        sums = frame.group_by("client_ref").agg(
            signed.filter(~received).sum().alias("gross"),
            settled.sum().alias("payments"),
            pl.col("gross").filter(settled).sum().alias("paid"),
            signed.filter(new).sum().alias("change"),
        )
        for ref, gross, payments, paid, change in sums.iter_rows():
            self.clients.add(ref)
            self.gross += gross
            self.payments += payments
            self.paid += paid
            self.effect += change
            self.deltas[ref] += change

    def clear(self, count: int, deltas: dict[str, int]) -> None:
        """Documents a stock file no longer names, and what their clients owe less."""
        self.counts["cleared"] += count
        for ref, change in deltas.items():
            self.effect += change
            self.deltas[ref] += change

    def _change(self, each: Judged) -> None:
        """What a corrected document adds to what its client owes."""
        values, before = each.values, each.before or {}
        rate = values.get("rate", UNIT_RATE)
        gross, was = convert(values["gross"], rate), before.get("gross", values["gross"])
        change = SIGN[values["kind"]] * (gross - convert(was, before.get("rate", rate)))
        change -= gross if "settled_on" in before else 0
        self.effect += change
        self.deltas[values["client_ref"]] += change

    def _note_error(self, line: int, fault: dict[str, str]) -> None:
        if len(self.errors) >= KEPT_ERRORS:
            return
        label = self.labels.get(fault["field"], "") or ("" if self.profile else fault["column"])
        mapping = self.profile.mapping if self.profile else {}
        sentence = say(ROW, fault["code"], value=fault["value"])
        self.errors.append(
            {
                "row": line,
                "column": fault["column"] or mapping.get(fault["field"], "") or label,
                "field": fault["field"],
                "code": fault["code"],
                "message": _("%(column)s : %(cause)s", column=label, cause=sentence) if label else sentence,
            }
        )

    def finish(self, judge: Any, *, encoding: str) -> None:
        """Turn what was noted into sentences."""
        self.new_clients = len(judge.new_clients)
        for code, column in self.profile.warnings() if self.profile else ():
            self.notes.append(note(code, 1, None, column))
        if encoding not in ("UTF-8", "ASCII"):
            self.notes.append(note("encoding", 1, None, encoding))
        for code, count in sorted(self.noted.items()):
            self.notes.append(note(code, count, self.first[code], ""))
        if judge.aliases:
            self.notes.append(note("aliases", len(judge.aliases), None, ""))


def _in_own_currency(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with `gross` in the company's currency: sums never mix currencies."""
    pairs = frame.select("gross", pl.col("rate").fill_null(UNIT_RATE)).iter_rows()
    return frame.with_columns(
        gross=pl.Series([convert(gross, rate) for gross, rate in pairs], dtype=pl.Int64)
    )


def note(code: str, count: int, row: int | None, value: str) -> dict[str, Any]:
    return {"code": code, "message": say(WARNING, code, value=value), "count": count, "row": row}

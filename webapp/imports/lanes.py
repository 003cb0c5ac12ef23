"""Batches of rows judged: those that leave nothing to judge together, the others one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from webapp.imports.judging import ClientJudge, InvoiceJudge, Judged, iso
from webapp.imports.messages import ROW, say
from webapp.imports.parsers.batches import Batch
from webapp.imports.payment_judging import PaymentJudge
from webapp.imports.plain import PlainReader, ref_key
from webapp.imports.reading import Fault, Profile
from webapp.imports.staging import frame_of, schema_of
from webapp.invoices.queries import list_facts

JUDGES: dict[str, Any] = {"invoices": InvoiceJudge, "clients": ClientJudge, "payments": PaymentJudge}
SLICE = 5_000  # rows judged one by one are held at a time
SAME = ("client_ref", "issued_on", "due_on", "gross", "kind", "currency")
FACTS: dict[str, Any] = {
    "ref": pl.String,
    "client_ref": pl.String,
    "issued_on": pl.Date,
    "due_on": pl.Date,
    "gross": pl.Int64,
    "kind": pl.String,
    "currency": pl.String,
    "open": pl.Int64,
    "live": pl.Boolean,
}


class Lanes:
    """Sends each row of a file down the lane it belongs to.

    `doubled` are the keys (`ref_key`) of references met more than once in the file: which of their rows
    counts is judged one by one.
    """

    def __init__(
        self, kind: str, profile: Profile, currency: str, doubled: pl.Series, *, plain: bool = True
    ) -> None:
        self.kind, self.profile, self.doubled = kind, profile, doubled
        self.judge: InvoiceJudge | ClientJudge = JUDGES[kind](currency)
        self.reader = PlainReader(profile, currency) if kind == "invoices" and plain else None

    def judged(self, batch: Batch) -> tuple[pl.DataFrame, list[Judged]]:
        """A batch as it is staged, and those of its rows that were judged one by one."""
        together, rest = self._together(batch.table)
        alone = [Judged(row.line, "refused", {}, None, [Fault("", "", row.fault or "")]) for row in batch.odd]
        pieces = [together] if together is not None else []
        careful: list[Judged] = alone
        if alone:
            pieces.append(staged_frame(self.kind, alone))
        for piece in rest.iter_slices(SLICE):
            readings = [self.profile.read(row["line"], row) for row in piece.iter_rows(named=True)]
            found = self.judge.judge(readings)
            pieces.append(staged_frame(self.kind, found))
            careful = careful + found
        frame = pl.concat(pieces).sort("line") if len(pieces) > 1 else pieces[0]
        if self.kind == "invoices" and isinstance(self.judge, InvoiceJudge):
            self._note_clients(self.judge, frame)
        return frame, careful

    def _together(self, table: pl.DataFrame) -> tuple[pl.DataFrame | None, pl.DataFrame]:
        """Plain rows that are new or say what the books say, staged; and the others as they came."""
        if self.reader is None or not table.height:
            return None, table
        read = self.reader.read(table).with_columns(twice=ref_key(table).is_in(self.doubled))
        plain = read.filter(pl.col("plain") & ~pl.col("twice")).drop("plain", "twice")
        judge = self.judge
        assert isinstance(judge, InvoiceJudge)
        plain = judge.known_people(plain)
        both = plain.join(
            facts_of(plain["ref"].to_list()), on="ref", how="left", maintain_order="left", suffix=" now"
        )
        new = pl.col("live").is_null()
        outcome = pl.when(new).then(pl.lit("created")).when(says_the_same()).then(pl.lit("unchanged"))
        both = both.with_columns(outcome=outcome)
        done = both.filter(pl.col("outcome").is_not_null())
        rest = table.join(done.select("line"), on="line", how="anti", maintain_order="left")
        schema = schema_of(self.kind)
        columns = [
            pl.col(name).cast(kind) if name in done.columns else pl.lit(None, kind).alias(name)
            for name, kind in schema.items()
        ]
        return done.select(columns), rest

    @staticmethod
    def _note_clients(judge: InvoiceJudge, frame: pl.DataFrame) -> None:
        """Tell the judge which clients are named, and how, in the order of the file."""
        named = frame.filter(pl.col("outcome").is_in(["created", "updated", "unchanged"]))
        pairs = named.select("client_ref", "client_name").unique(maintain_order=True)
        judge.note_clients(pairs.rows())


def staged_frame(kind: str, rows: Sequence[Judged]) -> pl.DataFrame:
    """Rows judged one by one, as they are staged."""
    return frame_of(
        kind,
        (
            {
                "line": each.line,
                "outcome": each.outcome,
                **each.values,
                "before": {name: iso(value) for name, value in (each.before or {}).items()},
                "errors": [_error(fault) for fault in each.faults],
            }
            for each in rows
        ),
    )


def facts_of(refs: list[str]) -> pl.DataFrame:
    """What the books say of these references, as a frame; `live` is false for voided documents."""
    return pl.DataFrame(list_facts(refs), schema=FACTS, orient="row")


def says_the_same() -> pl.Expr:
    """Over rows joined to their `facts_of`: does the row say what the books say?"""
    same = pl.all_horizontal(pl.col(name) == pl.col(f"{name} now") for name in SAME)
    return same & pl.col("live") & (pl.col("settled_on").is_null() | (pl.col("open") == 0))


def _error(fault: Fault) -> dict[str, str]:
    return {**fault.as_json(), "message": say(ROW, fault.code, value=fault.value[:60])}

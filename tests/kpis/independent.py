"""The aged balance worked out again by DuckDB from the entries, in another way than the product's.

It reads nothing that is kept for speed (open, unapplied, balances): only documents, parts, payments
and allocations, which it replays up to a day.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import duckdb
from sqlalchemy import select

from webapp.extensions import db
from webapp.invoices.models import Instalment, Invoice
from webapp.payments.models import Allocation, Payment

COLUMNS = {
    "invoices": (Invoice, "id client_id kind issued_on gross rate voided_at"),
    "parts": (Instalment, "invoice_id number due_on amount"),
    "payments": (Payment, "id client_id received_on amount rate voided_at returned_on"),
    "allocations": (Allocation, "payment_id credit_id invoice_id amount effective_on reversed_on"),
}
REPLAY = """
with live as (
  select a.*, i.issued_on from allocations a
  join invoices i on i.id = a.invoice_id
  left join payments p on p.id = a.payment_id
  left join invoices c on c.id = a.credit_id
  where a.effective_on <= $day and (a.reversed_on is null or a.reversed_on > $day) and i.issued_on <= $day
    and (p.id is null or (p.voided_at is null and p.received_on <= $day))
    and (c.id is null or (c.voided_at is null and c.issued_on <= $day))
), settled as (
  select id, sum(amount)::hugeint as amount from (
    select invoice_id as id, amount from live
    union all select credit_id, amount from live where credit_id is not null
  ) group by id
), stretched as (  -- each part from the cent where it starts to the cent where it ends, earliest due first
  select i.client_id, i.kind, i.rate, i.issued_on, p.due_on, p.amount,
    coalesce(sum(p.amount) over (partition by p.invoice_id order by p.due_on, p.number
             rows between unbounded preceding and 1 preceding), 0) as start,
    coalesce(s.amount, 0) as settled
  from parts p join invoices i on i.id = p.invoice_id left join settled s on s.id = i.id
  where i.voided_at is null and i.issued_on <= $day
), valued as (
  select client_id, kind = 'credit_note' or kind = 'write_off' as credit, issued_on, due_on,
    (2 * (amount - least(amount, greatest(0, settled - start)))::hugeint * rate + 1000000000)
      // 2000000000 as value
  from stretched
), aged as (
  select client_id, credit, value, date_diff('day', {dated}, $day) as late from valued where value <> 0
), open as (
  select client_id,
    sum(case when not credit and late <= 0 then value else 0 end) b0,
    sum(case when not credit and late between 1 and {b1} then value else 0 end) b1,
    sum(case when not credit and late between {b1} + 1 and {b2} then value else 0 end) b2,
    sum(case when not credit and late between {b2} + 1 and {b3} then value else 0 end) b3,
    sum(case when not credit and late between {b3} + 1 and {b4} then value else 0 end) b4,
    sum(case when not credit and late > {b4} then value else 0 end) b5,
    sum(case when credit then value else 0 end) credits
  from aged group by client_id
), used as (
  select payment_id, sum(amount)::hugeint as amount from allocations a join invoices i on i.id = a.invoice_id
  where payment_id is not null and effective_on <= $day and (reversed_on is null or reversed_on > $day)
    and i.issued_on <= $day group by payment_id
), cash as (
  select client_id,
    sum((2 * (p.amount - coalesce(u.amount, 0))::hugeint * rate + 1000000000) // 2000000000) unapplied
  from payments p left join used u on u.payment_id = p.id
  where p.voided_at is null and p.received_on <= $day and (p.returned_on is null or p.returned_on > $day)
  group by client_id having unapplied > 0
)
select coalesce(o.client_id, c.client_id), coalesce(b0, 0), coalesce(b1, 0), coalesce(b2, 0), coalesce(b3, 0),
  coalesce(b4, 0), coalesce(b5, 0), coalesce(credits, 0), coalesce(unapplied, 0)
from open o full outer join cash c on c.client_id = o.client_id
"""


class Replay:
    """The entries of the database, copied into DuckDB by way of text files."""

    def __init__(self, folder: Path) -> None:
        self.store = duckdb.connect()
        for name, (table, columns) in COLUMNS.items():
            path = folder / f"{name}.csv"
            with path.open("w", newline="") as file:
                out = csv.writer(file)
                out.writerow(columns.split())
                out.writerows(db.session.execute(select(*(getattr(table, each) for each in columns.split()))))
            self.store.execute(
                f"create table {name} as select * from read_csv('{path}', all_varchar=false, sample_size=-1)"
            )

    def aged(self, day: date, dated: str, bounds: tuple[int, ...]) -> Iterator[tuple[UUID, tuple[int, ...]]]:
        """(client, six buckets, credits, cash) of each client with anything open on `day`."""
        names = {f"b{place}": bound for place, bound in enumerate(bounds, 1)}
        column = "due_on" if dated == "due" else "issued_on"
        for row in self.store.execute(REPLAY.format(dated=column, **names), {"day": day}).fetchall():
            figures = tuple(int(each) for each in row[1:])
            if any(figures):
                yield UUID(str(row[0])), figures

"""Precision and recall of the proposals on real books: `python -m tests.payments.measured --write`.

Prints the part of docs/matching.md between its two marks, or writes it there; `--each` shows every
payment instead. The files are read where they lie, never copied; nobody in them is named.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from tests.payments.replaying import Line, Verdict, by_kind, read_lines, replay, score

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "matching.md"
DATA = ROOT.parent / "shared" / "data"
START, END = "<!-- measured -->", "<!-- /measured -->"
FEC = "0000000001FEC20220831.txt"
# Invoices as (customer, number, issued, settled in full on a day or not, cents).
Settled = tuple[str, str, date, date | None, int]


def fec(data: Path) -> list[Verdict]:
    """The payments of the FEC, bank and cheques."""
    return replay(read_lines(data / "fec" / FEC))


@cache
def lists(data: Path) -> list[tuple[str, list[Verdict]]]:
    """Lists of settled invoices: what a customer settled on one day came as one payment without a text."""
    folder = data / "ar"
    return [
        ("open items, days of clearing", replay(_lines(_open_items(folder)))),
        ("late payment histories", replay(_lines(_histories(folder)))),
        ("invoices of a competition", replay(_lines(_competition(folder)))),
    ]


def _lines(rows: Iterable[Settled]) -> list[Line]:
    lines: list[Line] = []
    paid: dict[tuple[str, date], int] = defaultdict(int)
    for client, ref, issued_on, paid_on, amount in rows:
        if amount > 0:
            letters = str(paid_on) if paid_on else ""
            lines.append(Line(len(lines), "VEN", issued_on, client, ref, "", amount, letters))
            if paid_on:
                paid[client, paid_on] += amount
    for (client, paid_on), amount in paid.items():
        lines.append(Line(len(lines), "BANK", paid_on, client, "", "VIR", -amount, str(paid_on)))
    return lines


def _open_items(folder: Path) -> Iterator[Settled]:
    seen = set()
    for row in _rows(folder / "highradius_open_items_iso_dates.csv"):
        key = (row["cust_number"], row["doc_id"])
        if key not in seen:
            seen.add(key)
            cleared = date.fromisoformat(row["clear_date"][:10]) if row["clear_date"] else None
            issued = date.fromisoformat(row["posting_date"])
            yield key[0], key[1].split(".")[0], issued, cleared, _cents(row["converted_usd"])


def _histories(folder: Path) -> Iterator[Settled]:
    for row in _rows(folder / "ibm_late_payment_histories.csv"):
        days = [datetime.strptime(row[name], "%m/%d/%Y").date() for name in ("InvoiceDate", "SettledDate")]
        yield row["customerID"], row["invoiceNumber"], days[0], days[1], _cents(row["InvoiceAmount"])


def _competition(folder: Path) -> Iterator[Settled]:
    for number, row in enumerate(_rows(folder / "cassandra_invoices_train.csv")):
        issued = datetime.strptime(row["Invoice_Date"], "%d-%b-%y").date()
        paid = issued + timedelta(days=int(float(row["Number_of_Days_until_Payment"])))
        yield row["Vendor_Name"], str(number), issued, max(paid, issued), _cents(row["Settled"])


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _cents(text: str) -> int:
    return round(float(text) * 100)


def report(data: Path = DATA) -> str:
    """The measured part of the document, in Markdown."""
    verdicts = fec(data)
    bank = [each for each in verdicts if each.line.journal == "CRC"]
    rows = [("bank lines", bank), ("bank lines and cheques", verdicts), *lists(data)]
    text = [
        "| books | payments | with a known answer | sure, right / made | precision | recall "
        "| first, right / made | precision | recall |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_row(name, found) for name, found in rows),
        "",
        "On the bank lines and cheques of the FEC, by what the first proposal rested on:",
        "",
        "| found by | amount | first, right / made | sure, right / made |",
        "|---|---|---|---|",
    ]
    for kind, number, right, sure, sure_right in by_kind(verdicts):
        shape, amount = kind.split(", ")
        text.append(
            f"| `{shape}` | `{amount.removeprefix('amount_')}` | {right} / {number} | {sure_right} / {sure} |"
        )
    return "\n".join(text)


def _row(name: str, verdicts: list[Verdict]) -> str:
    s = score(verdicts)
    cells = [
        name,
        str(s["payments"]),
        str(s["known"]),
        f"{s['sure_right']} / {s['sure']}",
        _percent(s["sure_right"], s["sure"]),
        _percent(s["known_sure"], s["known"]),
        f"{s['first_right']} / {s['first']}",
        _percent(s["first_right"], s["first"]),
        _percent(s["known_right"], s["known"]),
    ]
    return f"| {' | '.join(cells)} |"


def _percent(part: int, whole: int) -> str:
    """Rounded down, so that only what is complete reads 100."""
    return f"{1000 * part // whole / 10:.1f} %" if whole else "–"


def main(arguments: list[str]) -> None:
    """Print, write, or show each payment of the FEC."""
    if "--each" in arguments:
        for each in fec(DATA):
            found = each.first
            said = (
                (found.confidence, found.sure, [reason.code for reason in found.reasons]) if found else None
            )
            print(each.line.on, f"customer {each.number}", each.truth, each.right, each.second_right, said)
        return
    if "--write" in arguments:
        before, rest = DOCS.read_text(encoding="utf-8").split(START)
        after = rest.split(END)[1]
        DOCS.write_text(f"{before}{START}\n{report()}\n{END}{after}", encoding="utf-8")
        return
    print(report())


if __name__ == "__main__":
    main(sys.argv[1:])

"""What entries of a FEC are in our books. Pure: no table, no request.

Lines on customer accounts (411) count; other third parties near them (413 bills, 416 doubtful, 418 to be
invoiced, 419 received in advance) are left out and said. The client is CompAuxNum, or the account itself
where a client has one of its own.

- A debit in a sales journal, or in that of opening balances, is an invoice.
- A debit elsewhere (bank, cash, various) gives money back: a payment returned by the bank, or a refund.
  The books do not say which payment, so it stands as a document due on its day, which the lettering joins
  to what it gives back; the balance is right either way.
- A credit in a sales journal is a credit note; a credit elsewhere is a payment.

A journal is one of sales when its code or name says so, or when most of what it debits to customers goes to
sales accounts (70). Reference: PieceRef, with `/client` where several clients share it and `-2` where one
client's repeats. An invoice is due at PieceDate and the client's terms.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from webapp.imports.parsers.fec import Entry, EntryFault

CUSTOMERS, BESIDE = "411", ("413", "416", "418", "419")
LONGEST = 64
_SALES = re.compile(r"\b(ventes?|sales|factur\w*)\b", re.IGNORECASE)
_SALES_CODE = re.compile(r"(VE|VT|FA|VTE|VEN|FAC|FV)\d*", re.IGNORECASE)
_OPENING = re.compile(r"nouveau|ouverture|opening|reprise", re.IGNORECASE)
_OPENING_CODE = re.compile(r"(AN|RAN|ANO|OUV)\d*", re.IGNORECASE)


@dataclass(slots=True)
class Item:
    """A line on a customer account: `role` is invoice, credit_note, refund or payment. Cents, positive."""

    line: int
    role: str
    ref: str
    client: str
    client_name: str
    day: date
    amount: int
    letters: str
    text: str

    @property
    def debit(self) -> bool:
        return self.role in ("invoice", "refund")


@dataclass
class Ledger:
    """What a file says of customers, and what it says oddly."""

    items: list[Item] = field(default_factory=list)
    faults: list[EntryFault] = field(default_factory=list)
    zeros: list[int] = field(default_factory=list)
    beside: Counter[str] = field(default_factory=Counter)  # account -> lines left out
    unbalanced: list[str] = field(default_factory=list)  # journal and number of pieces that do not add up
    others: int = 0  # lines on accounts that are not customers'
    total: int = 0  # of accounts 411, signed


def read_ledger(lines: Iterable[Entry | EntryFault], step: Callable[[], None] = lambda: None) -> Ledger:
    """Everything a FEC says of customers. `step` is called every some thousand lines, to stop or to show."""
    ledger, customers = Ledger(), list[Entry]()
    pieces: dict[tuple[str, str], int] = defaultdict(int)
    sold: set[tuple[str, str]] = set()
    for number, entry in enumerate(lines):
        if number % 20_000 == 0:
            step()
        if isinstance(entry, EntryFault):
            ledger.faults.append(entry)
            continue
        piece = (entry.journal, entry.number)
        pieces[piece] += entry.amount
        if entry.account.startswith("70"):
            sold.add(piece)
        if entry.account.startswith(CUSTOMERS):
            customers.append(entry)
            ledger.total += entry.amount
        else:
            ledger.others += 1
            ledger.beside.update(code for code in BESIDE if entry.account.startswith(code))
    if ledger.others:  # a file of customers alone cannot add up
        ledger.unbalanced = [f"{journal} {number}" for (journal, number), rest in pieces.items() if rest]
    ledger.zeros = [entry.line for entry in customers if entry.amount == 0]
    counted = [entry for entry in customers if entry.amount]
    sales, opening = _journals(counted, sold)
    roles = [_role(entry, sales, opening) for entry in counted]
    refs = _refs(counted, roles)
    ledger.items = [_item(*each) for each in zip(counted, roles, refs, strict=True)]
    return ledger


def _journals(customers: Sequence[Entry], sold: set[tuple[str, str]]) -> tuple[set[str], set[str]]:
    """Codes of journals of sales, and of opening balances."""
    names = {entry.journal: entry.journal_name for entry in customers}
    debited: Counter[str] = Counter()
    to_sales: Counter[str] = Counter()
    for entry in customers:
        if entry.amount > 0:
            debited[entry.journal] += entry.amount
            to_sales[entry.journal] += entry.amount * ((entry.journal, entry.number) in sold)
    opening = {code for code, name in names.items() if _OPENING_CODE.fullmatch(code) or _OPENING.search(name)}
    said = {code for code, name in names.items() if _SALES_CODE.fullmatch(code) or _SALES.search(name)}
    shown = {code for code in names if debited[code] and 2 * to_sales[code] > debited[code]}
    return (said | shown) - opening, opening


def _role(entry: Entry, sales: set[str], opening: set[str]) -> str:
    if entry.amount > 0:
        return "invoice" if entry.journal in sales | opening else "refund"
    return "credit_note" if entry.journal in sales else "payment"


def client_of(entry: Entry) -> str:
    """The client's code: CompAuxNum, else the customer's own account."""
    return (entry.client or entry.account)[:LONGEST]


def _refs(entries: Sequence[Entry], roles: Sequence[str]) -> list[str]:
    """A reference for each line: documents by piece, payments by journal, number and rank."""
    owners: dict[str, set[str]] = defaultdict(set)
    plain = [entry.piece or f"{entry.journal}-{entry.number}" for entry in entries]
    for entry, role, ref in zip(entries, roles, plain, strict=True):
        if role != "payment":
            owners[ref].add(client_of(entry))
    taken: set[str] = set()
    met: Counter[str] = Counter()
    refs: list[str] = []
    for entry, role, ref in zip(entries, roles, plain, strict=True):
        client = client_of(entry)
        if role == "payment":
            whole = f"{entry.journal} {entry.number} {entry.day:%Y%m%d} {client} {-entry.amount}"[:110]
        else:
            tail = f"/{client}" if len(owners[ref]) > 1 else ""
            whole = (
                ref[: LONGEST - 6 - len(tail)] + tail if len(tail) < LONGEST // 2 else tail[1 : LONGEST - 6]
            )
        ref = whole
        while ref in taken:
            met[whole] += 1
            ref = f"{whole}-{met[whole] + 1}"
        taken.add(ref)
        refs.append(ref)
    return refs


def _item(entry: Entry, role: str, ref: str) -> Item:
    return Item(
        line=entry.line,
        role=role,
        ref=ref,
        client=client_of(entry),
        client_name=(entry.client_name if entry.client else entry.account_name)[:200],
        day=entry.piece_day if role in ("invoice", "credit_note") else entry.day,
        amount=abs(entry.amount),
        letters=entry.letters[:20],
        text=entry.text[:500],
    )


def groups(items: Iterable[Item]) -> Iterator[tuple[tuple[str, str], list[Item]]]:
    """Lettered lines by (client, letters), each group oldest first."""
    found: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in items:
        if item.letters:
            found[(item.client, item.letters)].append(item)
    for key, members in found.items():
        yield key, sorted(members, key=lambda item: (item.day, item.line))


def rest_of(members: Iterable[Item]) -> int:
    """What is left of a group once its debits and credits have met; 0 when it balances. Signed cents."""
    return sum(item.amount if item.debit else -item.amount for item in members)

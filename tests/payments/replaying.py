"""Replays the payments of real books through the proposal rules, their own lettering hidden."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from uuid import UUID, uuid5

from webapp.payments.rules.candidates import Case
from webapp.payments.rules.evidence import Item, Proposal, Receipt
from webapp.payments.rules.habits import Settled, learn
from webapp.payments.rules.proposals import propose
from webapp.payments.rules.sums import Steps

SPACE = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
TOLERANCE, CAP = 100, 5_000


@dataclass(frozen=True)
class Line:
    """A line of account 411. `amount` is debit - credit, in cents."""

    number: int
    journal: str
    on: date
    client: str
    ref: str
    text: str
    amount: int
    letters: str

    @property
    def kind(self) -> str:
        """Of sales journals: invoice and credit; of the others: payment and refund."""
        if self.journal == "VEN":
            return "invoice" if self.amount > 0 else "credit"
        return "payment" if self.amount < 0 else "refund"

    @property
    def id(self) -> UUID:
        return uuid5(SPACE, str(self.number))

    def item(self) -> Item:
        sign = 1 if self.amount > 0 else -1
        return Item(self.id, self.ref, abs(self.amount), self.on, self.on, sign, (abs(self.amount),))


@dataclass
class Verdict:
    """What was proposed first for one payment, and whether the lettering says the same."""

    line: Line
    number: int
    truth: str  # known, partial (the group does not balance), none (nothing of it is in the file)
    first: Proposal | None
    right: bool
    second_right: bool = False
    steps: int = 0


@dataclass
class Account:
    """One client while its payments are replayed."""

    open: dict[UUID, Line] = field(default_factory=dict)
    past: list[Settled] = field(default_factory=list)


def read_lines(path: Path) -> list[Line]:
    """Lines of account 411 of a tab-separated FEC, in its order."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["CompteNum"].startswith("411")]
    return [
        Line(
            number=number,
            journal=row["JournalCode"].strip(),
            on=date.fromisoformat(row["EcritureDate"]),
            client=row["CompAuxNum"].strip(),
            ref=re.sub(r"\s+", " ", row["PieceRef"].strip()),
            text=row["EcritureLib"].strip(),
            amount=_cents(row["Debit"]) - _cents(row["Credit"]),
            letters=row["EcritureLet"].strip(),
        )
        for number, row in enumerate(rows)
    ]


def _cents(text: str) -> int:
    return int(text.replace(",", "").replace(".", ""))


def replay(lines: list[Line]) -> list[Verdict]:
    """Payments in the order of their days, as if each came in alone; the lettering follows each.

    Known are the documents issued until that day and not settled by then. After each payment the
    books do what their lettering says, as a person would who corrects every proposal.
    """
    groups: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        if line.letters:
            groups[line.client, line.letters].append(line)
    accounts: dict[str, Account] = defaultdict(Account)
    numbers = {client: place for place, client in enumerate(dict.fromkeys(line.client for line in lines), 1)}
    verdicts = []
    for line in sorted(lines, key=lambda each: (each.on, each.kind in ("payment", "refund"), each.number)):
        account, group = accounts[line.client], groups.get((line.client, line.letters), [line])
        if line.kind in ("invoice", "credit"):
            account.open[line.id] = line
            if all(each.kind in ("invoice", "credit") for each in group) and line is max(
                group, key=lambda each: (each.on, each.number)
            ):
                _close(account, group)
        elif line.kind == "payment":
            verdicts.append(_judge(line, account, group, numbers[line.client]))
            _settle(line, account, group)
    return verdicts


def _judge(line: Line, account: Account, group: list[Line], number: int) -> Verdict:
    open_ = [each.item() for each in account.open.values()]
    case = Case(
        items=tuple(item for item in open_ if item.sign > 0),
        credits=tuple(item for item in open_ if item.sign < 0),
        habits=learn(account.past),
        tolerance=TOLERANCE,
        cap=CAP,
    )
    steps = Steps(20_000)
    found = propose(Receipt(line.id, -line.amount, line.on, line.text), case, steps=steps)
    rights = [_right(each, group) for each in found]
    documents = [each for each in group if each.kind == "invoice"]
    truth = "none" if not documents else "known" if sum(each.amount for each in group) == 0 else "partial"
    return Verdict(
        line, number, truth, found[0] if found else None, rights[:1] == [True], any(rights[1:]), steps.used
    )


def _right(proposal: Proposal, group: list[Line]) -> bool:
    """The same documents as the lettering; where it joins several payments, nothing outside it."""
    proposed = {item.id for item in (*proposal.items, *proposal.credits)}
    lettered = {each.id for each in group if each.kind in ("invoice", "credit")}
    if sum(each.kind == "payment" for each in group) == 1:
        return proposed == lettered
    return bool(proposed) and proposed <= lettered


def _settle(line: Line, account: Account, group: list[Line]) -> None:
    """What the lettering says this payment settled: all of its group, or its own part of it."""
    mine = [each for each in group if each.id in account.open]
    if sum(each.kind == "payment" for each in group) > 1:
        same = [each for each in mine if each.amount == -line.amount]
        mine = same[:1] or mine[:1]
    issued = tuple(each.on for each in mine if each.kind == "invoice")
    account.past.append(Settled(line.on, issued))
    _close(account, mine)


def _close(account: Account, lines: list[Line]) -> None:
    for each in lines:
        account.open.pop(each.id, None)


def score(verdicts: list[Verdict]) -> dict[str, int]:
    """How many proposals were made and right: the sure ones, the first ones, those with a known answer."""
    known = [each for each in verdicts if each.truth == "known"]
    sure = [each for each in verdicts if each.first and each.first.sure]
    first = [each for each in verdicts if each.first]
    return {
        "payments": len(verdicts),
        "known": len(known),
        "sure": len(sure),
        "sure_right": sum(each.right for each in sure),
        "first": len(first),
        "first_right": sum(each.right for each in first),
        "known_sure": sum(each.right and each.first is not None and each.first.sure for each in known),
        "known_right": sum(each.right for each in known),
        "most_steps": max((each.steps for each in verdicts), default=0),
    }


def by_kind(verdicts: list[Verdict]) -> Iterator[tuple[str, int, int, int, int]]:
    """(evidence, first proposals, right ones, sure ones, sure and right), the most frequent first."""
    counts: Counter[str] = Counter(_evidence(each.first) for each in verdicts if each.first)
    for kind, number in counts.most_common():
        mine = [each for each in verdicts if each.first and _evidence(each.first) == kind]
        sure = [each for each in mine if each.first and each.first.sure]
        yield kind, number, sum(v.right for v in mine), len(sure), sum(v.right for v in sure)


def _evidence(proposal: Proposal) -> str:
    return f"{proposal.reasons[0].code}, {proposal.reasons[1].code}"

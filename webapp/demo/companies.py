"""Invented clients: names of their trade, valid identifiers, a town near their branch, a way to pay."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from webapp.demo.people import Person
from webapp.demo.places import LANDS, MOBILE, PHONES, STREETS, TOWNS
from webapp.demo.trades import FORMS, SURNAMES, TRADES

# How clients pay, and how many of a hundred pay so.
BEHAVIOURS = {"punctual": 55, "late": 25, "disputing": 10, "sinking": 10}
TERMS = (((30, False), 5), ((45, True), 3), ((60, False), 2))


@dataclass(frozen=True, slots=True)
class Company:
    """A client as its sheet shows it, and the habits that write its books.

    `size` is its usual invoice in cents; `habit` the days it adds to every due date, `slide`
    those it has come to add by now; `stopped` how many days ago it stopped paying.
    """

    ref: str
    legal_name: str
    trade_name: str
    trade: str
    siren: str
    siret: str
    vat_number: str
    street: str
    postcode: str
    city: str
    phone: str
    email: str
    branch: str
    sales_rep: str
    payment_days: int
    end_of_month: bool
    contact: str
    behaviour: str
    size: int
    habit: int
    slide: int = 0
    stopped: int | None = None
    insolvency: str | None = None
    insolvent_since: int | None = None


def luhn_key(digits: str) -> str:
    """The last digit that makes `digits` pass the Luhn check."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def make_siren(rng: random.Random) -> str:
    digits = rng.choice("345789") + f"{rng.randrange(10**7):07d}"
    return digits + luhn_key(digits)


def make_siret(siren: str, rng: random.Random) -> str:
    digits = f"{siren}{rng.choice((1, 1, 1, 2, 2, 3)):04d}"
    return digits + luhn_key(digits)


def make_vat(siren: str) -> str:
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


def make_companies(rng: random.Random, count: int, reps: Sequence[Person], first: int = 1) -> list[Company]:
    """`count` clients of these representatives, numbered from `first`; no two share a name."""
    names: set[str] = set()
    behaviours = _deal(rng, count)
    weights = [rep.weight for rep in reps]
    owners = rng.choices(reps, weights, k=count)
    return [_make(rng, first + number, owners[number], behaviours[number], names) for number in range(count)]


def _deal(rng: random.Random, count: int) -> list[str]:
    """Behaviours in their exact shares, shuffled; the rounding goes to the punctual."""
    dealt: list[str] = []
    for name, share in BEHAVIOURS.items():
        if name != "punctual":
            dealt += [name] * round(count * share / 100)
    dealt += ["punctual"] * (count - len(dealt))
    rng.shuffle(dealt)
    return dealt


def _make(rng: random.Random, number: int, rep: Person, behaviour: str, names: set[str]) -> Company:
    trade = rng.choices(TRADES, [each.share for each in TRADES])[0]
    postcode, city = rng.choice(TOWNS[rep.branch])
    name = _name(rng, trade.patterns, rep.branch, city, names)
    form = rng.choices([form for form, _ in FORMS], [share for _, share in FORMS])[0]
    siren = make_siren(rng)
    days, end_of_month = rng.choices([term for term, _ in TERMS], [share for _, share in TERMS])[0]
    prefix = MOBILE if rng.random() < 0.25 else PHONES[rep.branch]
    stopped = rng.randint(30, 105) if behaviour == "sinking" else None
    insolvency, since = _insolvency(rng, behaviour)
    if since is not None:
        stopped = since + rng.randint(25, 70)
    return Company(
        ref=f"C{number:05d}",
        legal_name=f"{name} {form}" if rng.random() < 0.6 else f"{form} {name}",
        trade_name=name,
        trade=trade.label,
        siren=siren,
        siret=make_siret(siren, rng),
        vat_number=make_vat(siren),
        street=f"{rng.randint(1, 148)} {rng.choice(STREETS)}",
        postcode=postcode,
        city=city,
        phone=f"{prefix} {rng.randrange(100):02d} {rng.randrange(100):02d}",
        email=f"{rng.choice(('compta', 'contact', 'comptabilite', 'factures'))}@{_slug(name)}.example",
        branch=rep.branch,
        sales_rep=rep.email,
        payment_days=days,
        end_of_month=end_of_month,
        contact=f"{rng.choice(('M.', 'Mme'))} {rng.choice(SURNAMES)}",
        behaviour=behaviour,
        size=int(rng.lognormvariate(11.9, 0.75)) * (2 if insolvency else 1),
        habit=_habit(rng, behaviour),
        slide=rng.randint(55, 150) if behaviour == "sinking" else 0,
        stopped=stopped,
        insolvency=insolvency,
        insolvent_since=since,
    )


def _name(rng: random.Random, patterns: Sequence[str], branch: str, city: str, taken: set[str]) -> str:
    for attempt in range(40):
        pattern, surname = rng.choice(patterns), rng.choice(SURNAMES)
        name = pattern.format(s=surname, s2=rng.choice(SURNAMES), land=rng.choice(LANDS[branch]))
        if attempt > 4:
            name = f"{name} {city}"
        if attempt > 12:
            name = f"{name} {rng.randint(2, 9)}"
        if name not in taken and f"{surname}-{surname}" not in name:
            break
    taken.add(name)
    return name


def _habit(rng: random.Random, behaviour: str) -> int:
    if behaviour == "late":
        return round(rng.triangular(14, 72, 24))
    return {"punctual": 0, "disputing": rng.randint(2, 10), "sinking": rng.randint(2, 8)}[behaviour]


def _insolvency(rng: random.Random, behaviour: str) -> tuple[str | None, int | None]:
    """One in eight of the sinking is already before the court."""
    if behaviour != "sinking" or rng.random() > 0.13:
        return None, None
    kind = rng.choices(("receivership", "safeguard", "liquidation"), (6, 2, 1))[0]
    return kind, rng.randint(12, 60)


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("œ", "oe")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower().replace("’", "-")).strip("-")[:60]

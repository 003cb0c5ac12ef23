"""What the demo's sheets hold besides a name: who pays and who decides, places, papers, own fields.

Pure; `sheet_writing` puts it into tables. Everything is made up; account numbers belong to a bank that does
not exist.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from webapp.demo.companies import Company
from webapp.demo.places import PHONES, STREETS, TOWNS
from webapp.demo.trades import SURNAMES

NAF = {
    "Menuiserie": "43.32A",
    "Charpente": "43.91A",
    "Travaux publics": "42.11Z",
    "Plomberie, chauffage": "43.22A",
    "Couverture": "43.91B",
    "Maçonnerie": "43.99C",
    "Électricité": "43.21A",
    "Plâtrerie, peinture": "43.34Z",
    "Serrurerie, métallerie": "43.32B",
    "Paysage": "81.30Z",
    "Agencement": "43.32C",
    "Négoce de matériaux": "46.73A",
    "Mécanique générale": "25.62B",
    "Garage": "45.20A",
    "Imprimerie": "18.12Z",
    "Restauration": "56.10A",
    "Promotion immobilière": "41.10A",
    "Transport, logistique": "49.41A",
    "Exploitation agricole": "01.21Z",
}
REGISTRIES = {"Lyon": "Lyon", "Grenoble": "Grenoble", "Marseille": "Marseille", "Nantes": "Nantes"}
_FIRST_NAMES = """
Anne Antoine Aurélie Benoît Camille Catherine Céline Christophe Claire Damien Delphine Élise Émilie Éric
Fabien Florence Françoise Gilles Hélène Isabelle Jérôme Julien Karim Laurent Leïla Marc Marion Martine
Mathieu Nadia Nathalie Nicolas Olivier Pascal Patricia Philippe Rachid Sandrine Sébastien Sophie Stéphane
Sylvie Thierry Valérie Vincent Yann
"""
FIRST_NAMES = tuple(_FIRST_NAMES.split())
JOBS = {
    "payer": ("Comptable", "Assistante comptable", "Secrétaire comptable", "Responsable administrative"),
    "decider": ("Gérant", "Gérante", "Dirigeant", "Directrice"),
    "after_sales": ("Chef d’atelier", "Chef de chantier", "Magasinier"),
}
# Label, kind, choices, days after which it is asked again, and what people answer.
FIELDS: tuple[tuple[str, str, tuple[str, ...], int | None, tuple[str, ...]], ...] = (
    ("Effectif", "number", (), 365, ("3", "5", "8", "12", "18", "25", "40")),
    (
        "Assurance décennale",
        "choice",
        ("À jour", "Expirée", "Non concernée"),
        365,
        ("À jour", "À jour", "Expirée"),
    ),
    ("Bon de commande exigé", "yes_no", (), None, ("yes", "yes", "no")),
    ("Jour de paiement", "text", (), 180, ("Le 10 du mois", "Le 25", "Vendredi", "Fin de mois seulement")),
)
TERMS_VERSIONS = ("2024-01", "2025-01", "2026-01")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One client's sheet as values of its tables, without ids."""

    identity: dict[str, Any]
    contacts: tuple[dict[str, Any], ...]
    addresses: tuple[dict[str, Any], ...]
    documents: tuple[dict[str, Any], ...]
    signatories: tuple[dict[str, Any], ...]
    answers: tuple[tuple[int, str, int], ...]  # rank of the field, answer, days ago
    iban: str | None


def make_sheets(rng: random.Random, companies: Sequence[Company], day: date) -> list[Sheet]:
    """One sheet for each company; the same seed makes the same ones."""
    return [_make(rng, company, day) for company in companies]


def identity_of(rng: random.Random, company: Company, day: date) -> dict[str, Any]:
    """What the register says of it."""
    form = next((word for word in ("SARL", "SASU", "SAS", "EURL", "SA") if word in company.legal_name), None)
    age = int(rng.triangular(1, 60, 12)) * 365 + rng.randrange(365)
    town = REGISTRIES.get(company.branch, company.city)
    siren = company.siren
    return {
        "rcs": f"{town} B {siren[:3]} {siren[3:6]} {siren[6:]}",
        "naf": NAF[company.trade],
        "legal_form": form,
        "founded_on": day - timedelta(days=age),
    }


def _make(rng: random.Random, company: Company, day: date) -> Sheet:
    domain = company.email.split("@")[1]
    contacts = tuple(_contact(rng, company, role, domain) for role in _roles(rng))
    decider = next((each for each in contacts if each["role"] == "decider"), None)
    return Sheet(
        identity=identity_of(rng, company, day),
        contacts=contacts,
        addresses=_addresses(rng, company),
        documents=_documents(rng, day),
        signatories=(_signatory(rng, decider, day),) if decider and rng.random() < 0.5 else (),
        answers=tuple(
            (rank, rng.choice(field[4]), rng.randint(5, 500))
            for rank, field in enumerate(FIELDS)
            if rng.random() < 0.45
        ),
        iban=make_iban(rng) if rng.random() < 0.6 else None,
    )


def _roles(rng: random.Random) -> list[str]:
    roles = ["payer"] if rng.random() < 0.8 else []
    roles += ["decider"] if rng.random() < 0.7 or not roles else []
    return roles + (["after_sales"] if rng.random() < 0.25 else [])


def _contact(rng: random.Random, company: Company, role: str, domain: str) -> dict[str, Any]:
    first, last = rng.choice(FIRST_NAMES), rng.choice(SURNAMES)
    return {
        "name": f"{first} {last}",
        "role": role,
        "job": rng.choice(JOBS[role]),
        "phone": f"{PHONES[company.branch]} {rng.randrange(100):02d} {rng.randrange(100):02d}",
        "email": f"{'compta' if role == 'payer' else 'contact'}@{domain}" if rng.random() < 0.7 else None,
        "preferred": role == "payer",
    }


def _addresses(rng: random.Random, company: Company) -> tuple[dict[str, Any], ...]:
    found = []
    for kind, label, share in (("delivery", "Dépôt", 0.35), ("billing", "Service comptable", 0.15)):
        if rng.random() < share:
            postcode, city = rng.choice(TOWNS[company.branch])
            street = f"{rng.randint(1, 90)} {rng.choice(STREETS)}"
            place = {"label": label, "street": street, "postcode": postcode, "city": city}
            found.append({"kind": kind, **place})
    return tuple(found)


def _documents(rng: random.Random, day: date) -> tuple[dict[str, Any], ...]:
    found = []
    if rng.random() < 0.5:
        dated = day - timedelta(days=rng.randint(20, 500))
        found.append({"kind": "kbis", "dated_on": dated, "ends_on": dated + timedelta(days=365)})
    if rng.random() < 0.6:
        signed = day - timedelta(days=rng.randint(30, 700))
        version = next((each for each in reversed(TERMS_VERSIONS) if int(each[:4]) <= signed.year), "2024-01")
        found.append({"kind": "terms_of_sale", "version": version, "dated_on": signed})
    return tuple(found)


def _signatory(rng: random.Random, decider: dict[str, Any], day: date) -> dict[str, Any]:
    return {
        "name": decider["name"],
        "capacity": decider["job"],
        "since": day - timedelta(days=rng.randint(200, 3000)),
        "ceiling": rng.choice((None, None, 5_000_00, 10_000_00, 25_000_00)),
    }


def make_iban(rng: random.Random) -> str:
    """A French IBAN whose keys are right, of a bank that was never given its number (99999)."""
    branch, account = f"{rng.randrange(10**5):05d}", f"{rng.randrange(10**11):011d}"
    key = 97 - (89 * 99999 + 15 * int(branch) + 3 * int(account)) % 97
    basic = f"99999{branch}{account}{key:02d}"
    check = 98 - int(f"{basic}152700") % 97  # F and R are 15 and 27
    return f"FR{check:02d}{basic}"


def make_pdf(title: str, lines: Sequence[str]) -> bytes:
    """A page of plain text as a PDF of its own, a kilobyte or so."""
    words = [title, "", *lines]
    shown = "".join(f"({_escaped(line)}) Tj T*\n" for line in words)
    stream = f"BT /F1 13 Tf 20 TL 60 780 Td\n{shown}ET".encode("cp1252", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 6\n0000000000 65535 f \n" + table
    return body + head + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")

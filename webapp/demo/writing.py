"""The demo's people, clients and limits into tables: services for people, set-based for the rest."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from webapp.clients.models import Client
from webapp.clients.rules import fold, search_text
from webapp.core.ids import new_id
from webapp.demo.companies import Company
from webapp.demo.limits import MANAGER_CEILING, SHARE, Guarantee, Limit
from webapp.demo.people import COMPANY_NAME, COMPANY_SIREN, DOMAIN, REGIONS, ROOT, Person
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.risk.models import CreditLimit
from webapp.risk.models import Guarantee as GuaranteeRow
from webapp.risk.rules import covered
from webapp.users import queries as people_queries
from webapp.users import services as people_services
from webapp.users.actor import Actor
from webapp.users.models import Branch

CHUNK = 5_000
PLAIN = (
    "ref",
    "legal_name",
    "trade_name",
    "trade",
    "siren",
    "siret",
    "vat_number",
    "street",
    "postcode",
    "city",
    "phone",
    "email",
    "payment_days",
    "end_of_month",
    "insolvency",
)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), UTC)


def write_company(actor: Actor) -> dict[str, Branch]:
    """The company, its root and its branches by name; what exists stays as it is."""
    company = people_services.ensure_company(COMPANY_NAME, COMPANY_SIREN)
    if company.siren is None and db.session.scalar(select(func.count()).select_from(Client)) == 0:
        company.name, company.siren = COMPANY_NAME, COMPANY_SIREN
    root = people_queries.find_root_branch()
    assert root is not None
    branches = {ROOT: root}
    for region, names in REGIONS.items():
        branches[region] = people_services.ensure_branch(actor, region, root)
        for name in names:
            branches[name] = people_services.ensure_branch(actor, name, branches[region])
    return branches


def write_people(actor: Actor, people: Sequence[Person], branches: dict[str, Branch]) -> dict[str, uuid.UUID]:
    """Ids by e-mail. Nobody gets a password: the demo is entered from the sign-in page."""
    ids: dict[str, uuid.UUID] = {}
    for person in people:
        found = people_queries.find_user_by_email(person.email)
        if found is None:
            found = people_services.create_user(
                actor,
                email=person.email,
                name=person.name,
                role=person.role,
                branch=branches[person.branch],
            )
        ids[person.email] = found.id
    return ids


def last_client_number() -> int:
    """The highest number among references of the form `C00042`."""
    refs = db.session.scalars(select(Client.ref).where(Client.ref.like("C%")))
    return max((int(ref[1:]) for ref in refs if ref[1:].isdigit()), default=0)


def last_numbers(years: Sequence[int]) -> dict[int, int]:
    """The highest document number already used in each of these years."""
    found: dict[int, int] = {}
    for year in years:
        prefix = Invoice.ref.like(f"F-{year}-%") | Invoice.ref.like(f"A-{year}-%")
        refs = db.session.scalars(select(Invoice.ref).where(prefix))
        numbers = [int(ref[7:]) for ref in refs if ref[7:].isdigit()]
        if numbers:
            found[year] = max(numbers)
    return found


def write_clients(
    companies: Sequence[Company],
    identities: Sequence[dict[str, Any]],
    branches: dict[str, Branch],
    people: dict[str, uuid.UUID],
    day: date,
) -> list[uuid.UUID]:
    """Ids in the order of `companies`; `identities` is what the register says of each."""
    since = at(day - timedelta(days=760), 8)
    rows = [
        {**_client(company, branches, people, day, since), **identity}
        for company, identity in zip(companies, identities, strict=True)
    ]
    insert_rows(Client, rows)
    return [row["id"] for row in rows]


def _client(
    company: Company,
    branches: dict[str, Branch],
    people: dict[str, uuid.UUID],
    day: date,
    since: datetime,
) -> dict[str, Any]:
    back = company.insolvent_since
    return {
        **{name: getattr(company, name) for name in PLAIN},
        "id": new_id(),
        "country": "FR",
        "language": "fr",
        "branch_id": branches[company.branch].id,
        "sales_rep_id": people[company.sales_rep],
        "insolvency_on": day - timedelta(days=back) if back is not None else None,
        "sort_name": fold(company.trade_name)[:200],
        "search_text": search_text(
            company.ref,
            company.legal_name,
            company.trade_name,
            company.siren,
            company.city,
            company.vat_number,
        ),
        "revision": 1,
        "created_at": since,
        "updated_at": since,
    }


def write_limits(limits: Sequence[Limit], clients: Sequence[uuid.UUID], people: dict[str, uuid.UUID]) -> None:
    """Limits in force, set some time ago; risk looks at them when the transaction ends."""
    manager, cfo = people[f"alice@{DOMAIN}"], people[f"emma@{DOMAIN}"]
    rows = [
        {
            "id": new_id(),
            "client_id": clients[limit.owner],
            "amount": limit.amount,
            "currency": "EUR",
            "max_days_late": limit.max_days_late,
            "starts_on": limit.set_on,
            "source": limit.source,
            "set_by": manager if limit.amount <= MANAGER_CEILING else cfo,
            "set_at": at(limit.set_on, 14, 10),
        }
        for limit in limits
    ]
    insert_rows(CreditLimit, rows)


def write_guarantees(
    guarantees: Sequence[Guarantee], clients: Sequence[uuid.UUID], people: dict[str, uuid.UUID]
) -> None:
    """What insurers cover, noted on the day it began."""
    rows = [
        {
            "id": new_id(),
            "client_id": clients[each.owner],
            "kind": "insurer",
            "giver": each.giver,
            "reference": each.reference,
            "amount": each.amount,
            "share": SHARE,
            "cover": covered(each.amount, SHARE),
            "currency": "EUR",
            "starts_on": each.starts_on,
            "ends_on": each.ends_on,
            "recorded_by": people[f"alice@{DOMAIN}"],
            "recorded_at": at(each.starts_on, 14, 20),
        }
        for each in guarantees
    ]
    insert_rows(GuaranteeRow, rows)


def insert_rows(model: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Many rows at once, all with the same columns."""
    for start in range(0, len(rows), CHUNK):
        db.session.execute(insert(model.__table__), rows[start : start + CHUNK])

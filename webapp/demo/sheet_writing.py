"""The demo's sheets into tables, set-based, and one group that shows what a group is."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import update

from webapp.clients.models import (
    Address,
    BankAccount,
    Client,
    Contact,
    CustomField,
    CustomValue,
    Document,
    Signatory,
)
from webapp.clients.queries.custom import list_fields
from webapp.clients.rules import mask_iban
from webapp.core.ids import new_id
from webapp.demo.companies import Company
from webapp.demo.people import DOMAIN
from webapp.demo.sheets import FIELDS, Sheet, make_pdf
from webapp.demo.writing import at, insert_rows
from webapp.extensions import db
from webapp.files.models import StoredFile
from webapp.files.storage import receive

SUBJECT = "client_document"
WITH_FILES = 12  # sheets whose papers have their file, so that loading stays quick


def write_sheets(
    sheets: Sequence[Sheet],
    companies: Sequence[Company],
    client_ids: Sequence[uuid.UUID],
    people: dict[str, uuid.UUID],
    day: date,
) -> None:
    """Everything but the identity, which the client's own row has."""
    since = at(day - timedelta(days=400), 9)
    pairs = list(zip(sheets, client_ids, strict=True))
    stamp = {"created_at": since, "updated_at": since}
    for model, part in ((Contact, "contacts"), (Address, "addresses"), (Signatory, "signatories")):
        rows = [_row(each, client_id, stamp) for sheet, client_id in pairs for each in getattr(sheet, part)]
        insert_rows(model, rows)
    accounts = []
    for (sheet, client_id), company in zip(pairs, companies, strict=True):
        if sheet.iban:
            values = {"iban": sheet.iban, "masked": mask_iban(sheet.iban), "holder": company.legal_name}
            accounts.append(_row(values, client_id, stamp))
    insert_rows(BankAccount, accounts)
    _write_documents(pairs, companies, people, day)
    _write_answers(pairs, companies, people, day)
    _write_group(companies, client_ids)


def _row(values: dict[str, Any], client_id: uuid.UUID, stamp: dict[str, Any]) -> dict[str, Any]:
    return {"id": new_id(), "client_id": client_id, **stamp, **values}


def _write_documents(
    pairs: Sequence[tuple[Sheet, uuid.UUID]],
    companies: Sequence[Company],
    people: dict[str, uuid.UUID],
    day: date,
) -> None:
    rows, files = [], []
    for rank, (sheet, client_id) in enumerate(pairs):
        author = people[companies[rank].sales_rep]
        for paper in sheet.documents:
            written = at(min(paper["dated_on"] + timedelta(days=3), day), 10)
            values = {"version": None, "ends_on": None, "file_id": None, "added_by": author, **paper}
            row = _row(values, client_id, {"created_at": written, "updated_at": written})
            if rank < WITH_FILES:
                files.append(_file(row, companies[rank], author))
                row["file_id"] = files[-1]["id"]
            rows.append(row)
    insert_rows(StoredFile, files)
    insert_rows(Document, rows)


def _file(row: dict[str, Any], company: Company, author: uuid.UUID) -> dict[str, Any]:
    """A page of text that says it is a specimen."""
    title = "Extrait Kbis" if row["kind"] == "kbis" else f"Conditions générales de vente {row['version']}"
    lines = [company.legal_name, f"SIREN {company.siren}", company.city, "", "Spécimen de démonstration."]
    arrival = receive(BytesIO(make_pdf(title, lines)))
    return {
        "id": new_id(),
        "sha256": arrival.sha256,
        "size": arrival.size,
        "media_type": arrival.media_type,
        "name": "kbis.pdf" if row["kind"] == "kbis" else f"cgv-{row['version']}.pdf",
        "owner_id": author,
        "subject_type": SUBJECT,
        "subject_id": row["id"],
        "created_at": row["created_at"],
        "loose_since": None,
    }


def _write_answers(
    pairs: Sequence[tuple[Sheet, uuid.UUID]],
    companies: Sequence[Company],
    people: dict[str, uuid.UUID],
    day: date,
) -> None:
    known = {field.label: field.id for field in list_fields(archived=True)}
    ids = [known.get(label) or new_id() for label, *_rest in FIELDS]
    fields = []
    for rank, (label, kind, choices, days, _answers) in enumerate(FIELDS):
        if label not in known:
            asked = {"kind": kind, "choices": list(choices), "valid_days": days}
            fields.append({"id": ids[rank], "label": label, "position": rank, **asked})
    insert_rows(CustomField, fields)
    rows = []
    for (sheet, client_id), company in zip(pairs, companies, strict=True):
        author = people[company.sales_rep]
        for rank, value, ago in sheet.answers:
            then = at(day - timedelta(days=ago), 16, 20)
            who = {"written_by": author, "written_at": then, "confirmed_by": author, "confirmed_at": then}
            rows.append(
                {"id": new_id(), "client_id": client_id, "field_id": ids[rank], "value": value, **who}
            )
    insert_rows(CustomValue, rows)


def _write_group(companies: Sequence[Company], client_ids: Sequence[uuid.UUID]) -> None:
    """Two of Bob's clients become subsidiaries of a third: the demo is entered as him first."""
    owner = f"bob@{DOMAIN}"
    own = [
        client_id
        for company, client_id in zip(companies, client_ids, strict=True)
        if company.sales_rep == owner and company.insolvency is None
    ]
    if len(own) >= 3:
        db.session.execute(update(Client).where(Client.id.in_(own[1:3])).values(parent_id=own[0]))

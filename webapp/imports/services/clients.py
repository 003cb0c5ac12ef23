"""The clients a file of invoices names, made when they are new."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import polars as pl

from webapp.clients.services import ensure_clients
from webapp.imports import staging
from webapp.imports.models import Import
from webapp.users.actor import Actor
from webapp.users.queries import find_branch_by_name, find_user_by_email
from webapp.users.services import ensure_branch

CHUNK = 2000
CLIENT = ("client_ref", "client_name", "siren", "siret", "vat_number", "branch", "sales_rep")
NAMING = ("created", "updated", "unchanged")


def ensure_named(actor: Actor, row: Import) -> dict[str, uuid.UUID]:
    """Clients of all rows, made when new; their ids by ref. The first row of each says what it is."""
    read, named = _client_row(actor), pl.DataFrame(schema=dict.fromkeys(CLIENT, pl.String))
    for frame in staging.frames(row.id, NAMING, columns=CLIENT):  # piece by piece: all of them are many
        named = pl.concat([named, frame.select(CLIENT)]).unique(keep="first", maintain_order=True)
    ids: dict[str, uuid.UUID] = {}
    for piece in named.iter_slices(CHUNK):
        found = ensure_clients([read(each) for each in piece.iter_rows(named=True)], row.id)
        ids |= {ref: client.id for ref, client in found.clients.items()}
    return ids


def _client_row(actor: Actor) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """What a row of invoices says about its client; branches and people looked up once."""
    branches: dict[str, uuid.UUID] = {}
    people: dict[str, uuid.UUID | None] = {}

    def read(values: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {"ref": values["client_ref"], "name": values.get("client_name")}
        found |= {name: values[name] for name in ("siren", "siret", "vat_number") if values.get(name)}
        if name := values.get("branch"):
            if name not in branches:
                branches[name] = (find_branch_by_name(name) or ensure_branch(actor, name)).id
            found["branch_id"] = branches[name]
        if email := values.get("sales_rep"):
            if email not in people:
                person = find_user_by_email(email)
                people[email] = person.id if person else None
            found["sales_rep_id"] = people[email]
        return found

    return read

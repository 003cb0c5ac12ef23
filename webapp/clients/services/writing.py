"""Verbs about clients. Page, API and importer all write through `upsert_clients`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select

from webapp.clients import queries, rules
from webapp.clients.events import ClientMoved, ClientsChanged
from webapp.clients.models import Client, ClientAlias
from webapp.clients.policy import may_write
from webapp.core.clock import now
from webapp.core.errors import Conflict, Forbidden, Invalid
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.core.plain_text import text_fault
from webapp.extensions import db
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.users.queries import find_branch_by_name, find_root_branch, find_user_by_email
from webapp.users.services import ensure_branch

MESSAGES = {
    "siren_length": _l("Un SIREN compte 9 chiffres."),
    "siren_key": _l("Ce SIREN est faux : sa clé de contrôle ne correspond pas."),
    "siret_length": _l("Un SIRET compte 14 chiffres."),
    "siret_key": _l("Ce SIRET est faux : sa clé de contrôle ne correspond pas."),
    "vat": _l("Ce numéro de TVA n’est pas valable."),
    "naf": _l("Un code NAF s’écrit 43.32A."),
}
REFUSED = _l("La fiche n’est pas enregistrée.")
LONGEST_BRANCH, LONGEST_ALIAS, CHUNK = 120, 200, 500
# Fields written as they come; those of OWN are the client's alone, and not in what it is found by.
OWN = ("rcs", "legal_form", "founded_on", "language", "naf")
PLAIN = ("legal_name", "trade_name", "trade", "street", "postcode", "city", "country", "phone", "email", *OWN)


@dataclass
class Upserted:
    """What a bulk write did: clients by ref, and refs by outcome."""

    clients: dict[str, Client] = field(default_factory=dict)
    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


def check_identity(values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, object]]:
    """Clean SIREN, SIRET and VAT number of `values`; returns them and field -> message."""
    cleaned, errors = dict(values), {}
    checks = (
        ("siren", rules.clean_siren),
        ("siret", rules.clean_siret),
        ("vat_number", rules.clean_vat),
        ("naf", rules.clean_naf),
    )
    for name, clean in checks:
        if name in values:
            cleaned[name], code = clean(values[name])
            if code:
                errors[name] = MESSAGES[code]
    siret, siren = cleaned.get("siret"), cleaned.get("siren")
    if siret and siren and not siret.startswith(siren):
        errors["siret"] = _l("Ce SIRET n’est pas celui de ce SIREN.")
    if siret and not siren and "siret" not in errors:
        cleaned["siren"] = siret[:9]
    for name, longest in rules.TEXT_FIELDS.items():
        text = str(cleaned.get(name) or "")
        fault = text_fault(text)
        if len(text) > longest:
            errors[name] = _l("Au plus %(n)s caractères.", n=longest)
        elif fault is not None:
            errors[name] = fault
    return cleaned, errors


def upsert_client(
    actor: Actor,
    ref: str,
    values: dict[str, Any],
    *,
    seen_revision: int | None = None,
    import_id: uuid.UUID | None = None,
) -> tuple[Client, str]:
    """Create or edit the client `ref`; returns it and `created`, `updated` or `unchanged`.

    `values` are as the contract writes them (`legal_name`, `siren`, `branch` by name,
    `sales_rep` by e-mail …); a field left out keeps its value. What is written under the reference
    of a merged client is another spelling of who stands for it: its name becomes an alias, nothing
    else changes. Events: ClientsChanged. Raises Forbidden, Invalid, and Conflict when it changed since
    `seen_revision`.
    """
    if not may_write(actor):
        raise Forbidden(_l("Votre rôle ne modifie pas les fiches."))
    if not ref.strip() or len(ref) > rules.TEXT_FIELDS["ref"] or text_fault(ref) is not None:
        raise Invalid(REFUSED, errors={"ref": text_fault(ref) or _l("Indiquez une référence.")})
    existing = db.session.scalar(select(Client).where(Client.ref == ref).with_for_update())
    if existing is not None and existing.merged_into_id is not None:
        return _spelt(existing, values, import_id), "unchanged"
    if existing is not None and seen_revision not in (None, existing.revision):
        raise Conflict(_l("Cette fiche a changé entre-temps."))
    cleaned, errors = check_identity(values)
    named = "legal_name" in cleaned or existing is None
    if named and not (cleaned.get("legal_name") or "").strip():
        errors["legal_name"] = _l("Indiquez la raison sociale.")
    if not errors:
        cleaned |= _resolve_placing(actor, values, errors)
    if errors:
        raise Invalid(REFUSED, errors=errors)
    if existing is None:
        client = _create(ref, cleaned, import_id)
        db.session.flush()
        audit.write(actor, "client.create", "client", client.id, ref=ref, **_plain(cleaned))
        record(ClientsChanged((client.id,)))
        return client, "created"
    changes = _apply(existing, cleaned)
    if not changes:
        return existing, "unchanged"
    audit.write(actor, "client.update", "client", existing.id, changes=changes)
    record(ClientsChanged((existing.id,)))
    if {"branch_id", "sales_rep_id"} & changes.keys():
        record(ClientMoved(existing.id))
    return existing, "updated"


def _spelt(merged: Client, values: dict[str, Any], import_id: uuid.UUID | None) -> Client:
    """Who stands for a merged client, findable by the name it was given just now."""
    survivor, name = queries.survivor_of(merged), values.get("legal_name")
    if isinstance(name, str) and name.strip() and text_fault(name) is None and name != survivor.legal_name:
        _add_aliases({survivor.id: {name}}, import_id)
    return survivor


def _resolve_placing(actor: Actor, values: dict[str, Any], errors: dict[str, object]) -> dict[str, Any]:
    """Ids of the branch and sales representative that `values` name."""
    placing: dict[str, Any] = {}
    branch = (values.get("branch") or "").strip()
    if branch:
        if len(branch) > LONGEST_BRANCH or text_fault(branch) is not None:
            errors["branch"] = _l("Au plus %(n)s caractères.", n=LONGEST_BRANCH)
        else:
            placing["branch_id"] = (find_branch_by_name(branch) or ensure_branch(actor, branch)).id
    if values.get("sales_rep"):
        rep = find_user_by_email(values["sales_rep"])
        if rep is None:
            errors["sales_rep"] = _l("Personne n’a cette adresse.")
        else:
            placing["sales_rep_id"] = rep.id
    elif "sales_rep" in values:
        placing["sales_rep_id"] = None
    return placing


def _create(
    ref: str, values: dict[str, Any], import_id: uuid.UUID | None = None, branch_id: uuid.UUID | None = None
) -> Client:
    """A new client in the session; the caller flushes, so that a file's clients go in together."""
    if branch_id is None and "branch_id" not in values:
        root = find_root_branch()
        branch_id = root.id if root else None
    client = Client(id=new_id(), ref=ref, import_id=import_id, branch_id=branch_id)
    _assign(client, values)
    client.country = values.get("country") or "FR"
    client.language = values.get("language") or "fr"
    db.session.add(client)
    return client


def _assign(client: Client, values: dict[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    names = (
        *PLAIN,
        "siren",
        "siret",
        "vat_number",
        "branch_id",
        "sales_rep_id",
        "payment_days",
        "end_of_month",
        "insolvency",
        "insolvency_on",
    )
    for name in names:
        if name in values and getattr(client, name) != values[name]:
            changes[name] = [getattr(client, name), values[name]]
            setattr(client, name, values[name])
    client.sort_name = rules.fold(client.name)[:200]
    index_client(client)
    return changes


def index_client(client: Client, spellings: Iterable[str] = ()) -> None:
    """What the client is found by: its identity, its town, and every spelling of its name."""
    client.search_text = rules.search_text(
        client.ref,
        client.legal_name,
        client.trade_name,
        client.siren,
        client.city,
        client.vat_number,
        *spellings,
    )


def _apply(client: Client, values: dict[str, Any]) -> dict[str, Any]:
    changes = _assign(client, values)
    index_client(client, queries.list_aliases(client.id))
    if changes:
        client.revision += 1
        client.updated_at = now()
    return changes


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, "") and key != "ref"}


def ensure_clients(rows: Sequence[dict[str, Any]], import_id: uuid.UUID) -> Upserted:
    """Clients a file names, made when new: the first name wins, other spellings become aliases.

    `rows` carry `ref`, `name` and optional identity fields, already checked. A name that
    differs is no change. For the importer, which writes one audit entry for the whole file.
    """
    result = Upserted(clients=queries.map_by_ref(row["ref"] for row in rows))
    root = find_root_branch()
    names: dict[uuid.UUID, set[str]] = {}
    for row in rows:
        client = result.clients.get(row["ref"])
        if client is None:
            values = {**row, "legal_name": row.get("name") or row["ref"]}
            client = _create(row["ref"], values, import_id, root.id if root else None)
            result.clients[row["ref"]] = client
            result.created.append(row["ref"])
        elif row.get("name") and row["name"] != client.legal_name:
            names.setdefault(client.id, set()).add(row["name"])
    db.session.flush()
    gone = [client.id for client in result.clients.values() if client.archived_at is not None]
    if gone:
        revive_clients(gone, import_id)
    _add_aliases(names, import_id)
    if result.created:
        record(ClientsChanged(tuple(result.clients[ref].id for ref in result.created)))
    return result


def revive_clients(client_ids: Sequence[uuid.UUID], import_id: uuid.UUID | None = None) -> None:
    """Bring archived clients back, because a file names them again. Events: ClientsChanged."""
    for start in range(0, len(client_ids), CHUNK):
        for client in db.session.scalars(
            select(Client).where(Client.id.in_(client_ids[start : start + CHUNK]))
        ):
            client.archived_at, client.import_id = None, import_id
    record(ClientsChanged(tuple(client_ids)))


def archive_clients(actor: Actor, client_ids: Sequence[uuid.UUID]) -> None:
    """Take clients out of the lists; they and their history stay. Events: ClientsChanged."""
    if not may_write(actor):
        raise Forbidden(_l("Votre rôle ne modifie pas les fiches."))
    for start in range(0, len(client_ids), CHUNK):
        for client in db.session.scalars(
            select(Client).where(Client.id.in_(client_ids[start : start + CHUNK]))
        ):
            client.archived_at = now()
    if client_ids:
        record(ClientsChanged(tuple(client_ids)))
        audit.write(actor, "client.archive", "client", "many", count=len(client_ids))


def _add_aliases(names: dict[uuid.UUID, set[str]], import_id: uuid.UUID | None) -> None:
    """Note new spellings, and let the clients be found by them."""
    ids = list(names)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        known = queries.map_aliases(chunk)
        fresh: list[dict[str, Any]] = [
            {"id": new_id(), "client_id": client_id, "name": name, "import_id": import_id}
            for client_id in chunk
            for name in sorted({spelling[:LONGEST_ALIAS] for spelling in names[client_id]})
            if name not in known.get(client_id, [])
        ]
        if not fresh:
            continue
        db.session.execute(insert(ClientAlias), fresh)
        for row in fresh:
            known.setdefault(row["client_id"], []).append(row["name"])
        for client in db.session.scalars(
            select(Client).where(Client.id.in_({row["client_id"] for row in fresh}))
        ):
            index_client(client, known[client.id])

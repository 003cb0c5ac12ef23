"""The acts of visits by name, for whatever carries them: the API, and the replay of an outbox.

Each takes the act's one UUID and values checked by its schema, runs in the caller's transaction, and gives
JSON. The same id twice is the same act: `core.commands` remembers it, and a visit takes it as its own.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.clients.queries import get_client_by_ref
from webapp.core.errors import NotFound
from webapp.core.ids import new_id
from webapp.core.replays import replayed, written_at
from webapp.invoices.queries import find_invoice_by_ref
from webapp.users.actor import Actor
from webapp.users.current import current_actor
from webapp.visits import queries, services
from webapp.visits.policy import sees_weight
from webapp.visits.schemas import (
    FactAct,
    FactLinkAct,
    VisitIn,
    acknowledgement_json,
    fact_json,
    visit_json,
)
from webapp.visits.services import Report, Said, Seen, Signed

Values = Mapping[str, Any]


@replayed("visit.record", VisitIn, path="/visits")
def record_visit(act_id: uuid.UUID, values: Values) -> dict[str, Any]:
    """Report on a visit, whose id is the act's; it was when it says, else when it was written on a device.

    Raises what the service raises.
    """
    actor = current_actor()
    client_id = values["client_id"] or get_client_by_ref(actor, values["client_ref"]).id
    promise, signed = values["promise"], values["acknowledgement"]
    report = Report(
        client_id=client_id,
        facts=tuple(Seen(**each) for each in values["facts"]),
        promise=_said(actor, promise) if promise else None,
        file_ids=tuple(values["attachment_ids"]),
        signed=Signed(**signed) if signed else None,
        id=_thread_id(act_id),
        visited_at=values["visited_at"] or written_at(),
        **{name: values[name] for name in ("outcome", "met", "note", "here")},
    )
    return show_visit(actor, services.record_visit(actor, report).id)


def _thread_id(act_id: uuid.UUID) -> uuid.UUID:
    """The act's id when a thread can have it (UUIDv7); a program may have chosen another sort of key."""
    return act_id if act_id.version == 7 else new_id()


def _said(actor: Actor, values: Values) -> Said:
    ref = values["invoice_ref"]
    invoice = find_invoice_by_ref(actor, ref) if ref else None
    if ref and invoice is None:
        raise NotFound(_l("Aucune facture n’a cette référence."))
    rest = {name: value for name, value in values.items() if name != "invoice_ref"}
    return Said(**rest, invoice_id=invoice.id if invoice else None)


def show_visit(actor: Actor, visit_id: uuid.UUID) -> dict[str, Any]:
    """A visit as the contract shows it."""
    return {
        **visit_json(queries.get_visit(actor, visit_id)),
        "attachments": [str(each.id) for each in queries.files_of(visit_id)],
        "acknowledgement": acknowledgement_json(queries.find_acknowledgement(visit_id)),
    }


def show_fact(actor: Actor, fact_id: uuid.UUID) -> dict[str, Any]:
    """A fact as the contract shows it."""
    return fact_json(queries.get_fact(actor, fact_id), sees_weight(actor))


@replayed("fact.confirm", FactAct)
def confirm_fact(_act_id: uuid.UUID, values: Values) -> dict[str, Any]:
    actor = current_actor()
    return show_fact(actor, services.confirm_fact(actor, values["fact_id"]).id)


@replayed("fact.end", FactAct)
def end_fact(_act_id: uuid.UUID, values: Values) -> dict[str, Any]:
    actor = current_actor()
    return show_fact(actor, services.end_fact(actor, values["fact_id"]).id)


@replayed("fact.attach", FactLinkAct)
def attach_fact(_act_id: uuid.UUID, values: Values) -> dict[str, Any]:
    actor = current_actor()
    return show_fact(actor, services.attach_fact(actor, **values).id)


@replayed("fact.detach", FactLinkAct)
def detach_fact(_act_id: uuid.UUID, values: Values) -> dict[str, Any]:
    actor = current_actor()
    return show_fact(actor, services.detach_fact(actor, **values).id)

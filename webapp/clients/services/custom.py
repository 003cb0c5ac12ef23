"""The company's own questions about its clients, and the answers people give."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from webapp.clients import queries, rules
from webapp.clients.events import ClientsChanged
from webapp.clients.models import CustomField, CustomValue
from webapp.clients.policy import may_answer_fields
from webapp.clients.queries.custom import find_value, get_field
from webapp.core.clock import now
from webapp.core.errors import Forbidden, Invalid, NotFound
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.core.plain_text import text_fault
from webapp.extensions import db
from webapp.users import audit
from webapp.users.actor import NOBODY, Actor
from webapp.users.services import settings_only

MESSAGES = {
    "number": _l("Indiquez un nombre."),
    "date": _l("Indiquez une date."),
    "yes_no": _l("Répondez par oui ou par non."),
    "choice": _l("Choisissez une des réponses proposées."),
    "long": _l("Au plus %(n)s caractères.", n=400),
}
MOST_FIELDS, MOST_CHOICES, LONGEST_LABEL, LONGEST_VALIDITY = 40, 30, 80, 3650


def define_field(
    actor: Actor, *, label: str, kind: str, choices: Sequence[str] = (), valid_days: int | None = None
) -> CustomField:
    """A new question on every sheet. `valid_days`: how long an answer is taken to hold; None: always.

    Raises Forbidden, Invalid.
    """
    settings_only(actor)
    values = _checked(label, kind, choices, valid_days)
    last = db.session.execute(select(func.count(), func.max(CustomField.position))).one()
    if last[0] >= MOST_FIELDS:
        raise Invalid(errors={"label": _l("Au plus %(n)s champs.", n=MOST_FIELDS)})
    field = CustomField(id=new_id(), kind=kind, position=(last[1] or 0) + 1, **values)
    db.session.add(field)
    db.session.flush()
    audit.write(actor, "custom_field.define", "custom_field", field.id, kind=kind, **values)
    return field


def change_field(
    actor: Actor,
    field_id: uuid.UUID,
    *,
    label: str,
    choices: Sequence[str] = (),
    valid_days: int | None = None,
    used: bool = True,
) -> CustomField:
    """Ask it otherwise, or no longer (`used` false); its kind stays. Raises Forbidden, NotFound, Invalid."""
    settings_only(actor)
    field = get_field(field_id)
    values = _checked(label, field.kind, choices, valid_days)
    before = {name: getattr(field, name) for name in values}
    for name, value in values.items():
        setattr(field, name, value)
    if used != (field.archived_at is None):
        field.archived_at = None if used else now()
    db.session.flush()
    audit.write(
        actor, "custom_field.change", "custom_field", field.id, before=before, after=values, used=used
    )
    return field


def _checked(label: str, kind: str, choices: Sequence[str], valid_days: int | None) -> dict[str, Any]:
    errors: dict[str, Any] = {}
    label = " ".join(label.split())
    if not label or len(label) > LONGEST_LABEL or text_fault(label) is not None:
        errors["label"] = _l("Indiquez un nom d’au plus %(n)s caractères.", n=LONGEST_LABEL)
    if kind not in rules.FIELD_KINDS:
        errors["kind"] = _l("Choisissez une des réponses proposées.")
    kept = list(dict.fromkeys(" ".join(choice.split()) for choice in choices if choice.strip()))
    if kind == "choice" and not 2 <= len(kept) <= MOST_CHOICES:
        errors["choices"] = _l("Proposez de 2 à %(n)s réponses, une par ligne.", n=MOST_CHOICES)
    if any(len(choice) > LONGEST_LABEL or text_fault(choice) is not None for choice in kept):
        errors["choices"] = _l("Une réponse compte au plus %(n)s caractères.", n=LONGEST_LABEL)
    if valid_days is not None and not 1 <= valid_days <= LONGEST_VALIDITY:
        errors["valid_days"] = _l("Indiquez un nombre de jours de 1 à %(n)s.", n=LONGEST_VALIDITY)
    if errors:
        raise Invalid(errors=errors)
    return {"label": label, "choices": kept if kind == "choice" else [], "valid_days": valid_days}


def answer_field(actor: Actor, client_id: uuid.UUID, field_id: uuid.UUID, text: str) -> CustomValue | None:
    """Write an answer over the last one; an empty text takes it away (None).

    Raises NotFound, Forbidden, Invalid (`value`). Events: ClientsChanged.
    """
    field = _asked(actor, client_id, field_id)
    value, fault = rules.clean_custom(field.kind, text, field.choices)
    if fault is not None or value is None or text_fault(value) is not None:
        raise Invalid(errors={"value": MESSAGES.get(fault or "", text_fault(value or "") or "")})
    row = find_value(client_id, field_id)
    before = row.value if row else None
    if value == (before or ""):
        return confirm_answer(actor, client_id, field_id) if row else None
    if not value:
        db.session.delete(row)
        row = None
    else:
        row = row or CustomValue(id=new_id(), client_id=client_id, field_id=field_id)
        by, instant = _author(actor), now()
        row.value, row.written_by, row.written_at = value, by, instant
        row.confirmed_by, row.confirmed_at = by, instant
        db.session.add(row)
    db.session.flush()
    audit.write(
        actor, "field.answer", "client", client_id, field=field.label, changes=[before, value or None]
    )
    record(ClientsChanged((client_id,)))
    return row


def confirm_answer(actor: Actor, client_id: uuid.UUID, field_id: uuid.UUID) -> CustomValue:
    """Say that an answer still holds. Raises NotFound, Forbidden. Events: ClientsChanged."""
    field = _asked(actor, client_id, field_id)
    row = find_value(client_id, field_id)
    if row is None:
        raise NotFound(queries.MISSING)
    row.confirmed_by, row.confirmed_at = _author(actor), now()
    audit.write(actor, "field.confirm", "client", client_id, field=field.label, value=row.value)
    record(ClientsChanged((client_id,)))
    return row


def _asked(actor: Actor, client_id: uuid.UUID, field_id: uuid.UUID) -> CustomField:
    """The question, about a client in scope, put to somebody who may answer."""
    queries.get_client(actor, client_id)
    field = get_field(field_id)
    if field.archived_at is not None:
        raise NotFound(queries.MISSING)
    if not may_answer_fields(actor):
        raise Forbidden(_l("Votre rôle ne modifie pas cette partie de la fiche."))
    return field


def _author(actor: Actor) -> uuid.UUID | None:
    return None if actor.user_id == NOBODY else actor.user_id

"""Reasons as the company wants them: its own words, who owns and resolves, in how many days."""

from __future__ import annotations

import re
import unicodedata
import uuid

from flask_babel import lazy_gettext as _l

from webapp.core.errors import Forbidden, Invalid
from webapp.disputes import rules
from webapp.disputes.models import DisputeReason
from webapp.disputes.policy import may_open
from webapp.disputes.queries import find_reason, list_reasons
from webapp.extensions import db
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.users.policy import may
from webapp.users.queries import find_user_actor

LONGEST_LABEL = 60


def save_reason(
    actor: Actor,
    code: str | None,
    *,
    label: str,
    department: str,
    role: str,
    delay_days: int,
    resolver_id: uuid.UUID | None = None,
    used: bool = True,
) -> DisputeReason:
    """Change a reason, or add one (`code` None). Disputes already open keep what they have.

    A standard reason without label goes by the product's words. Raises Forbidden for all but those
    who manage settings, Invalid by field.
    """
    if not may(actor, "settings.manage"):
        raise Forbidden(_l("Les réglages sont à l’administrateur."))
    known = find_reason(code) if code is not None else None
    name = " ".join(label.split())
    standard = code in {each.code for each in rules.STANDARD}
    _check(name, standard, department, role, delay_days, resolver_id)
    if code is not None and known is None:
        raise Invalid(errors={"label": _l("Ce motif n’existe pas.")})
    row = db.session.get(DisputeReason, code) if code is not None else None
    if row is None:
        row = DisputeReason(code=code or _code(name))
        db.session.add(row)
    row.label, row.department, row.role = name or None, department, role
    row.delay_days, row.resolver_id, row.used = delay_days, resolver_id, used
    db.session.flush()
    audit.write(
        actor,
        "dispute_reason.save",
        "dispute_reason",
        row.code,
        label=row.label,
        department=department,
        role=role,
        delay_days=delay_days,
        resolver=str(resolver_id) if resolver_id else None,
        used=used,
    )
    return row


def _check(
    label: str,
    standard: bool,
    department: str,
    role: str,
    delay_days: int,
    resolver_id: uuid.UUID | None,
) -> None:
    errors: dict[str, object] = {}
    if (not label and not standard) or len(label) > LONGEST_LABEL or not label.isprintable():
        errors["label"] = _l("Indiquez un nom de 60 caractères au plus.")
    if department not in rules.DEPARTMENTS:
        errors["department"] = _l("Choisissez un service.")
    if role not in rules.RESOLVERS:
        errors["role"] = _l("Choisissez qui résout.")
    if not 1 <= delay_days <= rules.LONGEST_DELAY:
        errors["delay_days"] = _l("Indiquez un nombre de jours de 1 à 365.")
    person = find_user_actor(resolver_id) if resolver_id is not None else None
    if resolver_id is not None and (person is None or not may_open(person)):
        errors["resolver_id"] = _l("Cette personne ne résout pas de litige.")
    if errors:
        raise Invalid(_l("Le motif n’est pas enregistré."), errors=errors)


def _code(label: str) -> str:
    """A short key from the name, not taken: `emballage`, then `emballage_2`."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:24] or "motif"
    taken = {each.code for each in list_reasons()}
    rank = next(n for n in range(1, len(taken) + 2) if (stem if n == 1 else f"{stem}_{n}") not in taken)
    return stem if rank == 1 else f"{stem}_{rank}"

"""Kinds of facts as the company wants them: its own words, what they weigh, for how many days they hold."""

from __future__ import annotations

import re
import unicodedata

from flask_babel import lazy_gettext as _l

from webapp.core.errors import Invalid
from webapp.extensions import db
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.users.services import set_company_switch, settings_only
from webapp.visits import rules
from webapp.visits.models import FactKindRow
from webapp.visits.queries import find_kind, list_kinds


def save_kind(
    actor: Actor, code: str | None, *, label: str, weight: int | None, days: int | None, used: bool = True
) -> FactKindRow:
    """Change a kind of fact, or add one (`code` None). Facts already noted keep weight and last day.

    A standard kind without label goes by the product's words. Raises Forbidden for all but those who
    manage settings, Invalid by field.
    """
    settings_only(actor)
    name = " ".join(label.split())
    _check(code, name, weight, days)
    row = db.session.get(FactKindRow, code) if code is not None else None
    if row is None:
        row = FactKindRow(code=code or _code(name))
        db.session.add(row)
    row.label, row.weight, row.days, row.used = name or None, weight or 0, days or 1, used
    db.session.flush()
    values = {"label": row.label, "weight": row.weight, "days": row.days, "used": used}
    audit.write(actor, "fact_kind.save", "fact_kind", row.code, **values)
    return row


def set_stamp(actor: Actor, on: bool) -> None:
    """Let people say "I am at this client" by one tap, or not. Raises Forbidden."""
    set_company_switch(actor, rules.STAMP_SETTING, on)


def _check(code: str | None, label: str, weight: int | None, days: int | None) -> None:
    errors: dict[str, object] = {}
    standard = code in {each.code for each in rules.STANDARD}
    if (not label and not standard) or len(label) > rules.LONGEST_LABEL or not label.isprintable():
        errors["label"] = _l("Indiquez un nom de 60 caractères au plus.")
    if code is not None and find_kind(code) is None:
        errors["label"] = _l("Ce fait n’existe pas.")
    if code is None and len(list_kinds()) >= rules.MOST_KINDS:
        errors["label"] = _l("Il y a déjà %(most)s faits : retirez-en un.", most=rules.MOST_KINDS)
    if weight is None or abs(weight) > rules.HEAVIEST:
        errors["weight"] = _l("Indiquez un poids de −10 à 10.")
    if days is None or not 1 <= days <= rules.LONGEST_DAYS:
        errors["days"] = _l("Indiquez un nombre de jours de 1 à 730.")
    if errors:
        raise Invalid(_l("Le fait n’est pas enregistré."), errors=errors)


def _code(label: str) -> str:
    """A short key from the name, not taken: `travaux`, then `travaux_2`."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:24] or "fait"
    taken = {each.code for each in list_kinds()}
    rank = next(n for n in range(1, len(taken) + 2) if (stem if n == 1 else f"{stem}_{n}") not in taken)
    return stem if rank == 1 else f"{stem}_{rank}"

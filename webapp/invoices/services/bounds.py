"""The bounds of the aged balance, as the company sets them."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from webapp.core.errors import Invalid
from webapp.extensions import db
from webapp.invoices import rules
from webapp.invoices.queries import aging_bounds
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.users.queries import company
from webapp.users.services.company import settings_only

WRONG = _l("Donnez quatre nombres de jours qui montent, entre 1 et 3650.")


def set_aging_bounds(actor: Actor, bounds: Sequence[int]) -> None:
    """Up to how many days late each bucket goes, everywhere at once. Raises Forbidden, Invalid."""
    settings_only(actor)
    if not rules.check_bounds(bounds):
        raise Invalid(errors={"bounds": WRONG})
    row, before = company(), aging_bounds()
    row.settings = {**(row.settings or {}), "aging_bounds": list(bounds)}
    db.session.flush()
    audit.write(actor, "company.aging_bounds", "company", row.id, before=before, after=list(bounds))

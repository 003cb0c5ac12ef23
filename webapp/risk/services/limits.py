"""Setting a limit: page, API and importer all write through `set_limit`."""

from __future__ import annotations

import uuid
from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.clients.models import Client
from webapp.clients.queries import get_client
from webapp.core.clock import now, today
from webapp.core.errors import Forbidden, Invalid
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.core.money import MAX_AMOUNT, format_money
from webapp.extensions import db
from webapp.invoices.models import Balance
from webapp.risk import rules
from webapp.risk.events import LimitChanged
from webapp.risk.models import CreditLimit
from webapp.risk.policy import may_set_amount, may_set_limits
from webapp.risk.queries import cover_of, current_limit
from webapp.threads.services import tell_threads
from webapp.users import audit
from webapp.users.actor import NOBODY, Actor
from webapp.users.queries import company, names_of


def set_limit(
    actor: Actor,
    client_id: uuid.UUID,
    *,
    amount: int,
    currency: str = "EUR",
    max_days_late: int | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    source: str = "internal",
) -> CreditLimit:
    """Give the client a limit of `amount` cents, from now on; the one before stays in the history.

    A limit under what is already owed is accepted: it raises a breach. Events: LimitChanged.
    Raises NotFound (out of scope), Forbidden (role, or above its authority), Invalid by field.
    """
    client = get_client(actor, client_id)
    if not may_set_limits(actor):
        raise Forbidden(_l("Seuls le crédit manager et la DAF fixent un plafond."))
    errors = limit_faults(amount, currency, max_days_late, starts_on, ends_on, source)
    if errors:
        raise Invalid(_l("Le plafond n’est pas enregistré."), errors=errors)
    db.session.scalar(select(Client.id).where(Client.id == client.id).with_for_update())
    before = current_limit(client.id)
    balance = db.session.get(Balance, client.id)
    exposure, current = balance.exposure if balance else 0, before.amount if before else None
    judged = rules.amount_judged(amount, current, exposure, cover_of(client.id))
    if not may_set_amount(actor, judged):
        raise Forbidden(_beyond(actor))
    return place_limit(
        actor,
        client,
        amount=amount,
        currency=currency,
        max_days_late=max_days_late,
        starts_on=starts_on,
        ends_on=ends_on,
        source=source,
    )


def place_limit(
    actor: Actor,
    client: Client,
    *,
    amount: int,
    currency: str = "EUR",
    max_days_late: int | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    source: str = "internal",
) -> CreditLimit:
    """The same for whom the caller has judged: rights, authority and `limit_faults` were asked, the client's
    row is held. Events: LimitChanged."""
    before = current_limit(client.id)
    old = _values(before) if before else None
    if before is not None:
        before.replaced_at = now()
        db.session.flush()
    limit = CreditLimit(
        id=new_id(),
        client_id=client.id,
        amount=amount,
        currency=currency,
        max_days_late=max_days_late,
        starts_on=starts_on or today(),
        ends_on=ends_on,
        source=source,
        set_by=None if actor.user_id == NOBODY else actor.user_id,
        set_at=now(),
    )
    db.session.add(limit)
    db.session.flush()
    audit.write(
        actor, "limit.set", "client", client.id, limit=str(limit.id), before=old, after=_values(limit)
    )
    record(LimitChanged(client.id))
    return limit


def tell_of_limit(client_id: uuid.UUID) -> None:
    """Say in the client's thread that its limit was decided, without the figure: after-sales reads there
    too. Events as `tell_threads`."""
    limit = current_limit(client_id)
    name = names_of([limit.set_by]).get(limit.set_by) if limit is not None and limit.set_by else None
    with force_locale("fr"):
        said = _("%(name)s a décidé d’un nouveau plafond.", name=name) if name else _("Le plafond a changé.")
        tell_threads({client_id: said})


def _beyond(actor: Actor) -> object:
    ceiling = rules.AUTHORITY.get(actor.role) or 0
    return _l(
        "Au-delà de %(amount)s, seule la DAF fixe un plafond.",
        amount=format_money(ceiling, locale=actor.locale, cents=False),
    )


def limit_faults(
    amount: int,
    currency: str,
    max_days_late: int | None,
    starts_on: date | None,
    ends_on: date | None,
    source: str,
) -> dict[str, object]:
    """A sentence beside each field that no limit can have; {} when it is sound."""
    day = today()
    errors: dict[str, object] = {}
    if amount < 0:
        errors["amount"] = _l("Indiquez un montant de 0 € ou plus.")
    elif amount > MAX_AMOUNT:
        errors["amount"] = _l("Ce montant est trop grand.")
    elif currency != company().currency:
        errors["amount"] = _l("Un plafond est dans la devise de la société.")
    if max_days_late is not None and not 0 <= max_days_late <= rules.LONGEST_DELAY:
        errors["max_days_late"] = _l("Indiquez un nombre de jours de 0 à %(n)s.", n=rules.LONGEST_DELAY)
    if starts_on is not None and starts_on > day:
        errors["starts_on"] = _l("Un plafond commence aujourd’hui au plus tard.")
    if ends_on is not None and ends_on < day:
        errors["ends_on"] = _l("Cette date est déjà passée.")
    if source not in rules.SOURCES:
        errors["source"] = _l("Choisissez une origine : interne, assureur ou temporaire.")
    return errors


def _values(limit: CreditLimit) -> dict[str, object]:
    return {
        "amount": limit.amount,
        "currency": limit.currency,
        "max_days_late": limit.max_days_late,
        "ends_on": limit.ends_on.isoformat() if limit.ends_on else None,
        "source": limit.source,
    }

"""Recording and withdrawing guarantees: page and API write through here."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date

from flask_babel import lazy_gettext as _l

from webapp.clients.queries import get_client, survivor_of
from webapp.core.clock import now, today
from webapp.core.errors import Conflict, Forbidden, Invalid
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.core.money import MAX_AMOUNT, Money
from webapp.core.plain_text import text_fault
from webapp.extensions import db
from webapp.risk import rules
from webapp.risk.events import GuaranteeChanged
from webapp.risk.models import Guarantee
from webapp.risk.policy import may_write_guarantees
from webapp.risk.queries import get_guarantee
from webapp.users import audit
from webapp.users.actor import NOBODY, Actor
from webapp.users.queries import company

LONGEST_GIVER, LONGEST_REFERENCE = 120, 64


@dataclass(frozen=True)
class GuaranteeInput:
    """A guarantee as it is written: of what was agreed, `share` per cent are paid. `id` is the act's one
    UUID."""

    client_id: uuid.UUID
    kind: str
    giver: str
    amount: Money
    share: int = 100
    reference: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    id: uuid.UUID = field(default_factory=new_id)


def record_guarantee(actor: Actor, given: GuaranteeInput) -> Guarantee:
    """Note a guarantee of a client, from `starts_on` (today) to `ends_on`; the same id again is the same one.

    Raises NotFound (client out of scope), Forbidden, Invalid by field. Events: GuaranteeChanged.
    """
    client = survivor_of(get_client(actor, given.client_id))
    _check_right(actor)
    known = db.session.get(Guarantee, given.id)
    if known is not None:
        if known.client_id != client.id:
            raise Invalid(_l("Cet identifiant a déjà servi pour une autre garantie."), code="id_reused")
        return known
    starts_on = given.starts_on or today()
    errors = _faults(given, starts_on)
    if errors:
        raise Invalid(_l("La garantie n’est pas enregistrée."), errors=errors)
    amount = given.amount.amount
    row = Guarantee(
        id=given.id,
        client_id=client.id,
        kind=given.kind,
        giver=given.giver.strip(),
        reference=(given.reference or "").strip() or None,
        amount=amount,
        share=given.share,
        cover=rules.covered(amount, given.share),
        currency=given.amount.currency,
        starts_on=starts_on,
        ends_on=given.ends_on,
        recorded_by=None if actor.user_id == NOBODY else actor.user_id,
        recorded_at=now(),
    )
    db.session.add(row)
    _note(actor, "guarantee.add", row, kind=row.kind, cover=row.cover, ends_on=_iso(row.ends_on))
    return row


def withdraw_guarantee(actor: Actor, guarantee_id: uuid.UUID) -> Guarantee:
    """It no longer holds. Raises NotFound, Forbidden, Conflict when it was withdrawn already.
    Events: GuaranteeChanged."""
    row = get_guarantee(actor, guarantee_id).guarantee
    _check_right(actor)
    db.session.refresh(row, with_for_update=True)
    if row.withdrawn_at is not None:
        raise Conflict(_l("Cette garantie est déjà retirée."))
    row.withdrawn_at, row.withdrawn_by = now(), None if actor.user_id == NOBODY else actor.user_id
    _note(actor, "guarantee.withdraw", row, kind=row.kind, cover=row.cover)
    return row


def _check_right(actor: Actor) -> None:
    if not may_write_guarantees(actor):
        raise Forbidden(_l("Seuls le crédit manager et la DAF notent une garantie."))


def _faults(given: GuaranteeInput, starts_on: date) -> dict[str, object]:
    """A sentence beside each field that no guarantee can have; {} when it is sound."""
    errors: dict[str, object] = {}
    if given.kind not in rules.GUARANTEE_KINDS:
        errors["kind"] = _l("Choisissez une sorte de garantie.")
    if given.amount.amount <= 0:
        errors["amount"] = _l("Indiquez un montant supérieur à 0 €.")
    elif given.amount.amount > MAX_AMOUNT:
        errors["amount"] = _l("Ce montant est trop grand.")
    elif given.amount.currency != company().currency:
        errors["amount"] = _l("Une garantie est dans la devise de la société.")
    if not 1 <= given.share <= 100:
        errors["share"] = _l("Indiquez un pourcentage de 1 à 100.")
    if not given.giver.strip():
        errors["giver"] = _l("Indiquez qui garantit.")
    for name, text, longest in (
        ("giver", given.giver, LONGEST_GIVER),
        ("reference", given.reference or "", LONGEST_REFERENCE),
    ):
        fault = (
            _l("%(n)s caractères au plus.", n=longest) if len(text.strip()) > longest else text_fault(text)
        )
        if fault is not None:
            errors[name] = fault
    if given.ends_on is not None and given.ends_on < max(starts_on, today()):
        errors["ends_on"] = _l("Cette date est déjà passée.")
    return errors


def _note(actor: Actor, action: str, row: Guarantee, **values: object) -> None:
    db.session.flush()
    audit.write(actor, action, "client", row.client_id, guarantee=str(row.id), **values)
    record(GuaranteeChanged(row.client_id))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None

"""What every act on a dispute shares: it is held, its revision moves, the trail and the screens know."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.core.clock import now
from webapp.core.errors import Conflict, Forbidden, Invalid
from webapp.core.events import record
from webapp.core.money import format_money
from webapp.core.plain_text import text_fault
from webapp.disputes import rules
from webapp.disputes.events import DisputeChanged, DisputeSettled
from webapp.disputes.models import Dispute
from webapp.disputes.policy import may_decide
from webapp.disputes.queries import get_dispute
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.threads.events import ActChanged
from webapp.threads.services import post_system_line
from webapp.users import audit
from webapp.users.actor import NOBODY, Actor

KIND = "dispute"
STALE = _l("Ce litige a changé entre-temps. Relisez-le avant de décider.")
OVER = _l("Ce litige est déjà réglé.")
NOT_YOURS = _l("Le chargé de résolution, le responsable d’agence ou la finance en décident.")


def author(actor: Actor) -> uuid.UUID | None:
    """The person who acts; None for the product itself."""
    return None if actor.user_id == NOBODY else actor.user_id


def hold(
    actor: Actor,
    dispute_id: uuid.UUID,
    seen_revision: int | None,
    allowed: Callable[[Actor, Dispute], bool] = may_decide,
) -> Dispute:
    """The dispute in scope, still open, its rows held until the end of the transaction.

    The invoice is held first, as payments do, so that the two never wait for each other.
    Raises NotFound, Forbidden, Conflict when it is over or `seen_revision` is not its revision.
    """
    found = get_dispute(actor, dispute_id).dispute
    db.session.scalar(select(Invoice.id).where(Invoice.id == found.invoice_id).with_for_update())
    query = select(Dispute).where(Dispute.id == dispute_id).with_for_update()
    dispute = db.session.execute(query.execution_options(populate_existing=True)).scalar_one()
    if not allowed(actor, dispute):
        raise Forbidden(NOT_YOURS)
    if dispute.closed_at is not None:
        raise Conflict(OVER)
    if seen_revision is not None and seen_revision != dispute.revision:
        raise Conflict(STALE, code="stale")
    return dispute


def check_text(text: str | None, name: str, *, needed: object | None = None) -> str | None:
    """The text without space around it. Raises Invalid beside `name`: too long, unreadable, or missing."""
    kept = (text or "").strip()
    if len(kept) > rules.LONGEST_TEXT:
        raise Invalid(errors={name: _l("Ce texte est trop long : 2 000 caractères au plus.")})
    fault = text_fault(kept, lines=True)
    if fault is not None:
        raise Invalid(errors={name: fault})
    if not kept and needed is not None:
        raise Invalid(errors={name: needed})
    return kept or None


def note(actor: Actor, action: str, dispute: Dispute, **values: object) -> None:
    """One revision more, the trail, the news. Events: DisputeChanged, ActChanged."""
    dispute.revision += 1
    db.session.flush()
    audit.write(actor, f"dispute.{action}", "dispute", dispute.id, revision=dispute.revision, **values)
    record(DisputeChanged(dispute.id, dispute.client_id))
    record(ActChanged(dispute.invoice_id, KIND, dispute.id))


def close(
    actor: Actor,
    dispute: Dispute,
    state: str,
    *,
    amount: int | None = None,
    text: str | None = None,
    credit_id: uuid.UUID | None = None,
    by: uuid.UUID | None = None,
) -> None:
    """Settle it: nothing is contested any more. Events: DisputeSettled, and those of `note`."""
    dispute.state, dispute.open, dispute.open_value = state, 0, 0
    dispute.resolution_amount, dispute.resolution_text, dispute.credit_id = amount, text, credit_id
    dispute.closed_by, dispute.closed_at = by, now()
    note(actor, "settle", dispute, state=state, amount=amount, credit=str(credit_id) if credit_id else None)
    record(DisputeSettled(dispute.id, by))


def tell_thread(dispute: Dispute, state: str, *, name: str | None, amount: str = "") -> None:
    """A line in the invoice's thread about a decision, in the company's language: everyone reads the same."""
    with force_locale("fr"):
        post_system_line(dispute.invoice_id, _line(state, name or "Encours", amount))


def said_amount(cents: int, currency: str) -> str:
    """An amount as lines of a thread say it."""
    return format_money(cents, currency, "fr", cents=cents % 100 != 0)


def _line(state: str, name: str, amount: str) -> str:
    if state == "proposed":
        return _("%(name)s propose un avoir de %(amount)s", name=name, amount=amount)
    if state == "accepted_credit":
        return _("Litige réglé par un avoir de %(amount)s, par %(name)s", name=name, amount=amount)
    if state == "accepted_partly":
        return _("Litige accepté en partie : avoir de %(amount)s, par %(name)s", name=name, amount=amount)
    if state == "rejected":
        return _("Litige rejeté par %(name)s : la facture reste due", name=name)
    if state == "withdrawn":
        return _("Litige retiré par %(name)s", name=name)
    return _("Litige clos : la facture est réglée")

"""Acknowledgements of debt: the words as signed on the screen, then a paper by the worker.

C. civ. 1376: the sum in words and figures; 2240: it starts the limitation again. A simple electronic
signature: who signed, in what capacity, when, before whom, and a digest over all of it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.clients.models import Client
from webapp.core.clock import now
from webapp.core.errors import Invalid
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.core.jobs import enqueue
from webapp.core.money import MAX_AMOUNT, Money
from webapp.core.pages import LOCALES
from webapp.core.plain_text import text_fault
from webapp.core.spelled import amount_in_words
from webapp.extensions import db
from webapp.files import services as files
from webapp.files.models import StoredFile
from webapp.files.rules import PICTURES
from webapp.files.storage import Arrival
from webapp.threads.events import ActChanged
from webapp.users import audit
from webapp.users.actor import Actor, system_actor
from webapp.users.queries import company
from webapp.visits import rules
from webapp.visits.events import AcknowledgementSealed
from webapp.visits.models import Acknowledgement, Visit
from webapp.visits.rules import Deed

KIND = "acknowledgement"  # what its files hang on
REFUSED = _l("La reconnaissance de dette n’est pas enregistrée.")


@dataclass(frozen=True)
class Signed:
    """What was signed: how much is owed, who signed and in what capacity, the picture of the signature."""

    amount: Money
    signatory: str
    capacity: str
    signature_id: uuid.UUID


def acknowledge(actor: Actor, visit: Visit, client: Client, signed: Signed) -> Acknowledgement:
    """Keep the words as they were signed, and have the paper made.

    Raises Invalid (`signed.amount`, `.signatory`, `.capacity`, `.signature`).
    """
    house = company()
    picture = _check(actor, signed, house.currency)
    language = client.language if client.language in LOCALES else "fr"
    amount = signed.amount
    row = Acknowledgement(
        id=new_id(),
        client_id=client.id,
        visit_id=visit.id,
        amount=amount.amount,
        currency=amount.currency,
        words=amount_in_words(amount.amount, amount.currency, language),
        language=language,
        creditor=house.name,
        creditor_siren=house.siren or "",
        debtor=client.legal_name,
        debtor_siren=client.siren or "",
        signatory=signed.signatory.strip(),
        capacity=signed.capacity.strip(),
        signed_at=visit.visited_at,
        signature_id=picture.id,
        digest="",
        recorded_by=actor.user_id,
    )
    row.digest = rules.digest_of(_deed(row, picture.sha256))
    db.session.add(row)
    db.session.flush()
    files.attach_all(KIND, {row.id: [picture.id]})
    values = {"amount": row.amount, "currency": row.currency, "digest": row.digest}
    audit.write(actor, "acknowledgement.sign", "acknowledgement", row.id, client=client.ref, **values)
    enqueue("visits.seal", f"visits.seal:{row.id}", acknowledgement_id=str(row.id))
    return row


def _deed(row: Acknowledgement, signature: str) -> Deed:
    names = (
        "id", "creditor", "creditor_siren", "debtor", "debtor_siren", "amount", "currency", "words",
        "signatory", "capacity", "signed_at",
    )  # fmt: skip
    return Deed(signature=signature, **{name: getattr(row, name) for name in names})


def _check(actor: Actor, signed: Signed, currency: str) -> StoredFile:
    errors: dict[str, object] = {}
    if not 0 < signed.amount.amount <= MAX_AMOUNT:
        errors["signed.amount"] = _l("Indiquez un montant supérieur à 0 €.")
    elif signed.amount.currency != currency:
        errors["signed.amount"] = _l("Les montants sont en %(currency)s.", currency=currency)
    for name, text, needed in (
        ("signed.signatory", signed.signatory, _l("Indiquez qui signe.")),
        ("signed.capacity", signed.capacity, _l("Indiquez sa qualité : gérant, directeur…")),
    ):
        if not text.strip():
            errors[name] = needed
        elif len(text.strip()) > rules.LONGEST_NAME:
            errors[name] = _l("Ce texte est trop long.")
        elif (fault := text_fault(text)) is not None:
            errors[name] = fault
    may_hang = files.may_hang({actor.user_id}, [signed.signature_id])
    picture = db.session.get(StoredFile, signed.signature_id) if may_hang else None
    if picture is None or picture.media_type not in PICTURES:
        errors["signed.signature"] = _l("Il manque la signature.")
    if errors or picture is None:
        # A device that still has the signature brings it again when it is the only thing missing.
        gone = picture is None and len(errors) == 1
        raise Invalid(REFUSED, errors=errors, code="attachment_gone" if gone else "invalid")
    return picture


def keep_paper(acknowledgement_id: uuid.UUID, arrival: Arrival, *, quota: int) -> None:
    """Hang the paper on its acknowledgement; done twice, the first stays.

    Events: ActChanged, AcknowledgementSealed.
    """
    row = db.session.get_one(Acknowledgement, acknowledgement_id, with_for_update=True)
    if row.pdf_id is not None:
        return
    with force_locale(row.language):
        name = _("Reconnaissance de dette %(name)s.pdf", name=row.debtor)
    file = files.keep(files.Owner(row.recorded_by), arrival, name, quota=quota)
    files.attach_all(KIND, {row.id: [row.signature_id, file.id]})
    row.pdf_id, row.pdf_sha256, row.sealed_at = file.id, arrival.sha256, now()
    db.session.flush()
    audit.write(system_actor(), "acknowledgement.seal", KIND, row.id, pdf_sha256=arrival.sha256)
    record(ActChanged(row.client_id, "visit", row.visit_id))
    record(AcknowledgementSealed(row.visit_id, row.client_id))

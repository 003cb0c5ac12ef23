"""Reporting on a visit: page, API and offline replay all come through here."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.clients.models import Client
from webapp.clients.queries import get_client, survivor_of
from webapp.core.clock import local, now
from webapp.core.errors import Forbidden, Invalid
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.core.money import Money
from webapp.core.plain_text import text_fault
from webapp.extensions import db
from webapp.files import services as files
from webapp.promises.services import Draft, take_promise
from webapp.threads.services import post_act
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.visits import rules
from webapp.visits.events import FactsChanged, VisitRecorded
from webapp.visits.models import Fact, Visit
from webapp.visits.policy import may_record
from webapp.visits.queries import list_kinds, stamp_is_on, standing_of_kind
from webapp.visits.rules import FactKind
from webapp.visits.services.acknowledging import Signed, acknowledge
from webapp.visits.words import OUTCOME_WORDS, fact_name

KIND = "visit"  # of its card in the client's thread, and of what files hang on
NOT_YOURS = _l("Votre rôle ne fait pas de compte rendu de visite.")
REFUSED = _l("La visite n’est pas enregistrée.")
GONE = _l("Une pièce jointe n’est plus disponible. Joignez-la de nouveau.")


@dataclass(frozen=True)
class Seen:
    """A kind of fact that was seen, and what of it."""

    kind: str
    detail: str | None = None


@dataclass(frozen=True)
class Said:
    """A promise to pay made at the visit: for an invoice, or for whatever the client owes."""

    amount: Money
    promised_on: date
    said_by: str | None = None
    note: str | None = None
    invoice_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Report:
    """What somebody says of a visit. `id`, a UUIDv7, is the act's one UUID, and the visit's thread.

    `visited_at` in UTC; `here`: "I am at this client", by a tap.
    """

    client_id: uuid.UUID
    outcome: str | None = None
    met: str | None = None
    note: str | None = None
    facts: tuple[Seen, ...] = ()
    promise: Said | None = None
    file_ids: tuple[uuid.UUID, ...] = ()
    signed: Signed | None = None
    here: bool = False
    visited_at: datetime | None = None
    id: uuid.UUID = field(default_factory=new_id)

    @property
    def empty(self) -> bool:
        said = (self.note or "").strip(), self.facts, self.promise, self.file_ids, self.signed
        return not (self.outcome or self.here or any(said))


def record_visit(actor: Actor, report: Report) -> Visit:
    """Keep a report: its facts, the promise it brought (one of `promises`), its files, what was signed.

    A card goes into the client's thread. A fact of a kind that stands already takes its place. The same
    id again gives the first visit. Raises NotFound, Forbidden, Invalid by field (`promise.amount`,
    `signed.amount` … for the parts; code `attachment_gone` for files that are not theirs, or in use).
    Events: VisitRecorded, FactsChanged, MessagesPosted, and those of `take_promise`.
    """
    if not may_record(actor):
        raise Forbidden(NOT_YOURS)
    client = survivor_of(get_client(actor, report.client_id))
    known = db.session.get(Visit, report.id)
    if known is not None:
        return _same(known, actor, client)
    kinds = _check(report)
    visited_at = rules.not_later(report.visited_at, now())
    visit = Visit(
        id=report.id,
        client_id=client.id,
        visited_at=visited_at,
        outcome=report.outcome or None,
        met=_kept(report.met),
        note=_kept(report.note),
        here_at=visited_at if report.here else None,
        recorded_by=actor.user_id,
    )
    db.session.add(visit)
    db.session.flush()
    _note_facts(actor, visit, report.facts, kinds)
    visit.promise_id = _promise(actor, client, report.promise)
    _hang(actor, visit, report.file_ids)
    if report.signed is not None:
        acknowledge(actor, visit, client, report.signed)
    db.session.flush()
    _tell(actor, visit, client, report, kinds)
    return visit


def _same(known: Visit, actor: Actor, client: Client) -> Visit:
    if known.recorded_by != actor.user_id or known.client_id != client.id:
        raise Invalid(_l("Cet identifiant a déjà servi pour une autre demande."), code="id_reused")
    return known


def _kept(text: str | None) -> str | None:
    return (text or "").strip() or None


def _check(report: Report) -> dict[str, FactKind]:
    """Kinds of facts by code. Raises Invalid with a sentence beside each field at fault."""
    kinds = {each.code: each for each in list_kinds()}
    errors: dict[str, object] = {}
    if report.id.version != 7:
        errors["id"] = _l("Cet identifiant doit être un UUID de version 7.")
    if rules.too_old(report.visited_at, now()):
        errors["visited_at"] = _l("Cette visite date de plus d’un an.")
    if report.outcome and report.outcome not in rules.OUTCOMES:
        errors["outcome"] = _l("Choisissez comment la visite s’est passée.")
    codes = [each.kind for each in report.facts]
    if any(code not in kinds or not kinds[code].used for code in codes) or len(set(codes)) < len(codes):
        errors["facts"] = _l("Choisissez des faits de la liste, chacun une fois.")
    for name, text, longest in (
        ("met", report.met, rules.LONGEST_NAME),
        ("note", report.note, rules.LONGEST_NOTE),
        *(("facts", each.detail, rules.LONGEST_DETAIL) for each in report.facts),
    ):
        if text and len(text) > longest:
            errors[name] = _l("Ce texte est trop long.")
        elif text and (fault := text_fault(text, lines=True)) is not None:
            errors[name] = fault
    if len(report.file_ids) > rules.MOST_FILES:
        errors["files"] = _l("Joignez au plus %(most)s fichiers.", most=rules.MOST_FILES)
    if report.here and not stamp_is_on():
        errors["here"] = _l("Votre société n’utilise pas « Je suis chez ce client ».")
    if not errors and report.empty:
        errors["note"] = _l("Dites comment elle s’est passée, ce qui a été vu ou ce qui est promis.")
    if errors:
        raise Invalid(REFUSED, errors=errors)
    return kinds


def _note_facts(actor: Actor, visit: Visit, seen: tuple[Seen, ...], kinds: dict[str, FactKind]) -> None:
    day = local(visit.visited_at).date()
    before = standing_of_kind(visit.client_id, [each.kind for each in seen])
    for each in seen:
        kind = kinds[each.kind]
        fact = Fact(
            id=new_id(),
            client_id=visit.client_id,
            visit_id=visit.id,
            kind=kind.code,
            detail=_kept(each.detail),
            weight=kind.weight,
            seen_on=day,
            expires_on=rules.last_day(day, kind.days),
            noted_by=actor.user_id,
        )
        db.session.add(fact)
        db.session.flush()
        for other in (each for each in before if each.kind == kind.code):
            if other.seen_on <= day:
                other.replaced_by = fact.id
            else:  # reported late, what came after it stands
                fact.replaced_by = other.id


def _promise(actor: Actor, client: Client, said: Said | None) -> uuid.UUID | None:
    """The promise taken at the visit, in the client's thread or its invoice's."""
    if said is None:
        return None
    thread_id = said.invoice_id or client.id
    try:
        taken = take_promise(
            actor, Draft(thread_id, said.amount, said.promised_on, said_by=said.said_by, note=said.note)
        )
    except Invalid as refusal:
        errors = {f"promise.{name}": text for name, text in refusal.errors.items()}
        raise Invalid(refusal.message, code=refusal.code, errors=errors) from refusal
    if taken.client_id != client.id:
        raise Invalid(REFUSED, errors={"promise.invoice_ref": _l("Cette facture est à un autre client.")})
    return taken.id


def _hang(actor: Actor, visit: Visit, file_ids: tuple[uuid.UUID, ...]) -> None:
    """Photos, voice and papers, on the visit from now on."""
    loose = files.may_hang({actor.user_id}, file_ids)
    if len(loose) < len(file_ids):  # too few, or named twice
        raise Invalid(GONE, code="attachment_gone", errors={"files": GONE})
    files.attach_all(KIND, {visit.id: file_ids})


def _tell(actor: Actor, visit: Visit, client: Client, report: Report, kinds: dict[str, FactKind]) -> None:
    audit.write(
        actor,
        "visit.record",
        "visit",
        visit.id,
        client=client.ref,
        outcome=visit.outcome,
        facts=[each.kind for each in report.facts],
        promise=str(visit.promise_id) if visit.promise_id else None,
        files=len(report.file_ids),
        signed=report.signed is not None,
        here=report.here,
    )
    with force_locale("fr"):
        seen = [fact_name(each.kind, kinds[each.kind].label) for each in report.facts]
        said = [str(OUTCOME_WORDS[visit.outcome]).lower()] if visit.outcome else []
        body = _("Visite : %(what)s", what=", ".join(said + seen)) if said or seen else _("Visite")
    post_act(actor, client.id, client_id=visit.id, kind=KIND, act_id=visit.id, body=body)
    record(VisitRecorded(visit.id, client.id))
    if report.facts:
        record(FactsChanged((client.id,)))

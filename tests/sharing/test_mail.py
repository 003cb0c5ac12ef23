"""What is written to the client leaves by mail: once, to who may read it, with nothing else in it."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from sqlalchemy import func, select, update

from tests.factories.people import Cast
from tests.factories.talk import say
from tests.mail_server import MailServer, text_of
from tests.sharing.conftest import Delorme, grant_to, make_delorme
from webapp.clients.services import parts
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.models import Job
from webapp.extensions import db
from webapp.sharing.links import link
from webapp.sharing.models import AccessGrant, MailDelivery
from webapp.sharing.queries import list_readers
from webapp.sharing.services import revoke_access
from webapp.threads.services import delete_message

Run = Callable[[], int]


def states() -> list[str]:
    return list(db.session.scalars(select(MailDelivery.state).order_by(MailDelivery.id)))


def test_the_first_message_lets_the_contact_in_and_tells_them(
    cast: Cast, delorme: Delorme, mailbox: MailServer, run_jobs: Run
) -> None:
    say(cast.bob, delorme.invoice_id, "il ment, marge 12 %")
    assert list_readers(delorme.client_id, delorme.invoice_id) == ["Élise Delorme"]
    say(cast.chloe, delorme.thread_id, "Pouvez-vous régler\nvendredi ?")
    run_jobs()
    grant = db.session.scalars(select(AccessGrant)).one()
    (mail,) = mailbox.mails
    assert mail["To"].addresses[0].addr_spec == "compta@delorme.test"
    assert "F-1187" in mail["Subject"]
    text = text_of(mail)
    assert "Chloé Vidal" in text
    assert "> Pouvez-vous régler\n> vendredi ?" in text
    assert link(grant.id, delorme.thread_id) in text
    assert "marge" not in mail.as_string() + text
    assert states() == ["sent"]
    say(cast.alice, delorme.thread_id, "Merci d’avance")
    run_jobs()
    assert len(mailbox.mails) == 2
    assert db.session.scalar(select(func.count()).select_from(AccessGrant)) == 1


def test_it_is_written_in_the_contacts_language(cast: Cast, mailbox: MailServer, run_jobs: Run) -> None:
    say(cast.chloe, make_delorme(cast, "en").thread_id, "Bonjour")
    run_jobs()
    assert text_of(mailbox.mails[0]).startswith("Hello Élise Delorme")


def test_internal_messages_send_nothing(
    cast: Cast, delorme: Delorme, mailbox: MailServer, run_jobs: Run
) -> None:
    grant_to(cast, delorme)
    say(cast.bob, delorme.invoice_id, "entre nous")
    run_jobs()
    assert (mailbox.mails, states()) == ([], [])


def test_everybody_with_access_is_told_and_nobody_else(
    cast: Cast, delorme: Delorme, mailbox: MailServer, run_jobs: Run
) -> None:
    grant_to(cast, delorme)
    with unit_of_work():
        values = {"name": "Jean Bon", "role": "site", "email": "chantier@delorme.test"}
        other = parts.add_part(cast.system, delorme.client_id, "contacts", values).id
    grant_to(cast, Delorme(delorme.client_id, other, delorme.invoice_id), only_invoice=True)
    say(cast.bob, delorme.thread_id, "Bonjour")
    run_jobs()
    assert {mail["To"].addresses[0].username for mail in mailbox.mails} == {"compta", "chantier"}


def test_without_a_mail_server_the_access_is_given_and_nothing_is_queued(
    cast: Cast, delorme: Delorme
) -> None:
    say(cast.bob, delorme.thread_id, "Bonjour")
    assert db.session.scalars(select(AccessGrant)).one().name == "Élise Delorme"
    assert states() == []
    assert db.session.scalar(select(func.count()).where(Job.name == "sharing.mail")) == 0


def test_a_client_nobody_can_write_to_keeps_the_message(
    cast: Cast, delorme: Delorme, mailbox: MailServer
) -> None:
    with unit_of_work():
        parts.remove_part(cast.system, delorme.client_id, "contacts", delorme.contact_id)
    assert say(cast.bob, delorme.thread_id, "Bonjour").seq == 1
    assert list_readers(delorme.client_id, delorme.invoice_id) == []
    assert states() == []


def test_a_mail_is_tried_again_later_and_given_up_when_refused(
    cast: Cast, delorme: Delorme, mailbox: MailServer, run_jobs: Run
) -> None:
    mailbox.says = "451 later"
    say(cast.bob, delorme.thread_id, "un")
    run_jobs()
    assert states() == ["due"]
    mailbox.says = None
    with unit_of_work() as session:
        session.execute(update(Job).where(Job.done_at.is_(None)).values(due_at=now()))
    run_jobs()
    assert states() == ["sent"]
    mailbox.says = "550 nobody here"
    say(cast.bob, delorme.thread_id, "deux")
    run_jobs()
    assert states() == ["sent", "failed"]
    assert len(mailbox.mails) == 1


def test_what_is_taken_back_before_it_left_is_not_sent(
    cast: Cast, delorme: Delorme, mailbox: MailServer, run_jobs: Run
) -> None:
    message: uuid.UUID = say(cast.bob, delorme.thread_id, "pas pour eux").id
    with unit_of_work():
        delete_message(cast.bob, message)
    say(cast.bob, delorme.thread_id, "pour eux")
    grant = db.session.scalars(select(AccessGrant)).one()
    run_jobs()
    assert states() == ["skipped", "sent"]
    say(cast.bob, delorme.thread_id, "trop tard")
    with unit_of_work():
        revoke_access(cast.bob, delorme.client_id, grant.id)
    run_jobs()
    assert states() == ["skipped", "sent", "skipped"]
    assert len(mailbox.mails) == 1

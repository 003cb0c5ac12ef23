"""What was decided, on paper: once, for those who see limits, its digest in the audit log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.factories.requests import limit_request
from tests.factories.visits import visit
from webapp.core import papers
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.models import Job
from webapp.core.money import Money
from webapp.extensions import db
from webapp.files.models import StoredFile
from webapp.files.storage import path_of
from webapp.limit_requests.jobs import run_record
from webapp.limit_requests.models import LimitRequest
from webapp.limit_requests.services import Decision, decide_request
from webapp.notifications.models import Notification
from webapp.users.models import AuditEntry, AuditPayload


@pytest.fixture
def decided(cast: Cast) -> LimitRequest:
    if not papers.available():
        pytest.skip("papers need Pango")
    client = make_client(cast, legal_name="Ateliers <Delorme>", siren="732829320")
    make_invoice(cast, client, 120_000, due_in=-5)
    seen = visit(cast.bob, client.id, "works_stopped")
    request = limit_request(cast.bob, client, 200_000, evidence=(("visit", seen.id),))
    end = today() + timedelta(days=90)
    terms = Decision("approve", amount=Money(150_000, "EUR"), ends_on=end, conditions="Acompte")
    with unit_of_work():
        decide_request(cast.chloe, request.id, terms)
    return request


def test_a_decision_is_put_on_paper_once_and_its_digest_in_the_audit_log(
    cast: Cast, decided: LimitRequest
) -> None:
    jobs = db.session.scalars(select(Job).where(Job.name == "limit_requests.record")).all()
    assert [each.args for each in jobs] == [{"request_id": str(decided.id)}]
    heard = db.session.scalars(select(Notification.id)).all()
    for _again in range(2):
        run_record(str(decided.id))
    db.session.refresh(decided)
    file = db.session.get_one(StoredFile, decided.record_id)
    assert path_of(file.sha256).read_bytes().startswith(b"%PDF")
    assert (file.sha256, file.name) == (decided.record_sha256, f"Décision de plafond {today()}.pdf")
    about = select(AuditEntry).where(AuditEntry.action == "limit_request.record")
    (entry,) = db.session.scalars(about).all()
    assert decided.record_sha256 in db.session.get_one(AuditPayload, entry.id).body
    assert db.session.scalars(select(Notification.id)).all() == heard, "it rings nobody"


def test_the_paper_is_for_those_who_see_limits(
    cast: Cast, decided: LimitRequest, browser_of: Callable[..., FlaskClient]
) -> None:
    run_record(str(decided.id))
    db.session.refresh(decided)
    path = f"/files/{decided.record_id}"
    assert f'href="{path}"' in browser_of(cast.bob).get(f"/limit-requests/{decided.id}").text
    assert browser_of(cast.alice).get(path).status_code == 200
    for outside in (cast.david, cast.oscar):
        assert browser_of(outside).get(path).status_code == 404, outside.name

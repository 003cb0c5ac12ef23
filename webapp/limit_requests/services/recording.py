"""The record of a decision: made once, and never changed."""

from __future__ import annotations

import uuid

from flask_babel import force_locale
from flask_babel import gettext as _

from webapp.core.events import record
from webapp.extensions import db
from webapp.files import services as files
from webapp.files.storage import Arrival
from webapp.limit_requests.events import LimitRequestChanged
from webapp.limit_requests.models import LimitRequest
from webapp.limit_requests.rules import RECORD
from webapp.users import audit
from webapp.users.actor import system_actor

KIND = "limit_request"  # what its file hangs on


def keep_record(request_id: uuid.UUID, arrival: Arrival, *, quota: int) -> None:
    """Hang the record on its request, and its digest in the audit log; done twice, the first stays.
    Events: LimitRequestChanged."""
    row = db.session.get_one(LimitRequest, request_id, with_for_update=True)
    if row.record_id is not None:
        return
    with force_locale("fr"):
        name = _("Décision de plafond %(day)s.pdf", day=f"{row.decided_at:%Y-%m-%d}")
    file = files.keep(files.Owner(row.asked_by), arrival, name, quota=quota)
    files.attach_all(KIND, {row.id: [file.id]})
    row.record_id, row.record_sha256 = file.id, arrival.sha256
    db.session.flush()
    audit.write(system_actor(), f"limit_request.{RECORD}", KIND, row.id, pdf_sha256=arrival.sha256)
    record(LimitRequestChanged(row.id, row.client_id, RECORD))

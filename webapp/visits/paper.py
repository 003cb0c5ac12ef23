"""An acknowledgement of debt on paper: A4, in the client's language. For the worker alone."""

from __future__ import annotations

import uuid

from flask import current_app
from flask_babel import force_locale

from webapp.core import papers
from webapp.core.clock import local
from webapp.extensions import db
from webapp.files.models import StoredFile
from webapp.files.storage import path_of
from webapp.users.queries import names_of
from webapp.visits.queries import get_acknowledgement

SIGNATURE = "encours:signature"


def paper_of(acknowledgement_id: uuid.UUID) -> bytes | None:
    """The PDF of an acknowledgement; None when it was made before. CPU work, outside any transaction."""
    row = get_acknowledgement(acknowledgement_id)
    if row.pdf_id is not None:
        return None
    signature = db.session.get_one(StoredFile, row.signature_id)
    templates = current_app.jinja_env
    with force_locale(row.language):
        html = templates.get_template("visits/paper.html").render(
            locale=row.language,
            row=row,
            signature=SIGNATURE,
            signature_sha256=signature.sha256,
            signed_at=local(row.signed_at),
            taken_by=names_of([row.recorded_by]).get(row.recorded_by, ""),
        )
    style = templates.get_template("papers/paper.css").render()
    return papers.render(html, style, {SIGNATURE: path_of(signature.sha256).read_bytes()})

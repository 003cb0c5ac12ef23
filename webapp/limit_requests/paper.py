"""What was decided, by whom, on which figures: A4, in the company's language. For the worker alone."""

from __future__ import annotations

import uuid

from flask import current_app
from flask_babel import force_locale

from webapp.core import papers
from webapp.extensions import db
from webapp.limit_requests import queries
from webapp.limit_requests.models import LimitRequest
from webapp.users.actor import system_actor
from webapp.users.queries import company

LANGUAGE = "fr"  # of the company, whoever reads it


def record_of(request_id: uuid.UUID) -> bytes | None:
    """The PDF of a decided request; None when it was made before. CPU work, outside any transaction."""
    row = db.session.get_one(LimitRequest, request_id)
    if row.record_id is not None:
        return None
    with force_locale(LANGUAGE):
        pairs = [(each["kind"], uuid.UUID(each["id"])) for each in row.evidence]
        html = current_app.jinja_env.get_template("limit_requests/paper.html").render(
            locale=LANGUAGE,
            line=queries.get_request(system_actor(), request_id),
            evidence=queries.find_evidence(row.client_id, pairs),
            steps=queries.list_steps(request_id),
            house=company().name,
        )
    style = current_app.jinja_env.get_template("papers/paper.css").render()
    return papers.render(html, style)

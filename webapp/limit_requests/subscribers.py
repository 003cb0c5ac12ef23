"""What limit requests give those below: a thread each and files, for those who see limits."""

from __future__ import annotations

import uuid
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, false, literal, select

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.errors import NotFound
from webapp.files import policy as files_policy
from webapp.limit_requests.models import LimitRequest
from webapp.limit_requests.queries import get_request
from webapp.risk.policy import may_read_limits
from webapp.threads.models import Thread
from webapp.threads.subjects import CLIENT_COLUMNS, SubjectKind, client_called, register
from webapp.users.actor import Actor

KIND = "limit_request"


def _select(ids: Any) -> Any:
    columns = (literal(KIND).label("type"), LimitRequest.id, literal(KIND).label("title"))
    query = select(*columns, *CLIENT_COLUMNS).join(Client, Client.id == LimitRequest.client_id)
    return query.where(LimitRequest.id.in_(ids))


def _titled(_kind: str) -> str:
    return _("Demande de plafond")


def _found(column: Any) -> Any:
    query = select(LimitRequest.id).join(Client, Client.id == LimitRequest.client_id)
    return query.where(LimitRequest.id == column).correlate(Thread)


def _readable(actor: Actor, column: Any) -> ColumnElement[bool]:
    return exists(_found(column).where(in_scope(actor))) if may_read_limits(actor) else false()


def _named(column: Any, pattern: str) -> ColumnElement[bool]:
    return exists(_found(column).where(client_called(pattern)))


def _url(found: uuid.UUID) -> str:
    return f"/limit-requests/{found}/thread"


def _may_read_record(actor: Actor, request_id: uuid.UUID) -> bool:
    try:
        get_request(actor, request_id)
    except NotFound:
        return False
    return True


files_policy.register(KIND, files_policy.SubjectKind(may_read=_may_read_record))
register(SubjectKind(KIND, _select, _url, _readable, _named, _titled, right="limit.read"))

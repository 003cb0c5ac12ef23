"""Pages of limit requests: what waits, the form, one request with what its reader may do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from webapp.core.api import cut_page
from webapp.core.cursors import as_id, as_instant, read_cursor
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.core.ids import new_id, parse_id
from webapp.core.money import field_amount
from webapp.core.pages import listed, locale_name
from webapp.home.queries.accounts import Account, get_account
from webapp.home.queries.talks import get_client_around
from webapp.limit_requests import queries, rules, services
from webapp.limit_requests.forms import Choices, choices_of, read_decision, read_draft
from webapp.limit_requests.models import LimitRequest
from webapp.limit_requests.policy import may_ask, may_decide
from webapp.limit_requests.services import Draft
from webapp.limit_requests.views.shell import Shown, blueprint
from webapp.threads.queries import find_last_seq
from webapp.threads.views.talk import talk_of
from webapp.users.current import current_actor
from webapp.users.fresh import SignInAgain

PAGE = 50
ACTS = (rules.APPROVE, rules.REJECT, rules.ASK)


@blueprint.get("/limit-requests")
def index() -> str:
    """What waits for a decision, or was decided."""
    wanted = request.args.get("state", rules.OPEN)
    state = wanted if wanted in rules.STATES else rules.OPEN
    after = read_cursor(request.args.get("cursor"), (as_instant, as_id))
    lines = queries.list_requests(current_actor(), state=state, limit=PAGE, after=after)
    page = cut_page(lines, PAGE, lambda line: (line.request.asked_at.isoformat(), line.request.id))
    return render_template("limit_requests/index.html", page=page, state=state)


@blueprint.get("/clients/<uuid:client_id>/limit-requests/new")
def new(client_id: UUID) -> str:
    """The form; `amount` (cents) in the address fills it, as the answer to “Can I sell?” does."""
    account = _account(client_id)
    wanted = request.args.get("amount", type=int) or 0
    amount = field_amount(wanted, "EUR", locale_name()) if 0 < wanted < 10**12 else ""
    return _form(account, {"amount": amount}, {})


@blueprint.post("/clients/<uuid:client_id>/limit-requests")
def submit(client_id: UUID) -> Shown:
    """Ask for it, or show the form again with what is to be corrected."""
    account = _account(client_id)
    try:
        draft = Draft(account.client.id, **read_draft(request.form))
        with unit_of_work():
            services.submit_request(current_actor(), draft)
    except Invalid as refusal:
        return _form(_account(client_id), request.form, refusal.errors), 422
    flash(_("Demande envoyée à qui peut l’accorder."))
    return redirect(url_for("limit_requests.show", limit_request_id=draft.id), 303)


@blueprint.get("/limit-requests/<uuid:limit_request_id>")
def show(limit_request_id: UUID) -> str:
    """One request: figures, reasons, evidence, history, and the acts its reader may take."""
    return _page(limit_request_id, {}, {})


@blueprint.get("/limit-requests/<uuid:limit_request_id>/thread")
def thread(limit_request_id: UUID) -> str:
    """What is said about a request, among those who see limits; nothing of it is for the client."""
    actor = current_actor()
    line = queries.get_request(actor, limit_request_id)
    talk = talk_of(actor, limit_request_id, get_client_around(actor, line.client.id))
    return render_template(
        "limit_requests/thread.html",
        line=line,
        client=line.client,
        confidential=True,
        **talk | {"writes_client": False},
    )


@blueprint.post("/limit-requests/<uuid:limit_request_id>/decision")
def decide(limit_request_id: UUID) -> Shown:
    """Decide, as a form says it."""
    try:
        decision = read_decision(request.form)
        with unit_of_work():
            row = services.decide_request(current_actor(), limit_request_id, decision)
            state, step = row.state, decision.kind
    except SignInAgain:
        raise
    except (Invalid, Conflict, Forbidden) as refusal:
        errors = refusal.errors or {"decision": refusal.message}
        return _page(limit_request_id, request.form, errors), refusal.status
    flash(_said(state, step))
    return redirect(url_for("limit_requests.show", limit_request_id=limit_request_id), 303)


@blueprint.post("/limit-requests/<uuid:limit_request_id>/answer")
def answer(limit_request_id: UUID) -> Shown:
    """Answer what was asked back."""
    words = request.form.get("answer", "")
    return _act(limit_request_id, lambda: services.answer_question(current_actor(), limit_request_id, words))


@blueprint.post("/limit-requests/<uuid:limit_request_id>/withdraw")
def withdraw(limit_request_id: UUID) -> Shown:
    """Take one's own request back."""
    return _act(limit_request_id, lambda: services.withdraw_request(current_actor(), limit_request_id))


def _act(request_id: UUID, act: Callable[[], Any]) -> Shown:
    try:
        with unit_of_work():
            act()
    except (Invalid, Conflict) as refusal:
        return _page(
            request_id, request.form, refusal.errors or {"decision": refusal.message}
        ), refusal.status
    return redirect(url_for("limit_requests.show", limit_request_id=request_id), 303)


def _account(client_id: UUID) -> Account:
    """The client in scope, for those who ask for limits. Raises NotFound, Forbidden."""
    account = get_account(current_actor(), client_id)
    if not account.sees_limit:
        raise NotFound()
    if not may_ask(current_actor()):
        raise Forbidden(_("Votre rôle ne demande pas de plafond."))
    return account


def _form(account: Account, values: Mapping[str, Any], errors: Mapping[str, object]) -> str:
    return render_template(
        "limit_requests/form.html",
        account=account,
        client=account.client,
        values=values,
        errors=listed(errors),
        evidence=queries.list_evidence(account.client.id),
        chosen=request.form.getlist("evidence"),
        act=parse_id(request.form.get("act")) or new_id(),
    )


def _page(request_id: UUID, values: Mapping[str, str], errors: Mapping[str, object]) -> str:
    actor = current_actor()
    line = queries.get_request(actor, request_id)
    row = line.request
    deciding, account = may_decide(actor, row), get_account(actor, line.client.id)
    whose = queries.authority_for(actor, row, line.client, row.judged) if deciding else None
    wanted = values.get("decision") or request.args.get("act")
    return render_template(
        "limit_requests/show.html",
        line=line,
        account=account,
        steps=queries.list_steps(row.id),
        said=find_last_seq(row.id),
        evidence=queries.find_evidence(
            row.client_id, [(each["kind"], UUID(each["id"])) for each in row.evidence]
        ),
        deciding=deciding,
        authority=whose is not None,
        giver=whose.name if whose is not None and whose.user_id != actor.user_id else None,
        ceiling=rules.TIERS.get(actor.role),
        mine=row.asked_by == actor.user_id,
        second=rules.needs_second(row.judged),
        act=wanted if deciding and wanted in ACTS else None,
        values=values,
        choices=_choices(row, account) if deciding else None,
        errors=listed(errors),
    )


def _choices(row: LimitRequest, account: Account) -> Choices:
    return choices_of(row, out=account.exposure, overdue=account.overdue, limit=account.limit or 0)


def _said(state: str, step: str) -> str:
    if state == rules.APPROVED:
        return _("Plafond accordé.")
    if state == rules.REJECTED:
        return _("Demande refusée.")
    if step == rules.APPROVE:
        return _("Premier accord noté : il en faut un second.")
    return _("Demande transmise.") if step == rules.PASS_ON else _("Question envoyée.")

"""A client's accesses, for us: who holds one, give one, its link, how long it lasts, end it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from webapp.clients.queries import get_client
from webapp.clients.queries.parts import list_parts
from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid
from webapp.core.ids import parse_id
from webapp.sharing import queries, services
from webapp.sharing.links import link, sends_mail
from webapp.sharing.rules import DAYS, USUAL_DAYS
from webapp.sharing.views.shell import blueprint
from webapp.threads.subjects import find_subject, read_subject
from webapp.users.current import current_actor

Shown = str | Response | tuple[str, int]


@blueprint.get("/clients/<uuid:client_id>/access")
def accesses(client_id: UUID) -> str:
    """Who reads what is said with this client, and the form that lets somebody in."""
    return _page(client_id, {"subject_id": request.args.get("about", "")}, {})


@blueprint.post("/clients/<uuid:client_id>/access")
def give(client_id: UUID) -> Shown:
    """Let a contact in."""
    form = request.form
    try:
        with unit_of_work():
            grant = services.give_access(
                current_actor(),
                client_id,
                parse_id(form.get("contact_id")) or client_id,
                subject_id=parse_id(form.get("subject_id")),
                days=_days(),
            )
            grant_id = grant.id
    except Invalid as refusal:
        return _page(client_id, form.to_dict(), refusal.errors), 422
    flash(_("L’accès est donné."))
    return redirect(url_for("sharing.access", client_id=client_id, grant_id=grant_id), 303)


@blueprint.get("/clients/<uuid:client_id>/access/<uuid:grant_id>")
def access(client_id: UUID, grant_id: UUID) -> str:
    """One access: its link to copy, until when, and how to end it."""
    return _one(client_id, grant_id)


@blueprint.post("/clients/<uuid:client_id>/access/<uuid:grant_id>/change")
def change(client_id: UUID, grant_id: UUID) -> Response:
    """Have it last longer, or shorter."""
    with unit_of_work():
        services.change_access(current_actor(), client_id, grant_id, days=_days())
    flash(_("La durée de l’accès est changée."))
    return redirect(url_for("sharing.access", client_id=client_id, grant_id=grant_id), 303)


@blueprint.post("/clients/<uuid:client_id>/access/<uuid:grant_id>/revoke")
def revoke(client_id: UUID, grant_id: UUID) -> Response:
    with unit_of_work():
        services.revoke_access(current_actor(), client_id, grant_id)
    flash(_("L’accès est terminé. Le lien n’ouvre plus rien."))
    return redirect(url_for("sharing.access", client_id=client_id, grant_id=grant_id), 303)


@blueprint.post("/clients/<uuid:client_id>/access/<uuid:grant_id>/code")
def tell_code(client_id: UUID, grant_id: UUID) -> str:
    """A code to say on the phone, shown once."""
    with unit_of_work():
        code = services.tell_code(current_actor(), client_id, grant_id)
    return _one(client_id, grant_id, code)


def _page(client_id: UUID, values: dict[str, Any], errors: Any) -> str:
    actor = current_actor()
    client = queries.get_shared_client(actor, client_id)
    contacts = [each for each in list_parts(client_id, "contacts") if each.email]
    about = parse_id(values.get("subject_id"))
    subject = find_subject(actor, about) if about and about != client_id else None
    return render_template(
        "sharing/accesses.html",
        client=client,
        lines=queries.list_grants(actor, client_id),
        contacts=contacts,
        contact_options=[(each.id, f"{each.name}, {each.email}") for each in contacts],
        subject=subject if subject and subject.client_id == client_id else None,
        values={"days": USUAL_DAYS, **values},
        errors=errors,
        durations=_durations(),
    )


def _one(client_id: UUID, grant_id: UUID, code: str | None = None) -> str:
    actor = current_actor()
    line = queries.get_grant_line(actor, client_id, grant_id)
    grant = line.grant
    return render_template(
        "sharing/access.html",
        client=get_client(actor, client_id),
        grant=grant,
        line=line,
        subject=read_subject(grant.subject_id) if grant.subject_id else None,
        link=link(grant.id) if line.live else None,
        code=code,
        mails=sends_mail(),
        durations=_durations(),
        usual=USUAL_DAYS,
    )


def _durations() -> list[tuple[int, str]]:
    return [(days, ngettext("%(num)s jour", "%(num)s jours", days)) for days in DAYS]


def _days() -> int:
    """How long the form asks for; 0, which is no choice, for anything else."""
    text = request.form.get("days", "")
    return int(text) if text.isdecimal() and len(text) < 5 else 0

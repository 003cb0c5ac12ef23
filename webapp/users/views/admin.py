"""People, as administrators manage them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden, Invalid, NotFound
from webapp.core.ids import parse_id
from webapp.users import audit, queries, services
from webapp.users.actor import Actor
from webapp.users.current import current_actor
from webapp.users.models import Branch
from webapp.users.policy import may_manage_users
from webapp.users.security import make_reset_token
from webapp.users.views import blueprint
from webapp.users.views.answers import Shown, settle, written
from webapp.users.words import ROLE_NAMES


def administrator() -> Actor:
    """The actor, who must be one. Raises Forbidden."""
    actor = current_actor()
    if not may_manage_users(actor):
        raise Forbidden(_("Seul un administrateur gère les comptes."))
    return actor


def chosen_branch(text: str) -> Branch:
    """The branch picked in a form. Raises Invalid."""
    branch = queries.find_branch(parse_id(text))
    if branch is None:
        raise Invalid(errors={"branch": _("Choisissez une agence.")})
    return branch


@blueprint.get("/settings/people")
def people() -> str:
    administrator()
    wanted = request.args.get("q", "")[:100]
    return render_template("users/settings/people.html", people=queries.list_people(wanted), q=wanted)


def _new(values: Mapping[str, str], errors: Mapping[str, object]) -> str:
    return render_template(
        "users/settings/new_person.html",
        values=values,
        errors=errors,
        roles=ROLE_NAMES,
        places=queries.list_places(),
    )


@blueprint.get("/settings/people/new")
def new_person() -> str:
    administrator()
    return _new({}, {})


@blueprint.post("/settings/people")
def create_person() -> Shown:
    actor, values = administrator(), written("name", "email", "role", "branch_id")
    try:
        with unit_of_work():
            fields: dict[str, Any] = {**values, "branch": chosen_branch(values["branch_id"])}
            fields.pop("branch_id")
            user_id = services.create_user(actor, **fields).id
    except Invalid as refusal:
        return _new(values, refusal.errors), 422
    flash(_("Compte créé. Remettez à cette personne un lien pour choisir son mot de passe."))
    return redirect(url_for("users.person", user_id=user_id), 303)


def _person(user_id: uuid.UUID, errors: Mapping[str, object], **more: Any) -> str:
    row = queries.find_person(user_id)
    if row is None:
        raise NotFound(_("Cette personne n’existe pas."))
    return render_template(
        "users/settings/person.html",
        person=row,
        user=row[0],
        errors=errors,
        roles=ROLE_NAMES,
        places=queries.list_places(),
        sessions=queries.count_sessions(user_id),
        factors=queries.factors_of(user_id),
        **more,
    )


@blueprint.get("/settings/people/<uuid:user_id>")
def person(user_id: uuid.UUID) -> str:
    administrator()
    return _person(user_id, {})


@blueprint.post("/settings/people/<uuid:user_id>/place")
def move_person(user_id: uuid.UUID) -> Shown:
    actor, values = administrator(), written("role", "branch_id")

    def act() -> None:
        services.move_user(actor, user_id, role=values["role"], branch=chosen_branch(values["branch_id"]))

    then = url_for("users.person", user_id=user_id)
    return settle(act, partial(_person, user_id), then, _("Rôle et agence enregistrés."))


@blueprint.post("/settings/people/<uuid:user_id>/active")
def activate_person(user_id: uuid.UUID) -> Shown:
    active = request.form.get("active") == "1"
    act = partial(services.set_active, administrator(), user_id, active)
    said = _("Compte réactivé.") if active else _("Compte désactivé, ses appareils sont déconnectés.")
    return settle(act, partial(_person, user_id), url_for("users.person", user_id=user_id), said)


@blueprint.post("/settings/people/<uuid:user_id>/sessions/end")
def end_person_sessions(user_id: uuid.UUID) -> Shown:
    actor = administrator()
    ended = queries.count_sessions(user_id)
    said = ngettext("%(num)s appareil déconnecté.", "%(num)s appareils déconnectés.", ended)
    act = partial(services.end_sessions_of, actor, user_id)
    return settle(act, partial(_person, user_id), url_for("users.person", user_id=user_id), said)


@blueprint.post("/settings/people/<uuid:user_id>/second-factor/reset")
def reset_second_factor(user_id: uuid.UUID) -> Shown:
    act = partial(services.reset_second_factor, administrator(), user_id)
    said = _("Second facteur retiré, ses appareils sont déconnectés.")
    return settle(act, partial(_person, user_id), url_for("users.person", user_id=user_id), said)


@blueprint.post("/settings/people/<uuid:user_id>/password-link")
def password_link(user_id: uuid.UUID) -> str:
    """The link is in this answer and nowhere else, so there is no redirect."""
    actor = administrator()
    with unit_of_work():
        user = services.managed(actor, user_id)
        if not user.active:
            abort(404)
        audit.write(actor, "user.password_link", "user", user.id)
        token = make_reset_token(user)
    link = url_for("users.choose_password", token=token, _external=True)
    return _person(user_id, {}, link=link)

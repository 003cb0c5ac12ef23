"""The company and its branches, as administrators set them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import partial

from flask import render_template, request, url_for
from flask_babel import gettext as _

from webapp.core.errors import NotFound
from webapp.core.ids import parse_id
from webapp.core.money import BadAmount, field_amount
from webapp.core.pages import locale_name, written_amount
from webapp.users import queries, services
from webapp.users.views import blueprint
from webapp.users.views.admin import administrator
from webapp.users.views.answers import Shown, settle, written
from webapp.users.words import ROLE_NAMES

ALERT_LEVELS = (50, 70, 90)
THRESHOLDS = {"write_off_cap": 5_000, "payment_tolerance": 100}  # in cents, until somebody decides


def _branches(values: Mapping[str, str], errors: Mapping[str, object]) -> str:
    return render_template(
        "users/settings/branches.html", places=queries.list_places(), values=values, errors=errors
    )


@blueprint.get("/settings/branches")
def branches() -> str:
    administrator()
    return _branches({}, {})


@blueprint.post("/settings/branches")
def create_branch() -> Shown:
    actor, values = administrator(), written("name", "parent_id")
    act = partial(services.create_branch, actor, values["name"], parse_id(values["parent_id"]))
    said = _("Agence créée.")
    return settle(act, partial(_branches, values), url_for("users.branches"), said)


def _branch(branch_id: uuid.UUID, errors: Mapping[str, object]) -> str:
    branch = queries.find_branch(branch_id)
    if branch is None:
        raise NotFound(_("Cette agence n’existe pas."))
    return render_template("users/settings/branch.html", branch=branch, errors=errors)


@blueprint.get("/settings/branches/<uuid:branch_id>")
def branch(branch_id: uuid.UUID) -> str:
    administrator()
    return _branch(branch_id, {})


@blueprint.post("/settings/branches/<uuid:branch_id>")
def rename_branch(branch_id: uuid.UUID) -> Shown:
    act = partial(services.rename_branch, administrator(), branch_id, written("name")["name"])
    said = _("Agence renommée.")
    return settle(act, partial(_branch, branch_id), url_for("users.branches"), said)


def _company(values: Mapping[str, object], errors: Mapping[str, object]) -> str:
    settings = queries.company().settings or {}
    shown = {
        name: field_amount(settings.get(name, default), locale=locale_name())
        for name, default in THRESHOLDS.items()
    }
    levels = settings.get("alert_levels", ALERT_LEVELS)
    return render_template(
        "users/settings/company.html",
        values={**shown, **values},
        errors=errors,
        levels=levels,
        counted={name: settings.get(f"exposure_{name}", True) for name in ("unbilled", "orders")},
        roles=ROLE_NAMES,
        compulsory=queries.second_factor_roles(),
    )


def _as_it_is(errors: Mapping[str, object]) -> str:
    return _company(_names(), errors)


@blueprint.get("/settings/company")
def company() -> str:
    administrator()
    return _as_it_is({})


@blueprint.post("/settings/company")
def company_post() -> Shown:
    actor, values = administrator(), written("name", "siren")
    act = partial(services.set_company, actor, **values)
    said = _("Société enregistrée.")
    return settle(act, partial(_company, values), url_for("users.company"), said)


@blueprint.post("/settings/company/thresholds")
def company_thresholds() -> Shown:
    actor, values = administrator(), written(*THRESHOLDS)
    act = partial(services.set_thresholds, actor, **{name: _cents(text) for name, text in values.items()})
    return settle(
        act,
        lambda errors: _company({**_names(), **values}, errors),
        url_for("users.company"),
        _("Seuils enregistrés."),
    )


def _cents(text: str) -> int | None:
    try:
        return written_amount(text)
    except BadAmount:
        return None


def _names() -> dict[str, str]:
    found = queries.company()
    return {"name": found.name, "siren": found.siren or ""}


@blueprint.post("/settings/company/second-factor")
def company_second_factor() -> Shown:
    act = partial(services.set_second_factor_roles, administrator(), request.form.getlist("role"))
    return settle(act, _as_it_is, url_for("users.company"), _("Rôles enregistrés."))

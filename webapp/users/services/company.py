"""Verbs about the company and its branches."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.core.errors import Forbidden, Invalid, NotFound
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.users import audit, queries
from webapp.users.actor import Actor
from webapp.users.events import RightsChanged
from webapp.users.models import Branch, Company, Membership
from webapp.users.policy import may
from webapp.users.rules import find_siren

# The largest each may be, in cents.
THRESHOLDS = {"write_off_cap": 10_000_000, "payment_tolerance": 10_000}


def ensure_company(name: str = "Ma société", siren: str | None = None) -> Company:
    """The company row and the root branch, made on first call."""
    found = db.session.scalar(select(Company))
    if found is None:
        found = Company(id=1, name=name, siren=siren, settings={})
        db.session.add(found)
    if queries.find_root_branch() is None:
        root_id = new_id()
        db.session.add(Branch(id=root_id, name="Siège", parent_id=None, path=f"/{root_id.hex}/"))
    db.session.flush()
    return found


def set_company(actor: Actor, *, name: str | None = None, siren: str | None = None) -> Company:
    """Change the company's name or SIREN ("" takes the SIREN away); None leaves it as it is.

    Raises Forbidden, or Invalid with the field at fault.
    """
    settings_only(actor)
    company = ensure_company()
    before = {"name": company.name, "siren": company.siren}
    if name is not None:
        company.name = _named(name, 200)
    if siren is not None:
        number = find_siren(siren) if siren.strip() else None
        if siren.strip() and number is None:
            raise Invalid(errors={"siren": _l("Ce SIREN n’est pas valable : neuf chiffres, dont une clé.")})
        company.siren = number
    db.session.flush()
    audit.write(
        actor,
        "company.set",
        "company",
        company.id,
        before=before,
        after={"name": company.name, "siren": company.siren},
    )
    return company


def set_thresholds(actor: Actor, **cents: int | None) -> Company:
    """Change amounts (cents) that the company decided on: `write_off_cap`, `payment_tolerance`.

    Raises Forbidden, or Invalid with the field at fault.
    """
    settings_only(actor)
    company = ensure_company()
    wrong = {
        name: _l("Indiquez un montant, par exemple 50.")
        for name, amount in cents.items()
        if name not in THRESHOLDS or amount is None or not 0 <= amount <= THRESHOLDS[name]
    }
    if wrong:
        raise Invalid(errors=wrong)
    before = {name: (company.settings or {}).get(name) for name in cents}
    company.settings = {**(company.settings or {}), **cents}
    db.session.flush()
    audit.write(actor, "company.thresholds", "company", company.id, before=before, after=cents)
    return company


def set_company_figure(actor: Actor, name: str, value: int, most: int) -> None:
    """Keep a whole number from 0 to `most` among the company's settings, for the feature that reads it.

    Raises Forbidden, or Invalid under `name`.
    """
    settings_only(actor)
    if not 0 <= value <= most:
        raise Invalid(errors={name: _l("Indiquez un nombre de 0 à %(most)s.", most=most)})
    _keep(actor, name, value)


def set_company_switch(actor: Actor, name: str, on: bool) -> None:
    """Keep a yes or no among the company's settings, for the feature that reads it. Raises Forbidden."""
    settings_only(actor)
    _keep(actor, name, on)


def _keep(actor: Actor, name: str, value: int) -> None:
    company = ensure_company()
    before = (company.settings or {}).get(name)
    company.settings = {**(company.settings or {}), name: value}
    db.session.flush()
    audit.write(actor, "company.set", "company", company.id, before={name: before}, after={name: value})


def ensure_branch(actor: Actor, name: str, parent: Branch | None = None) -> Branch:
    """The branch of that name, made under `parent` (the root by default) when it is new.

    Events: RightsChanged for those who see what is above it. Raises Forbidden when it is new
    and the actor may not make one.
    """
    found = queries.find_branch_by_name(name)
    if found is not None:
        return found
    if actor.role != "system" and not may(actor, "settings.manage") and not may(actor, "import.files"):
        raise Forbidden(_l("Vous ne pouvez pas créer d’agence."))
    parent = parent or queries.find_root_branch()
    branch_id = new_id()
    branch = Branch(
        id=branch_id,
        name=name.strip()[:120],
        parent_id=parent.id if parent else None,
        path=f"{parent.path if parent else '/'}{branch_id.hex}/",
    )
    db.session.add(branch)
    db.session.flush()
    audit.write(actor, "branch.create", "branch", branch.id, name=branch.name)
    _tell_those_above(branch)
    return branch


def create_branch(actor: Actor, name: str, parent_id: uuid.UUID | None) -> Branch:
    """Make a branch under another one (the root by default). Events: RightsChanged.

    Raises Forbidden, NotFound for the parent, or Invalid when the name is empty or taken.
    """
    settings_only(actor)
    name = _named(name, 120)
    if queries.find_branch_by_name(name) is not None:
        raise Invalid(errors={"name": _l("Une agence porte déjà ce nom.")})
    parent = queries.find_branch(parent_id) if parent_id else queries.find_root_branch()
    if parent is None:
        raise NotFound(_l("Cette agence n’existe pas."))
    return ensure_branch(actor, name, parent)


def rename_branch(actor: Actor, branch_id: uuid.UUID, name: str) -> Branch:
    """Call a branch otherwise. Raises Forbidden, NotFound, or Invalid (empty, taken)."""
    settings_only(actor)
    branch = queries.find_branch(branch_id)
    if branch is None:
        raise NotFound(_l("Cette agence n’existe pas."))
    name = _named(name, 120)
    known = queries.find_branch_by_name(name)
    if known is not None and known.id != branch.id:
        raise Invalid(errors={"name": _l("Une agence porte déjà ce nom.")})
    before, branch.name = branch.name, name
    db.session.flush()
    audit.write(actor, "branch.rename", "branch", branch.id, before=before, after=name)
    return branch


def settings_only(actor: Actor) -> None:
    """Go on only for those who change the company's settings. Raises Forbidden."""
    if actor.role != "system" and not may(actor, "settings.manage"):
        raise Forbidden(_l("Seul un administrateur change ces réglages."))


def _named(name: str, longest: int) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid(errors={"name": _l("Indiquez un nom.")})
    if len(name) > longest:
        raise Invalid(errors={"name": _l("Ce nom est trop long.")})
    return name


def _tell_those_above(branch: Branch) -> None:
    """A new branch widens what people placed above it see."""
    above = [uuid.UUID(part) for part in branch.path.strip("/").split("/")[:-1]]
    ids = db.session.scalars(
        select(Membership.user_id).where(Membership.branch_id.in_(above), Membership.ends_on.is_(None))
    ).all()
    if ids:
        record(RightsChanged(tuple(ids)))

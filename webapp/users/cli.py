"""Commands about people, tokens, the company and the audit trail."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

from webapp.core.backups.kept import Verdict, check_after_restore
from webapp.core.cli import ensure_schema
from webapp.core.db import unit_of_work
from webapp.core.errors import DomainError, Invalid
from webapp.users import audit, queries, services
from webapp.users.actor import ROLES, system_actor
from webapp.users.models import User
from webapp.users.rules import PASSWORD_MIN

ACTOR = system_actor(via="cli")


def register(app: Flask) -> None:
    """Add the commands to `flask`, and the look at the audit trail that follows a restore."""
    check_after_restore("audit verify", _look)
    for group in (users, tokens, audit_trail, company):
        app.cli.add_command(group)


def _ready(command: Callable[..., Any]) -> Callable[..., Any]:
    """Migrate an empty database first, and turn a refusal into a sentence and exit code 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            ensure_schema()
            with unit_of_work():
                services.ensure_company()
            return command(*args, **kwargs)
        except DomainError as refusal:
            raise click.ClickException(_sentence(refusal)) from refusal

    return run


def _sentence(refusal: DomainError) -> str:
    faults = [f"{field}: {text}" for field, text in refusal.errors.items()]
    return "; ".join(faults) or str(refusal)


def _user(email: str) -> User:
    user = queries.find_user_by_email(email)
    if user is None:
        raise click.ClickException(f"nobody has the address {email}")
    return user


users = AppGroup("users", help="People: create, disable, give a way back in.")
tokens = AppGroup("tokens", help="API tokens.")
audit_trail = AppGroup("audit", help="The audit trail.")
company = AppGroup("company", help="The company whose receivables these are.")


@users.command("create")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", required=True, help=", ".join(ROLES))
@click.option("--branch", required=True, help="Made under the root when it is new.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of stdin.")
@_ready
def create_user(email: str, name: str, role: str, branch: str, password_stdin: bool) -> None:
    """Make a person with a role in a branch."""
    if role not in ROLES:
        raise click.ClickException(f"unknown role {role!r}; roles are: {', '.join(ROLES)}")
    if not branch.strip():
        raise Invalid(errors={"branch": "a name is needed"})
    hashed = _password_hash() if password_stdin else None
    with unit_of_work():
        place = services.ensure_branch(ACTOR, branch)
        user = services.create_user(
            ACTOR, email=email, name=name, role=role, branch=place, password_hash=hashed
        )
        handle = user.handle
    click.echo(f"{email.strip().lower()} created: {role} in {branch.strip()}, @{handle}")


def _password_hash() -> str:
    from webapp.users.security import hash_as_given

    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise click.ClickException("no password on stdin")
    if len(password) < PASSWORD_MIN:
        click.echo(f"Warning: the password has fewer than {PASSWORD_MIN} characters.", err=True)
    return hash_as_given(password)


@users.command("disable")
@click.option("--email", required=True)
@_ready
def disable_user(email: str) -> None:
    """Shut a person out: sessions and tokens end at once."""
    with unit_of_work():
        services.set_active(ACTOR, _user(email).id, False)
    click.echo(f"{email} disabled")


@users.command("enable")
@click.option("--email", required=True)
@_ready
def enable_user(email: str) -> None:
    """Let a disabled person in again."""
    with unit_of_work():
        services.set_active(ACTOR, _user(email).id, True)
    click.echo(f"{email} enabled")


@users.command("reset-second-factor")
@click.option("--email", required=True, help="Who lost the phone, the passkey and the recovery codes.")
@_ready
def reset_second_factor(email: str) -> None:
    """Take every second factor of a person away; sessions end at once."""
    with unit_of_work():
        services.reset_second_factor(ACTOR, _user(email).id)
    click.echo(f"{email} signs in with the password alone")


@tokens.command("create")
@click.option("--email", required=True, help="Whose token it is.")
@click.option("--label", default="cli")
@_ready
def create_token(email: str, label: str) -> None:
    """Print a new API token, once, alone on the last line."""
    user = _user(email)
    if not user.active:
        raise click.ClickException(f"{email} is disabled")
    with unit_of_work():
        token = services.create_token(ACTOR, user.id, label)
    click.echo(token)


@audit_trail.command("verify")
@_ready
def verify_audit() -> None:
    """Read the whole chain again; exit 1 and list what is wrong with it."""
    verdict = _look()
    for fault in verdict.faults:
        click.echo(fault)
    if verdict.faults:
        raise click.ClickException(verdict.summary)
    click.echo(verdict.summary)


def _look() -> Verdict:
    found = audit.verify()
    if found.faults:
        return Verdict(f"{len(found.faults)} faults in {found.entries} entries", found.faults)
    return Verdict(f"{found.entries} entries, chain whole, last link {found.head or '(none)'}")


@company.command("set")
@click.option("--name")
@click.option("--siren", help='Nine digits; "" takes it away.')
@_ready
def set_company(name: str | None, siren: str | None) -> None:
    """Change the company's name or SIREN."""
    with unit_of_work():
        found = services.set_company(ACTOR, name=name, siren=siren)
        text = f"{found.name}, SIREN {found.siren or 'unknown'}"
    click.echo(text)

"""What somebody has besides a password: authenticator app, passkeys, recovery codes; who must."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, or_, select

from webapp.extensions import db
from webapp.users.models import AuthenticatorApp, Company, Passkey, RecoveryCode, User

# Under which name the company's settings keep the roles that must have a second factor.
COMPULSORY = "second_factor_roles"


@dataclass(frozen=True)
class Factors:
    """A person's second factors, and how many recovery codes are left."""

    app: AuthenticatorApp | None
    passkeys: Sequence[Passkey]
    codes: int

    @property
    def count(self) -> int:
        return len(self.passkeys) + (self.app is not None)


def factors_of(user_id: uuid.UUID) -> Factors:
    """What this person can take the second step with, passkeys last made first."""
    left = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return Factors(
        app=db.session.get(AuthenticatorApp, user_id),
        passkeys=db.session.scalars(
            select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.created_at.desc())
        ).all(),
        codes=db.session.scalar(left) or 0,
    )


def is_protected() -> Any:
    """An SQL condition: the `User` of the statement has an authenticator app or a passkey."""
    return or_(
        exists().where(AuthenticatorApp.user_id == User.id),
        exists().where(Passkey.user_id == User.id),
    )


def has_second_factor(user_id: uuid.UUID) -> bool:
    return bool(db.session.scalar(select(is_protected()).where(User.id == user_id)))


def second_factor_roles() -> list[str]:
    """Roles the company says must have a second factor; none by default."""
    return compulsory_in(db.session.scalar(select(Company.settings)))


def compulsory_in(settings: dict[str, Any] | None) -> list[str]:
    """The roles that must have a second factor, in the company's settings."""
    return list((settings or {}).get(COMPULSORY, ()))


def find_user_by_uniquifier(uniquifier: str) -> User | None:
    """The active person of this sign-in mark; it changes with the password."""
    return db.session.scalar(select(User).where(User.fs_uniquifier == uniquifier, User.active))

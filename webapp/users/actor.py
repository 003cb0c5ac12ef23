"""The actor: who is acting, with which role and over which branches. A frozen value."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

ROLES = (
    "sales_rep",
    "after_sales",
    "branch_manager",
    "accountant",
    "credit_manager",
    "cfo",
    "admin",
)


# Roles bound to branches; the others see the whole company.
FIELD_ROLES = frozenset({"sales_rep", "after_sales", "branch_manager"})


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody outside may reach: one client, or one thing of it (`subject_id`), by an access given."""

    id: uuid.UUID
    client_id: uuid.UUID
    subject_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Passed to every service and query.

    `branch_ids` are the branches in scope (own and below). `session_id` or `token_id` says how
    it came in; `via` is `page`, `api`, `socket`, `job` or `cli`. `proved_at` is when the person of
    a session last showed who they are. `must_enrol`: the role needs a second factor, there is none
    yet, and nothing else is reached until there is. `grant`: somebody of a client's, who is no user
    (`user_id` is NOBODY, role `guest`) and has no right but what the access says.
    """

    user_id: uuid.UUID
    name: str
    handle: str
    role: str
    branch_id: uuid.UUID
    branch_ids: frozenset[uuid.UUID]
    locale: str = "fr"
    theme: str = "system"
    session_id: uuid.UUID | None = None
    token_id: uuid.UUID | None = None
    via: str = "page"
    proved_at: datetime | None = None
    must_enrol: bool = False
    grant: Grant | None = None

    @property
    def key(self) -> str:
        """Under which its commands are remembered."""
        return str(self.grant.id if self.grant else self.user_id)

    @property
    def initials(self) -> str:
        return initials_of(self.name)

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name else ""


def initials_of(name: str) -> str:
    """`BM` for Bob Martin, `?` for nobody."""
    words = name.split()
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper() if words else "?"


NOBODY = uuid.UUID(int=0)


def system_actor(root_branch_id: uuid.UUID = NOBODY, via: str = "job") -> Actor:
    """The product itself, acting for nobody: jobs and command line."""
    return Actor(
        user_id=NOBODY,
        name="Encours",
        handle="encours",
        role="system",
        branch_id=root_branch_id,
        branch_ids=frozenset(),
        via=via,
    )

"""The fixed cast of every test: two branches under the root, one person a role, an outsider."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.users import queries, services
from webapp.users.actor import Actor, system_actor
from webapp.users.models import Branch

PEOPLE = (
    ("alice", "Alice Roux", "credit_manager", "Siège"),
    ("bob", "Bob Martin", "sales_rep", "Lyon"),
    ("chloe", "Chloé Vidal", "branch_manager", "Lyon"),
    ("david", "David Nguyen", "after_sales", "Lyon"),
    ("emma", "Emma Caron", "cfo", "Siège"),
    ("sonia", "Sonia Petit", "accountant", "Siège"),
    ("ada", "Ada Leroy", "admin", "Siège"),
    ("oscar", "Oscar Blanc", "sales_rep", "Nantes"),
    ("nadia", "Nadia Brun", "branch_manager", "Nantes"),
)


BRANCHES = ("Lyon", "Nantes")


@dataclass(frozen=True)
class Cast:
    """Actors by first name. Bob, Chloé and David are in Lyon; Oscar and Nadia in Nantes."""

    alice: Actor
    bob: Actor
    chloe: Actor
    david: Actor
    emma: Actor
    sonia: Actor
    ada: Actor
    oscar: Actor
    nadia: Actor
    lyon: Branch
    nantes: Branch
    system: Actor

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(
            (
                self.alice,
                self.bob,
                self.chloe,
                self.david,
                self.emma,
                self.sonia,
                self.ada,
                self.oscar,
                self.nadia,
            )
        )


def make_cast() -> Cast:
    """Write the cast; call it inside a unit of work."""
    system = system_actor()
    branches = {"Siège": queries.find_root_branch()}
    for name in BRANCHES:
        branches[name] = services.ensure_branch(system, name)
    actors: dict[str, Actor] = {}
    for handle, name, role, branch in PEOPLE:
        user = services.create_user(
            system, email=f"{handle}@encours.test", name=name, role=role, branch=branches[branch]
        )
        actor = queries.find_user_actor(user.id, via="page")
        assert actor is not None
        actors[handle] = actor
    return Cast(lyon=branches["Lyon"], nantes=branches["Nantes"], system=system, **actors)

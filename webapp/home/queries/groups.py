"""A group's members and what they owe together, as far as the reader sees them."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.clients.models import Client
from webapp.clients.queries.groups import group_of
from webapp.home.queries.accounts import Account, base, read
from webapp.users.actor import Actor


@dataclass(frozen=True)
class Group:
    """`members` are in the reader's scope, `hidden` says how many more there are; totals are of the
    members alone. `limit` is None for roles without the right, or when no member has one."""

    members: tuple[Account, ...]
    hidden: int
    outstanding: int
    overdue: int
    limit: int | None


def read_group(actor: Actor, account: Account) -> Group:
    """The group of a client already known to be in scope, itself included."""
    ids = group_of(account.client)
    if len(ids) == 1:
        members = [account]
    else:
        members = read(actor, base(actor).where(Client.id.in_(ids)).order_by(Client.sort_name, Client.id))
    limits = [each.limit for each in members if each.limit is not None]
    return Group(
        members=tuple(members),
        hidden=len(ids) - len(members),
        outstanding=sum(each.outstanding for each in members),
        overdue=sum(each.overdue for each in members),
        limit=sum(limits) if limits else None,
    )

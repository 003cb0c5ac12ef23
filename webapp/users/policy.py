"""Who may do what, by role. Scope (whose clients) is asked in `clients.policy`.

Source: DECISIONS "Rights". One table, used by pages, API, sockets and broadcast alike.
"""

from __future__ import annotations

from webapp.users.actor import FIELD_ROLES, Actor

FINANCE = frozenset({"accountant", "credit_manager", "cfo", "system"})
EVERYONE = FINANCE | FIELD_ROLES | {"admin"}

RIGHTS: dict[str, frozenset[str]] = {
    "client.read": EVERYONE,
    "client.write": FINANCE | {"admin"},
    "client.merge": FINANCE,
    "contact.write": EVERYONE,
    "document.write": FINANCE | FIELD_ROLES,
    "field.write": EVERYONE,
    "invoice.read": EVERYONE,
    "invoice.write": FINANCE,
    "payment.read": FINANCE | {"branch_manager", "sales_rep", "admin"},
    "payment.write": FINANCE,
    "write_off.decide": frozenset({"credit_manager", "cfo", "system"}),
    "import.files": FINANCE | {"admin"},
    "thread.read": EVERYONE,
    "thread.write": EVERYONE,
    "dispute.read": EVERYONE,
    "dispute.open": FINANCE | FIELD_ROLES,
    "dispute.decide": FINANCE | {"branch_manager"},
    # What a client reads is written by those who deal with it: finance, its representative, its branch and
    # after-sales. An administrator looks after the product and speaks for nobody.
    "thread.write_client": FINANCE | FIELD_ROLES,
    "visit.read": EVERYONE,
    "visit.record": FINANCE | FIELD_ROLES,
    "task.write": EVERYONE,
    "promise.take": FINANCE | FIELD_ROLES,
    "credit_request.ask": FINANCE | FIELD_ROLES,
    "credit_request.answer": FINANCE,
    "limit.read": EVERYONE - {"after_sales"},
    "limit.ask": FINANCE | {"sales_rep", "branch_manager"},
    "limit.approve": frozenset({"branch_manager", "credit_manager", "cfo", "system"}),
    "limit.set": frozenset({"credit_manager", "cfo", "system"}),
    "guarantee.write": frozenset({"credit_manager", "cfo", "system"}),
    "risk.read": EVERYONE - {"after_sales"},
    "alert.read": EVERYONE - {"after_sales"},
    "alert.acknowledge": EVERYONE - {"after_sales", "admin"},
    "kpi.read": FINANCE | {"branch_manager", "sales_rep", "admin"},
    "bank.read": frozenset({"accountant", "credit_manager", "cfo"}),
    "bank.write": frozenset({"accountant", "credit_manager", "cfo"}),
    "users.manage": frozenset({"admin"}),
    "settings.manage": frozenset({"admin"}),
    "metrics.read": frozenset({"admin", "system"}),
}


def may(actor: Actor, right: str) -> bool:
    """Does the actor's role carry the right? Raises KeyError for a right nobody defined."""
    return actor.role in RIGHTS[right]


def rights_of(actor: Actor) -> list[str]:
    """Names of every right the actor has, in order."""
    return sorted(right for right, roles in RIGHTS.items() if actor.role in roles)


def sees_everything(actor: Actor) -> bool:
    """Finance and administrators are not bound to branches or portfolios."""
    return actor.role in FINANCE or actor.role == "admin"


def may_manage_users(actor: Actor) -> bool:
    return may(actor, "users.manage")

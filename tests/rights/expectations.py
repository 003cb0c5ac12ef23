"""Who gets what from every route and every socket event: the table of expectations (R5).

A row says which roles are served and what stands in the way of the others. `scope` names the
thing the address points at: it belongs to Bob, in Lyon. People of other branches, and another
sales representative of the same branch, find nothing there (404), whatever their role.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

FINANCE = frozenset({"accountant", "credit_manager", "cfo"})
FIELD = frozenset({"sales_rep", "after_sales", "branch_manager"})
ALL = FINANCE | FIELD | {"admin"}
RISK = ALL - {"after_sales"}
IMPORTERS = FINANCE | {"admin"}
PUBLIC: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Row:
    """Expectation for one route.

    `roles` are served. `scope` is None for what is not about one thing, or the name of the thing.
    `denied` is what a signed-in person in scope without the role gets. `body` is sent as JSON,
    `form` as a form, `query` in the address, `headers` beside it. `public` answers without a session.
    """

    roles: frozenset[str] = ALL
    scope: str | None = None
    denied: int = 403
    body: Any = None
    form: dict[str, Any] | None = None
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    public: bool = False
    accept: frozenset[int] = frozenset({200, 201, 202, 204, 302, 303})

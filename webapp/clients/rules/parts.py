"""The kinds of things a sheet is made of, and who may sign on a day."""

from __future__ import annotations

from datetime import date

ADDRESS_KINDS = ("billing", "delivery", "registered")
# Who pays, who decides, whom after-sales calls, anybody else.
CONTACT_ROLES = ("payer", "decider", "after_sales", "other")
DOCUMENT_KINDS = ("kbis", "terms_of_sale", "stamp", "mandate", "other")
# A mandate shows the account it draws on: it is behind the same wall.
WALLED_DOCUMENTS = frozenset({"mandate"})


def signs_on(since: date | None, until: date | None, day: date) -> bool:
    """Does a signatory with these dates (None: open) sign on `day`? Both ends count."""
    return (since is None or since <= day) and (until is None or day <= until)

"""Bank references behind their wall: written checked, shown masked, read in full under oath."""

from __future__ import annotations

import uuid
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.clients import queries, rules
from webapp.clients.models import BankAccount
from webapp.clients.policy import may_read_bank
from webapp.clients.queries.parts import get_part, list_parts
from webapp.clients.services import parts
from webapp.core.errors import Forbidden, Invalid
from webapp.extensions import db
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.users.fresh import require_fresh

MESSAGES = {
    "iban_missing": _l("Indiquez un IBAN."),
    "iban_key": _l("Cet IBAN est faux : sa clé de contrôle ne correspond pas."),
    "iban_form": _l("Cet IBAN n’est pas valable : vérifiez sa longueur et son pays."),
    "bic": _l("Ce BIC n’est pas valable : 8 ou 11 signes."),
}
PART = "bank-accounts"


def add_account(actor: Actor, client_id: uuid.UUID, values: dict[str, Any]) -> BankAccount:
    """An account of the client, checked. An IBAN is never corrected: one adds the right one.

    Raises NotFound, Forbidden, Invalid (`iban`, `bic`). Events: ClientsChanged.
    """
    behind_the_wall(actor, client_id)
    iban, fault = rules.clean_iban(values["iban"])
    bic, bic_fault = rules.clean_bic(values.get("bic"))
    errors = {name: MESSAGES[code] for name, code in (("iban", fault), ("bic", bic_fault)) if code}
    if errors or iban is None:
        raise Invalid(errors=errors)
    known = select(BankAccount.id).where(BankAccount.client_id == client_id, BankAccount.iban == iban)
    if db.session.scalar(known) is not None:
        raise Invalid(errors={"iban": _l("Ce compte est déjà sur la fiche.")})
    masked = rules.mask_iban(iban)
    row: BankAccount = parts.add_part(
        actor, client_id, PART, {**values, "iban": iban, "bic": bic, "masked": masked}
    )
    return row


def read_account(actor: Actor, client_id: uuid.UUID, account_id: uuid.UUID) -> BankAccount:
    """One account to be shown in full; the reading is logged. Raises Forbidden, NotFound, SignInAgain."""
    behind_the_wall(actor, client_id)
    require_fresh(actor)
    row: BankAccount = get_part(actor, client_id, PART, account_id)
    _note(actor, client_id, [row.masked])
    return row


def read_accounts(actor: Actor, client_id: uuid.UUID) -> list[BankAccount]:
    """All accounts of a client to be shown in full; one entry says so. Raises like `read_account`."""
    behind_the_wall(actor, client_id)
    require_fresh(actor)
    rows: list[BankAccount] = list_parts(client_id, PART)
    if rows:
        _note(actor, client_id, [row.masked for row in rows])
    return rows


def behind_the_wall(actor: Actor, client_id: uuid.UUID) -> None:
    """Go on only with the right to bank references, on a client in scope. Raises NotFound, Forbidden."""
    queries.get_client(actor, client_id)
    if not may_read_bank(actor):
        raise Forbidden(_l("Les références bancaires sont réservées à la finance."))


def _note(actor: Actor, client_id: uuid.UUID, masked: list[str]) -> None:
    audit.write(actor, "bank_account.read", "client", client_id, accounts=masked)

"""JSON about bank accounts, behind their wall: lists are masked, one is read in full and logged."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response
from flask.views import MethodView

from webapp.clients.api.shell import blp
from webapp.clients.queries.parts import list_parts
from webapp.clients.schemas.parts import BankAccountSchema, BankAccountWrite, account_json
from webapp.clients.services import bank, parts
from webapp.core.api import answer, command, page_of
from webapp.core.db import unit_of_work
from webapp.users.current import current_actor


@blp.route("/clients/<uuid:client_id>/bank-accounts")
class BankAccounts(MethodView):
    """Where a client banks."""

    @blp.response(200, page_of(BankAccountSchema, "BankAccountList"))
    def get(self, client_id: uuid.UUID) -> Response:
        """List accounts, masked (`FR76 •••• 1234`); there is no second page."""
        bank.behind_the_wall(current_actor(), client_id)
        rows = list_parts(client_id, bank.PART)
        return answer({"items": [account_json(row) for row in rows], "next_cursor": None})

    @blp.arguments(BankAccountWrite)
    @blp.response(201, BankAccountSchema)
    @command("bank_account.add")
    def post(self, values: dict[str, Any], client_id: uuid.UUID) -> tuple[Any, int]:
        """Add an account; the answer shows it masked."""
        return account_json(bank.add_account(current_actor(), client_id, values)), 201


@blp.route("/clients/<uuid:client_id>/bank-accounts/<uuid:part_id>")
class BankAccountById(MethodView):
    """One account."""

    @blp.response(200, BankAccountSchema)
    def get(self, client_id: uuid.UUID, part_id: uuid.UUID) -> Response:
        """Read an account in full. The reading is logged; a session must be fresh (`sign_in_again`)."""
        with unit_of_work():
            body = account_json(bank.read_account(current_actor(), client_id, part_id), full=True)
        return answer(body)

    @blp.response(204)
    def delete(self, client_id: uuid.UUID, part_id: uuid.UUID) -> Response:
        """Take an account away."""
        bank.behind_the_wall(current_actor(), client_id)
        with unit_of_work():
            parts.remove_part(current_actor(), client_id, bank.PART, part_id)
        return answer(None, 204)

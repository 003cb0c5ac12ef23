"""A client's sheet: how much can still be sold, how it pays, what happened."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import current_app, render_template, request, url_for

from webapp.clients.models import Client
from webapp.clients.views.shell import FILTERS, SORTS, blueprint, read_listing
from webapp.core.api import encode_cursor
from webapp.home.queries import timeline
from webapp.home.queries.accounts import Account, get_account
from webapp.invoices.queries import aging, list_invoices
from webapp.users.actor import Actor
from webapp.users.current import current_actor
from webapp.users.policy import may

INVOICES_SHOWN, HAPPENINGS_SHOWN = 50, 30


@blueprint.get("/clients/<uuid:client_id>")
def sheet(client_id: UUID) -> str:
    """The sheet, beside the list where there is room for both."""
    actor = current_actor()
    account = get_account(actor, client_id)
    return render_template(
        "clients/sheet.html",
        account=account,
        client=account.client,
        listing=read_listing(actor),
        filters=FILTERS,
        sorts=SORTS,
        current=client_id,
        **_content(actor, account),
    )


@blueprint.get("/clients/<uuid:client_id>/activity")
def activity(client_id: UUID) -> str:
    """Further lines of the timeline, for the frame at its end."""
    actor = current_actor()
    account = get_account(actor, client_id)
    after = timeline.read_position(request.args.get("cursor"))
    lines = _activity(actor, client_id, after)
    return render_template("clients/activity.html", account=account, client=account.client, **lines)


def _content(actor: Actor, account: Account) -> dict[str, Any]:
    client_id = account.client.id
    everything = request.args.get("invoices") == "all"
    invoices = list_invoices(
        actor,
        limit=INVOICES_SHOWN,
        client_id=client_id,
        status=None if everything else "unpaid",
        newest=everything,
    )
    return {
        "aging": aging(actor, client_id),
        "invoices": invoices[:INVOICES_SHOWN],
        "more_invoices": len(invoices) > INVOICES_SHOWN,
        "all_invoices": everything,
        "directions": directions(account.client),
        "limit_url": limit_url(actor, client_id),
        **_activity(actor, client_id),
    }


def _activity(actor: Actor, client_id: UUID, after: tuple[object, ...] | None = None) -> dict[str, Any]:
    lines = timeline.list_happenings(actor, client_id, limit=HAPPENINGS_SHOWN, after=after)
    more = len(lines) > HAPPENINGS_SHOWN
    lines = lines[:HAPPENINGS_SHOWN]
    return {
        "happenings": timeline.grouped(lines),
        "happenings_cursor": encode_cursor(*timeline.position_of(lines[-1])) if more else None,
    }


def directions(client: Client) -> str | None:
    """A link that opens the device's own map at the client's address."""
    parts = [client.street, " ".join(filter(None, (client.postcode, client.city)))]
    address = ", ".join(part for part in parts if part)
    return "geo:0,0?q=" + quote(address) if address else None


def limit_url(actor: Actor, client_id: UUID) -> str | None:
    """Where a limit is set, for those who may set one."""
    if not may(actor, "limit.set") or "risk.edit_limit" not in current_app.view_functions:
        return None
    return url_for("risk.edit_limit", client_id=client_id)

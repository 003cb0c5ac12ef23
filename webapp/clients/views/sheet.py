"""A client's sheet: how much can still be sold, how it pays, what happened. Its other tabs: `panels`."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.clients.models import Client
from webapp.clients.views.shell import FILTERS, SORTS, blueprint, read_listing
from webapp.core.api import encode_cursor
from webapp.home.queries import timeline
from webapp.home.queries.accounts import Account, get_account
from webapp.home.queries.figures import card_of, read_figures
from webapp.users.actor import FIELD_ROLES, Actor
from webapp.users.current import current_actor
from webapp.users.policy import may
from webapp.visits.queries import list_seen

HAPPENINGS_SHOWN = 30


@blueprint.get("/clients/<uuid:client_id>")
def sheet(client_id: UUID) -> str | Response:
    """The sheet, beside the list where there is room for both; of a merged client, who stands for it."""
    actor = current_actor()
    account = get_account(actor, client_id)
    if account.client.merged_into_id is not None:
        return redirect(url_for("clients.sheet", client_id=account.client.merged_into_id))
    return render_template(
        "clients/sheet.html",
        listing=read_listing(actor),
        filters=FILTERS,
        sorts=SORTS,
        current=client_id,
        **_head(actor, account),
        **activity_lines(actor, client_id),
    )


def _head(actor: Actor, account: Account) -> dict[str, Any]:
    """What stands above the tabs; people in the field have the card of a visit there."""
    figures = read_figures(actor, account)
    return {
        "account": account,
        "client": account.client,
        "figures": figures,
        "aging": figures.aging,
        "seen": list_seen(actor, account.client.id),
        "card": card_of(account, figures) if actor.role in FIELD_ROLES else None,
        "directions": directions(account.client),
        "limit_url": limit_url(actor, account.client.id),
    }


@blueprint.get("/clients/<uuid:client_id>/visit")
def visit(client_id: UUID) -> str:
    """What to know and to ask before a visit, on a page of its own."""
    actor = current_actor()
    account = get_account(actor, client_id)
    card = card_of(account, read_figures(actor, account))
    return render_template("clients/visit.html", account=account, client=account.client, card=card)


@blueprint.get("/clients/<uuid:client_id>/activity")
def activity(client_id: UUID) -> str:
    """The timeline alone: narrowed to one kind, refreshed, or further lines for the frame at its end."""
    actor = current_actor()
    account = get_account(actor, client_id)
    after = timeline.read_position(request.args.get("cursor"))
    lines = activity_lines(actor, client_id, after)
    page = (
        "clients/activity.html"
        if after or not request.headers.get("Turbo-Frame")
        else "clients/_activity.html"
    )
    return render_template(page, account=account, client=account.client, **lines)


def activity_lines(actor: Actor, client_id: UUID, after: tuple[object, ...] | None = None) -> dict[str, Any]:
    """What the template of the timeline needs."""
    asked = request.args.get("kind")
    kind = asked if asked in timeline.FAMILIES else None
    lines = timeline.list_happenings(actor, client_id, limit=HAPPENINGS_SHOWN, after=after, kind=kind)
    more = len(lines) > HAPPENINGS_SHOWN
    lines = lines[:HAPPENINGS_SHOWN]
    return {
        "happenings": timeline.grouped(lines),
        "happenings_cursor": encode_cursor(*timeline.position_of(lines[-1])) if more else None,
        "happening_kind": kind,
        "first_lines": after is None,
        "families": [name for name in timeline.FAMILIES if name != "payments" or may(actor, "payment.read")],
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

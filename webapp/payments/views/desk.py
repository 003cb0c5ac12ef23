"""The matching desk: payments that wait, one after another, the best proposal beside each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from webapp.core.api import cut_page
from webapp.core.cursors import as_day, as_id, read_cursor
from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden
from webapp.core.ids import new_id, parse_id
from webapp.payments import queries, services
from webapp.payments.views.shell import blueprint, say
from webapp.users.actor import Actor
from webapp.users.current import current_actor
from webapp.users.policy import may

PAGE = 20
PREVIEW = 100  # payments looked at for the sure ones
CHUNK = 10  # accepted in one transaction: nobody waits long for the lock of writers


def _matcher() -> Actor:
    """Who asks, when that person matches payments. Raises Forbidden."""
    actor = current_actor()
    if not may(actor, "payment.write"):
        raise Forbidden(_("Votre rôle ne lettre pas les règlements."))
    return actor


@blueprint.get("/matching")
def desk() -> str:
    """The queue, oldest first, and the payment looked at; proposals for what is shown only."""
    queue = _queue(_matcher(), parse_id(request.args.get("payment")))
    return render_template(
        "payments/desk.html",
        **queue,
        after=request.args.get("after"),
        view="list" if "list" in request.args else "main",
    )


def _queue(actor: Actor, wanted: UUID | None) -> dict[str, Any]:
    """A page of the queue, the payment looked at, what stands around it, and their proposals."""
    after: Any = read_cursor(request.args.get("after"), (as_day, as_id))
    rows = queries.list_to_match(actor, limit=PAGE, after=after)
    page = cut_page(rows, PAGE, lambda row: (row[0].received_on, row[0].id))
    current = _current(actor, page["items"], wanted)
    shown = [row[0] for row in page["items"]]
    if current is not None and current[0] not in shown:
        shown.append(current[0])
    number, value = queries.count_to_match(actor)
    return {
        "page": page,
        "current": current,
        "around": _around(page["items"], current),
        "proposals": queries.proposals_for(shown),
        "number": number,
        "value": value,
    }


def _current(actor: Actor, rows: Any, wanted: UUID | None) -> Any:
    """The payment looked at with its client: the one asked for when it still waits, else the first."""
    found = next((row for row in rows if row[0].id == wanted), None)
    if found is None and wanted is not None:
        found = queries.find_to_match(actor, wanted)
    return found or (rows[0] if rows else None)


def _around(rows: Any, current: Any) -> tuple[UUID | None, UUID | None]:
    """The payments before and after it in the queue."""
    ids = [row[0].id for row in rows]
    if current is None or current[0].id not in ids:
        return None, ids[0] if ids else None
    place = ids.index(current[0].id)
    return ids[place - 1] if place else None, ids[place + 1] if place + 1 < len(ids) else None


@blueprint.get("/matching/sure")
def sure() -> str:
    """What would be accepted together: every sure proposal among the oldest payments that wait."""
    rows = queries.list_to_match(_matcher(), limit=PREVIEW)[:PREVIEW]
    best = {key: found[0] for key, found in queries.proposals_for([row[0] for row in rows]).items() if found}
    lines: list[Any] = []
    used: set[UUID] = set()
    for payment, client in rows:
        proposal = best.get(payment.id)
        touched = {item.id for item in (*proposal.items, *proposal.credits)} if proposal else set()
        if proposal is not None and proposal.sure and not touched & used:
            used |= touched
            lines.append((payment, client, proposal))
    return render_template("payments/sure.html", lines=lines, looked=len(rows))


@blueprint.post("/matching/sure")
def accept_sure() -> Response:
    """Accept those that stayed ticked, ten in a transaction, all in one batch with one undo."""
    actor, batch = _matcher(), new_id()
    pairs = [each.partition(":") for each in request.form.getlist("chosen")[:PREVIEW]]
    chosen = [(found, key) for text, _colon, key in pairs if (found := parse_id(text)) is not None]
    matched = left = 0
    for start in range(0, len(chosen), CHUNK):
        with unit_of_work():
            done = services.accept_sure(actor, chosen[start : start + CHUNK], batch)
            matched, left = matched + len(done.matchings), left + len(done.left)
    _say(matched, left, batch)
    return redirect(url_for("payments.desk"), 303)


def _say(matched: int, left: int, batch: UUID) -> None:
    if matched:
        text = ngettext("%(num)s règlement lettré.", "%(num)s règlements lettrés.", matched)
        say(text, url_for("payments.undo_batch", batch_id=batch))
    if left:
        sentence = ngettext(
            "%(num)s règlement a changé entre-temps : il attend toujours.",
            "%(num)s règlements ont changé entre-temps : ils attendent toujours.",
            left,
        )
        flash(sentence, "warning")


@blueprint.post("/matching/batches/<uuid:batch_id>/undo")
def undo_batch(batch_id: UUID) -> Response:
    """Undo what was accepted together."""
    actor, total = _matcher(), 0
    while True:
        with unit_of_work():
            undone = services.undo_batch(actor, batch_id, CHUNK)
        total += undone
        if undone < CHUNK:
            break
    flash(ngettext("%(num)s lettrage annulé.", "%(num)s lettrages annulés.", total))
    return redirect(url_for("payments.desk"), 303)

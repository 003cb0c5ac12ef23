"""What was reported: a visit, its thread, and the visits of one's clients."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request

from webapp.core.api import cut_page
from webapp.core.cursors import as_id, as_instant, read_cursor
from webapp.core.papers import available
from webapp.files.queries import map_files
from webapp.home.queries.talks import get_client_around
from webapp.promises.queries import cards as promise_cards
from webapp.threads.queries import find_last_seq
from webapp.threads.queries.attachments import attachment_of
from webapp.threads.views.talk import talk_of
from webapp.users.current import current_actor
from webapp.visits import queries
from webapp.visits.views.shell import blueprint

PAGE = 50


@blueprint.get("/visits")
def index() -> str:
    """Visits to the clients one sees, the latest first."""
    after = read_cursor(request.args.get("cursor"), (as_instant, as_id))
    lines = queries.list_visits(current_actor(), limit=PAGE, after=after)
    page = cut_page(lines, PAGE, lambda line: (line.visit.visited_at.isoformat(), line.visit.id))
    return render_template("visits/index.html", page=page)


@blueprint.get("/visits/<uuid:visit_id>")
def show(visit_id: UUID) -> str:
    """The report: how it went, what was seen and promised, photos, voice, what was signed."""
    actor = current_actor()
    line = queries.get_visit(actor, visit_id)
    promise_id, signed = line.visit.promise_id, queries.find_acknowledgement(visit_id)
    return render_template(
        "visits/show.html",
        line=line,
        facts=queries.facts_of_visit(actor, visit_id),
        promise=promise_cards(actor, [promise_id]).get(promise_id) if promise_id else None,
        attachments=[attachment_of(file) for file in queries.files_of(visit_id)],
        signed=signed,
        paper=map_files([signed.pdf_id]).get(signed.pdf_id) if signed and signed.pdf_id else None,
        papers=available(),
        said=find_last_seq(visit_id),
    )


@blueprint.get("/visits/<uuid:visit_id>/thread")
def thread(visit_id: UUID) -> str:
    """What is said about a visit."""
    actor = current_actor()
    line = queries.get_visit(actor, visit_id)
    talk = talk_of(actor, visit_id, get_client_around(actor, line.client.id))
    return render_template("visits/thread.html", line=line, client=line.client, **talk)

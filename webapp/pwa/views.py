"""What a browser needs to install the product, and what a watchman asks: manifest, service
worker at the root scope, offline page, health, figures."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, render_template, request, send_from_directory
from flask_babel import gettext as _

from webapp.clients.queries import list_choices
from webapp.core import health
from webapp.core import metrics as figures
from webapp.core.callers import is_from_this_machine
from webapp.core.pages import DIST
from webapp.core.web import problem
from webapp.invoices.queries import list_invoices
from webapp.threads.queries import list_conversations
from webapp.users.current import current_actor, find_actor
from webapp.users.policy import may
from webapp.users.web import public

log = structlog.get_logger(__name__)

blueprint = Blueprint("pwa", __name__)
MOST_SHOWN = 12


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    body = render_template("pwa/manifest.webmanifest")
    return Response(body, mimetype="application/manifest+json")


@blueprint.get("/service-worker.js")
def service_worker() -> Response:
    """Never kept by the browser's cache, so that a new version is seen at once."""
    response = send_from_directory(DIST, "service-worker.js", mimetype="text/javascript")
    response.headers["Service-Worker-Allowed"] = "/"
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/offline")
def offline() -> str:
    return render_template("pwa/offline.html")


@blueprint.get("/share")
def share() -> str:
    """Where what another app shared may go: recent conversations, or clients and invoices by what is typed.

    The files are on the device, and stay there until somebody sends them in a conversation.
    """
    actor, text = current_actor(), request.args.get("q", "").strip()[:80]
    return render_template(
        "pwa/share.html",
        text=text,
        recent=list_conversations(actor, limit=MOST_SHOWN)["items"] if not text else [],
        places=list_choices(actor, text, limit=MOST_SHOWN),
        invoices=list_invoices(actor, limit=MOST_SHOWN, q=text, newest=True)[:MOST_SHOWN] if text else [],
    )


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    return send_from_directory(DIST.parent / "icons", "icon-192.png")


@blueprint.get("/healthz")
def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def ready() -> Response | dict[str, str]:
    """Database and queue answer too; 503 with the name of what does not."""
    for name, check in {"database": health.check_database, "queue": health.check_queue}.items():
        try:
            check()
        except Exception as error:
            log.error("not ready", lacks=name, error=type(error).__name__)
            return problem(503, "unavailable", name)
    return {"status": "ok"}


@blueprint.get("/metrics")
def metrics() -> Response:
    """Prometheus' figures: for an administrator's API token, or a program on this very machine."""
    actor = find_actor()
    by_token = actor is not None and actor.token_id is not None and may(actor, "metrics.read")
    if not by_token and not is_from_this_machine():
        status, code = (401, "not_signed_in") if actor is None else (403, "forbidden")
        return problem(status, code, _("Les mesures demandent le jeton d’API d’un administrateur."))
    text, content_type = figures.exposition(request.headers.get("Accept", ""))
    return Response(text, content_type=content_type)


for _endpoint in ("manifest", "service_worker", "offline", "favicon", "alive", "ready", "metrics"):
    public(f"pwa.{_endpoint}")

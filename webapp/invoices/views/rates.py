"""Exchange rates: what other currencies were worth, entered by people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.core.api import cut_page
from webapp.core.clock import today
from webapp.core.cursors import as_day, as_text, read_cursor
from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden, Invalid
from webapp.invoices import queries, services
from webapp.invoices.schemas import rate_json
from webapp.invoices.views.shell import blueprint
from webapp.users.current import current_actor
from webapp.users.policy import may
from webapp.users.queries import company

PAGE = 50
FIELDS = ("currency", "on", "rate")


@blueprint.get("/exchange-rates")
def rates() -> str:
    """The table, latest first, and a form for the next rate."""
    _writers_only()
    return _page({"currency": "", "on": today().isoformat(), "rate": ""}, {})


@blueprint.post("/exchange-rates")
def save_rate() -> str | Response | tuple[str, int]:
    """Write a rate, or show the form again with what is to be corrected."""
    _writers_only()
    written = {name: request.form.get(name, "").strip()[:40] for name in FIELDS}
    try:
        day, value = _read(written)
        with unit_of_work():
            services.set_rate(current_actor(), written["currency"].upper(), day, value)
    except Invalid as refusal:
        return _page(written, refusal.errors), 422
    flash(_("Cours enregistré."))
    return redirect(url_for("invoices.rates"), 303)


def _writers_only() -> None:
    """Raises Forbidden for roles that record no invoices."""
    if not may(current_actor(), "invoice.write"):
        raise Forbidden(_("Votre rôle ne saisit pas de cours."))


def _read(written: Mapping[str, str]) -> tuple[date, Decimal]:
    """Day and rate. Raises Invalid beside each that cannot be read."""
    errors: dict[str, object] = {}
    day, value = today(), Decimal(0)
    try:
        day = date.fromisoformat(written["on"])
    except ValueError:
        errors["on"] = _("Indiquez une date.")
    try:
        value = Decimal(written["rate"].replace(",", ".").replace("\u202f", "").replace(" ", ""))
    except InvalidOperation:
        errors["rate"] = _("Indiquez un cours, par exemple 0,9234.")
    if errors:
        raise Invalid(errors=errors)
    return day, value


def _page(values: Mapping[str, str], errors: Mapping[str, object]) -> str:
    after = read_cursor(request.args.get("cursor"), (as_day, as_text))
    rows = queries.list_rates(current_actor(), limit=PAGE, after=after)
    page = cut_page(rows, PAGE, lambda rate: (rate.on, rate.currency))
    return render_template(
        "exchange_rates/index.html",
        page={**page, "items": [rate_json(rate) for rate in page["items"]]},
        own=company().currency,
        values=values,
        errors={name: [message] for name, message in errors.items()},
    )

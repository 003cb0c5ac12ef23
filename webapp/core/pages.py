"""What templates share: built assets, languages, filters for figures and dates."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from flask import Flask, before_render_template, current_app, request, url_for
from flask_babel import format_decimal, get_domain, get_locale
from flask_babel import gettext as _
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from sqlalchemy import Label, Row, Select, select

from webapp.core.clock import local, now, today
from webapp.core.db import let_others_in
from webapp.core.money import NO_BREAK_SPACE, format_money, parse_amount
from webapp.core.web import csp_nonce
from webapp.extensions import db

LOCALES = ("fr", "en")
DIST = Path(__file__).resolve().parent.parent / "static" / "dist"


@cache
def _read_manifest(stamp: float) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DIST / "manifest.json").read_text())
    return found


def _manifest() -> dict[str, Any]:
    path = DIST / "manifest.json"
    if not path.exists():
        return {}
    return _read_manifest(0.0 if current_app.config["SETTINGS"].production else path.stat().st_mtime)


def asset(name: str) -> str:
    """URL of a built asset by its logical name (`app.js`)."""
    return url_for("static", filename=f"dist/{_manifest().get(name, name)}")


def preloaded_modules() -> list[str]:
    """URLs of the modules that every page starts with, to be asked for before they are imported."""
    return [url_for("static", filename=f"dist/{path}") for path in _manifest().get("preload", ())]


def locale_name() -> str:
    """`fr` or `en`: the language of this answer."""
    found = get_locale()
    return found.language if found and found.language in LOCALES else "fr"


def written_amount(text: str, digits: int = 2) -> int:
    """Minor units of an amount as the reader of this page writes it. Raises BadAmount."""
    return parse_amount(text, "." if locale_name() == "en" else ",", digits)


def listed(errors: Mapping[str, object]) -> dict[str, list[object]]:
    """Errors by field as forms show them."""
    return {name: each if isinstance(each, list) else [each] for name, each in errors.items()}


def cents(amount: int, currency: str = "EUR", exact: bool = False) -> str:
    """An amount of cents for reading, whole units unless `exact`."""
    return format_money(int(amount), currency, locale_name(), cents=exact)


def day(value: date | datetime | None) -> str:
    """`24/11/2026`."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = local(value).date()
    return value.strftime("%d/%m/%Y")


def long_day(value: date | datetime | None) -> str:
    """`mardi 24 novembre`, with the year when it is another one."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = local(value).date()
    pattern = "EEEE d MMMM" if value.year == today().year else "d MMMM yyyy"
    return format_date(value, pattern, locale=locale_name())


def capital(text: str) -> str:
    """A capital first; the rest stays as it is (English months keep theirs)."""
    return text[:1].upper() + text[1:]


def hour(value: datetime | None) -> str:
    """`09:12`, Paris time."""
    return local(value).strftime("%H:%M") if value else ""


def ago(value: datetime | None) -> str:
    """`09:12` today, `hier`, `lun.` within six days, else `24/11`."""
    if value is None:
        return ""
    then = local(value)
    days = (today() - then.date()).days
    if days <= 0:
        return then.strftime("%H:%M")
    if days == 1:
        return _("hier")
    if days < 7:
        return format_date(then, "EEE", locale=locale_name())
    return then.strftime("%d/%m") if then.year == today().year else then.strftime("%d/%m/%Y")


def percent(value: float | None) -> str:
    """`108 %` in French, `108%` in English."""
    if value is None:
        return ""
    return f"{round(value)}%" if locale_name() == "en" else f"{round(value)}{NO_BREAK_SPACE}%"


def percent_1(value: float) -> str:
    """The same to one decimal: `12,5 %`."""
    text = f"{value:.1f}"
    return f"{text}%" if locale_name() == "en" else f"{text.replace('.', ',')}{NO_BREAK_SPACE}%"


def _when_read(function: Callable[..., str]) -> Callable[..., str]:
    """A filter asked at each reading: Jinja computes `100|percent` once, in the language of the first."""

    @pass_context
    def filtered(_context: Context, value: Any, *args: Any, **options: Any) -> str:
        return function(value, *args, **options)

    return filtered


def counted(one: str, many: str, num: int, **values: Any) -> Markup:
    """`ngettext` of templates: French counts none as one (`0 jour`), as the scripts do.

    The figure itself is written as people write it (`1 227`).
    """
    form = 1 if num == 0 and locale_name() == "fr" else num
    # The sentence is the catalogue’s own; what is put into it is escaped on the next line.
    sentence = Markup(get_domain().get_translations().ungettext(one, many, form))  # nosec B704 # ours
    return sentence % {"num": format_decimal(num), **values}


def install_plurals(app: Flask) -> None:
    """Called once Babel has put its own `ngettext` in templates."""
    app.jinja_env.globals["ngettext"] = counted


def _before_drawing(_app: Flask, **_: object) -> None:
    let_others_in()


def install(app: Flask) -> None:
    """Give templates their filters and globals."""
    for function in (cents, day, long_day, capital, hour, ago, percent, percent_1):
        app.jinja_env.filters[function.__name__] = _when_read(function)
    app.jinja_env.globals.update(asset=asset, preloaded_modules=preloaded_modules, csp_nonce=csp_nonce)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    before_render_template.connect(_before_drawing, app)

    @app.context_processor
    def _context() -> dict[str, Any]:
        return {"locale": locale_name(), "today": today(), "now": now(), "request": request}


Figure = Callable[[Any], Select[Any] | None]
_counters: dict[str, Figure] = {}


def register_counter(name: str, figure: Figure) -> None:
    """A feature gives a figure of the navigation: `figure(actor)` is the statement that counts, None when
    it is nothing to this person."""
    _counters[name] = figure


def figure_columns(actor: Any) -> list[Label[int]]:
    """The navigation's figures as columns, for a page's own statement to bring along: they refer to nothing
    around them, and are counted once."""
    figures = {name: figure(actor) for name, figure in _counters.items()}
    return [
        query.correlate(None).scalar_subquery().label(name)
        for name, query in figures.items()
        if query is not None
    ]


class Counts:
    """The navigation's figures for one person: those of a row with `figure_columns`, else all are asked of
    the database at once when one is first used."""

    def __init__(self, actor: Any, row: Row[Any] | None = None) -> None:
        self._actor = actor
        self._row: Any = row

    def __getattr__(self, name: str) -> int:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in _counters or self._actor is None:
            return 0
        if self._row is None:
            self._row = db.session.execute(select(*figure_columns(self._actor))).one()
        return int(self._row._mapping.get(name, 0))

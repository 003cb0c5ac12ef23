"""The blueprint of threads, and words its pages share."""

from __future__ import annotations

from datetime import datetime

from babel.numbers import format_decimal
from flask import Blueprint
from flask_babel import gettext as _

from webapp.core.pages import locale_name
from webapp.threads.rules import CLIENT
from webapp.users.words import role_name

blueprint = Blueprint("threads", __name__)
KILO, MEGA = 1_000, 1_000_000


@blueprint.app_template_filter("instant")
def _instant(text: str | None) -> datetime | None:
    """The instant written in a message's wire form."""
    return datetime.fromisoformat(text) if text else None


@blueprint.app_template_filter("role_name")
def _role_name(role: str | None) -> str:
    return _("chez le client") if role == CLIENT else role_name(role) if role else ""


@blueprint.app_template_filter("weight")
def _weight(size: int) -> str:
    """`240 ko`, `1,2 Mo`."""
    if size < MEGA:
        return _("%(n)s ko", n=max(1, round(size / KILO)))
    return _("%(n)s Mo", n=format_decimal(size / MEGA, format="0.#", locale=locale_name()))


@blueprint.app_template_filter("lasting")
def _lasting(milliseconds: int | None) -> str:
    """`1:05`."""
    seconds = round((milliseconds or 0) / 1000)
    return f"{seconds // 60}:{seconds % 60:02d}"


def group_names() -> list[dict[str, str]]:
    """Words that name everybody of a role, as the list after an @ offers them."""
    return [
        {"handle": "finance", "name": _("Toute la finance")},
        {"handle": "commercial", "name": _("Le commerce")},
        {"handle": "sav", "name": _("Le service après-vente")},
        {"handle": "responsable", "name": _("La direction d’agence")},
        {"handle": "comptable", "name": _("La comptabilité")},
        {"handle": "credit", "name": _("Le crédit clients")},
        {"handle": "daf", "name": _("La direction financière")},
    ]

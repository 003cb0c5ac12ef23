"""Roles, themes and devices in words, for pages."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.users.rules import PHONES, device

ROLE_NAMES: dict[str, object] = {
    "sales_rep": _l("Commerce"),
    "after_sales": _l("Service après-vente"),
    "branch_manager": _l("Direction d’agence"),
    "accountant": _l("Comptabilité"),
    "credit_manager": _l("Crédit clients"),
    "cfo": _l("Direction financière"),
    "admin": _l("Administration"),
}
THEME_NAMES: dict[str, object] = {
    "system": _l("Comme l’appareil"),
    "light": _l("Clair"),
    "dark": _l("Sombre"),
}
LOCALE_NAMES: dict[str, object] = {"fr": "Français", "en": "English"}


def role_name(role: str) -> str:
    """What a role is called; an unknown one keeps its own name."""
    return str(ROLE_NAMES.get(role, role))


def device_name(user_agent: str | None) -> str:
    """`Chrome sur Android`, or what can be said."""
    browser, system = device(user_agent)
    if browser and system:
        return _("%(browser)s sur %(system)s", browser=browser, system=system)
    return browser or system or _("Appareil inconnu")


def device_icon(user_agent: str | None) -> str:
    return "smartphone" if device(user_agent)[1] in PHONES else "monitor"

"""Whether devices may keep clients for reading."""

from __future__ import annotations

from webapp.portfolio import rules
from webapp.users.actor import Actor
from webapp.users.services import set_company_switch


def set_offline_reading(actor: Actor, on: bool) -> None:
    """Let devices keep clients for reading without a network, or not. Raises Forbidden."""
    set_company_switch(actor, rules.SETTING, on)

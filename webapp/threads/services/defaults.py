"""Who follows conversations by default, as the company decides."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from webapp.core.errors import Invalid
from webapp.extensions import db
from webapp.threads.queries import DEFAULT_FOLLOWERS, default_following
from webapp.threads.rules import FOLLOWING_LEVELS, FOLLOWING_ROLES
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.users.queries import company
from webapp.users.services import settings_only


def set_default_followers(actor: Actor, levels: Mapping[str, str]) -> None:
    """Decide how closely each role follows a conversation from its first message on; a role that is not
    named, or has no level, does not. Conversations that began keep their followers.

    Raises Forbidden, or Invalid under the role at fault.
    """
    settings_only(actor)
    chosen = {role: level for role, level in levels.items() if level}
    wrong = {
        role: _l("Ce choix n’existe pas.")
        for role, level in chosen.items()
        if role not in FOLLOWING_ROLES or level not in FOLLOWING_LEVELS
    }
    if wrong:
        raise Invalid(errors=wrong)
    row, before = company(), default_following()
    row.settings = {**(row.settings or {}), DEFAULT_FOLLOWERS: chosen}
    db.session.flush()
    audit.write(actor, "company.default_followers", "company", row.id, before=before, after=chosen)

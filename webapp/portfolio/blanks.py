"""Forms for a client nobody is: a device keeps them, and puts a client of its own in.

They are the forms of their features as everybody gets them, with signs where a client stands: NOWHERE for
its id, and so in every address; NAMED, OWED and ACT, which a device gives anew each time. The service
worker fills them (`static/src/portfolio/filling.ts`).
"""

from __future__ import annotations

import re
import uuid

from flask import url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from webapp.clients.models import Client
from webapp.core.errors import NotFound
from webapp.core.money import format_money
from webapp.core.pages import locale_name
from webapp.promises import views as promises
from webapp.threads.subjects import Subject
from webapp.users.current import current_actor
from webapp.users.queries import company
from webapp.visits.views import recording as visits

NOWHERE = uuid.UUID(int=0)
NAMED, OWED, ACT = "@@client@@", "@@owed@@", "@@act@@"
_COUNT = re.compile(r'(data-count="[a-z]+")>')
# A form's own UUID, which makes a second press harmless: no two acts may have the same.
_ACT = re.compile(r'name="(?:act|visit_id)" value="([0-9a-f-]{36})"')


def blank_form(name: str) -> str:
    """The page with the form `visit` or `promise`. Raises NotFound, Forbidden."""
    if name == "visit":
        return without_person(_unnumbered(_unowed(visits.blank(_client()))))
    if name == "promise":
        return without_person(_unnumbered(promises.blank(_subject())))
    raise NotFound(_("Ce formulaire n’existe pas."))


def without_person(page: str) -> str:
    """The page without what is its person's: how much is unread, and what proves that its forms are theirs,
    which is asked anew when one is sent."""
    return _COUNT.sub(r"\1 hidden>", page.replace(str(generate_csrf()), ""))


def _client() -> Client:
    """Of no session: it is drawn, and never written."""
    return Client(id=NOWHERE, ref="", legal_name=NAMED)


def _subject() -> Subject:
    actor, url = current_actor(), url_for("clients.sheet", client_id=NOWHERE)
    return Subject("client", NOWHERE, NAMED, url, NOWHERE, NAMED, actor.branch_id, actor.user_id)


def _unnumbered(page: str) -> str:
    found = _ACT.search(page)
    return page.replace(found[1], ACT) if found else page


def _unowed(page: str) -> str:
    """Nobody owes nothing: the figure is the device's to say."""
    nothing = format_money(0, company().currency, locale_name(), cents=False)
    return page.replace(_("Encours : %(amount)s", amount=nothing), _("Encours : %(amount)s", amount=OWED))

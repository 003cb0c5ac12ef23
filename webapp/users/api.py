"""Who I am, and whom one may mention."""

from __future__ import annotations

from typing import Any

from flask_smorest.blueprint import MethodView
from flask_wtf.csrf import generate_csrf
from marshmallow import fields

from webapp.core.api import ApiSchema, blueprint
from webapp.core.fields import PlainText
from webapp.core.pages import Counts
from webapp.users import queries
from webapp.users.actor import initials_of
from webapp.users.current import current_actor
from webapp.users.policy import rights_of

blp = blueprint("users", __name__, "The signed-in person, and colleagues to mention.")


class BranchSchema(ApiSchema):
    id = fields.UUID()
    name = fields.String()


class CountsSchema(ApiSchema):
    """What waits for the person: the figures of the navigation."""

    unread_threads = fields.Integer()
    open_alerts = fields.Integer()


class SessionSchema(ApiSchema):
    id = fields.UUID()
    name = fields.String()
    handle = fields.String()
    initials = fields.String()
    role = fields.String()
    branch = fields.Nested(BranchSchema)
    rights = fields.List(fields.String())
    locale = fields.String()
    theme = fields.String()
    csrf_token = fields.String(
        allow_none=True, metadata={"description": "null for API tokens, which need none"}
    )
    counts = fields.Nested(CountsSchema)


class PersonSchema(ApiSchema):
    id = fields.UUID()
    name = fields.String()
    handle = fields.String()
    role = fields.String()
    initials = fields.String()


class PeopleSchema(ApiSchema):
    items = fields.List(fields.Nested(PersonSchema))


class PeopleArgs(ApiSchema):
    q = PlainText(100, load_default="")


@blp.route("/session")
class Session(MethodView):
    @blp.response(200, SessionSchema)
    def get(self) -> dict[str, Any]:
        """Who I am, what I may do, and a fresh CSRF token."""
        actor = current_actor()
        counts = Counts(actor)
        branch = queries.find_branch(actor.branch_id)
        return {
            "id": actor.user_id,
            "name": actor.name,
            "handle": actor.handle,
            "initials": actor.initials,
            "role": actor.role,
            "branch": branch,
            "rights": rights_of(actor),
            "locale": actor.locale,
            "theme": actor.theme,
            "csrf_token": generate_csrf() if actor.token_id is None else None,
            "counts": {name: getattr(counts, name) for name in ("unread_threads", "open_alerts")},
        }


@blp.route("/people")
class People(MethodView):
    @blp.arguments(PeopleArgs, location="query")
    @blp.response(200, PeopleSchema)
    def get(self, args: dict[str, str]) -> dict[str, Any]:
        """Active colleagues whose name or handle starts with `q`, at most twenty."""
        current_actor()
        found = queries.suggest_people(args["q"])
        return {
            "items": [
                {
                    "id": row.id,
                    "name": row.name,
                    "handle": row.handle,
                    "role": row.role,
                    "initials": initials_of(row.name),
                }
                for row in found
            ]
        }

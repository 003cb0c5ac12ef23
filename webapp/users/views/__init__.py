"""Pages about people: sign-in, first set-up, settings."""

from __future__ import annotations

from flask import Blueprint, Flask

from webapp.users import security, words
from webapp.users.views.answers import errors_of

blueprint = Blueprint("users", __name__)

from webapp.users.views import (  # noqa: E402
    admin,
    company,
    password,
    profile,
    second_factor,
    second_step,
    setup,
    sign_in,
)

__all__ = [
    "admin",
    "blueprint",
    "company",
    "install",
    "password",
    "profile",
    "second_factor",
    "second_step",
    "setup",
    "sign_in",
]


def install(app: Flask) -> None:
    """Sign-in, and the words templates say about people."""
    security.install(app)
    setup.install(app)
    app.jinja_env.filters["errors_of"] = errors_of
    app.jinja_env.filters["role_name"] = words.role_name
    app.jinja_env.filters["device_name"] = words.device_name
    app.jinja_env.filters["device_icon"] = words.device_icon

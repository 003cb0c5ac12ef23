"""Static files, served before the application: built files for ever, the others for an hour.

Built files carry a hash in their name, so a shared cache may keep them; no cookie is ever set on
them. At a desk files are looked up at each request, because a build may replace them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NoReturn
from wsgiref.headers import Headers

from flask import Flask, abort
from whitenoise import WhiteNoise

STATIC = Path(__file__).resolve().parent.parent / "static"
HASHED = re.compile(r"^/static/dist/.+-[0-9A-Z]{8}\.[a-z0-9.]+$")
SERVED = ("/static/dist/", "/static/icons/")
HOUR = 3600


def is_hashed(url: str) -> bool:
    """Does the name of this file change with its content?"""
    return bool(HASHED.match(url))


class _Files(WhiteNoise):  # type: ignore[misc]
    """Only what browsers ask for: sources and styles before the build stay inside."""

    def find_file(self, url: str) -> Any:
        return super().find_file(url) if url.startswith(SERVED) else None

    def add_file_to_dictionary(self, url: str, path: str, stat_cache: Any = None) -> None:
        if url.startswith(SERVED):
            super().add_file_to_dictionary(url, path, stat_cache)

    def immutable_file_test(self, path: str, url: str) -> bool:
        return is_hashed(url)


def _add_headers(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["X-Robots-Tag"] = "noindex"


def _none(filename: str) -> NoReturn:
    abort(404)


def install(app: Flask) -> None:
    """Put the files in front of the application."""
    production = app.config["SETTINGS"].production
    # Flask's own route stays for `url_for`; whatever reaches it is none of the files to serve.
    app.view_functions["static"] = _none
    app.wsgi_app = _Files(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(STATIC),
        prefix="static/",
        autorefresh=not production,
        max_age=HOUR if production else 60,
        allow_all_origins=False,
        add_headers_function=_add_headers,
        charset="utf-8",
    )

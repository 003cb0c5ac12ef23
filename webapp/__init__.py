"""Encours: receivables shared by sales, after-sales and finance. `create_app` wires it."""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from typing import Any

from flask import Flask
from flask_smorest import Api
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import extensions
from webapp.config import ROOT, Settings
from webapp.core import (
    api_document,
    bus,
    logs,
    pages,
    postgres,
    redis_links,
    static_files,
    templating,
    web,
    worker,
)
from webapp.core import db as transactions

# Bottom up: a feature may import those before it (docs/rooms.md).
FEATURES = (
    "core",
    "files",
    "users",
    "clients",
    "invoices",
    "payments",
    "threads",
    "tasks",
    "credit_requests",
    "disputes",
    "promises",
    "visits",
    "risk",
    "limit_requests",
    "kpis",
    "imports",
    "exports",
    "home",
    "portfolio",
    "notifications",
    "sharing",
    "pwa",
    "sync",
    "demo",
)
ROLES = ("models", "subscribers", "jobs", "views", "api", "cli")


def create_app(settings: Settings | None = None, *, sockets: bool = False) -> Flask:
    """The application. `sockets` is true in the process that serves browsers.

    Never touches the schema: `script/server` and `flask db upgrade` do.
    """
    settings = settings or Settings.from_environ()
    logs.configure(production=settings.production)
    app = Flask(__name__, instance_path=str(settings.instance_path))
    app.config.from_mapping(_flask_config(settings, sockets))
    extensions.db.init_app(app)
    extensions.migrate.init_app(
        app, extensions.db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True
    )
    extensions.limiter.init_app(app)
    extensions.csrf.init_app(app)
    transactions.listen(app, busy_timeout_ms=0 if sockets else 5000)
    postgres.listen(app)
    extensions.compress.init_app(app)
    web.install(app)
    pages.install(app)
    templating.install(app)
    static_files.install(app)
    _wire_features(app)
    bus.install(app)
    worker.install_waker(app)
    _wire_realtime(app, settings, sockets)
    if settings.proxies:
        proxied = ProxyFix(
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
        app.wsgi_app = proxied  # type: ignore[method-assign]
    return app


def _flask_config(settings: Settings, sockets: bool) -> dict[str, Any]:
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.environment == "test",
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "hide_parameters": True,  # they would be in the message of an error, so in logs
            **postgres.engine_options(settings.database_url, serving=sockets),
        },
        "MAX_CONTENT_LENGTH": settings.upload_limit,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.production,
        "SESSION_COOKIE_NAME": "encours",
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_CHECK_DEFAULT": False,
        "BABEL_DEFAULT_LOCALE": "fr",
        "BABEL_TRANSLATION_DIRECTORIES": str(Path(__file__).parent / "translations"),
        "RATELIMIT_STORAGE_URI": settings.redis_url or "memory://",
        "RATELIMIT_STORAGE_OPTIONS": redis_links.patience() if settings.redis_url else {},
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": bool(settings.redis_url),
        "RATELIMIT_HEADERS_ENABLED": False,
        "COMPRESS_MIMETYPES": ["text/html", "application/json"],
        "COMPRESS_ALGORITHM": ["zstd", "br", "gzip"],
        "COMPRESS_REGISTER": False,  # core/web.py says which answers
        "COMPRESS_STREAMS": False,  # files: those that can be made smaller are already
        "API_TITLE": "Encours",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api/v1",
        "OPENAPI_JSON_PATH": "openapi.json",
        **settings.extra,
    }


def _wire_features(app: Flask) -> None:
    from webapp.users import web as users_web

    extensions.babel.init_app(app, locale_selector=users_web.choose_locale)
    pages.install_plurals(app)
    users_web.install(app)
    api = Api(app, spec_kwargs={"info": {"description": "Receivables of a company, for programs."}})
    web.answer_errors(app)  # flask-smorest has just registered its own
    for feature in FEATURES:
        for role in ROLES:
            module = _role(feature, role)
            if role == "views" and module is not None:
                app.register_blueprint(module.blueprint)
            elif role == "api" and hasattr(module, "blp"):
                api.register_blueprint(module.blp)
            elif role == "cli" and module is not None:
                module.register(app)
            if module is not None and hasattr(module, "install"):
                module.install(app)
    api_document.complete(api)
    app.extensions["encours.api"] = api


def _role(feature: str, role: str) -> Any:
    """A feature's role module, or None when the feature has no such role."""
    name = f"webapp.{feature}.{role}"
    if importlib.util.find_spec(f"webapp.{feature}") is None or importlib.util.find_spec(name) is None:
        return None
    return importlib.import_module(name)


def _wire_realtime(app: Flask, settings: Settings, sockets: bool) -> None:
    if importlib.util.find_spec("webapp.realtime.wiring") is not None:
        importlib.import_module("webapp.realtime.wiring").install(app, settings, sockets)

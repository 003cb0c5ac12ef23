"""Exports at work, in the worker: write one, forget old files."""

from __future__ import annotations

import logging
import uuid
from datetime import time, timedelta

from flask import current_app
from flask_babel import force_locale

from webapp.core.db import unit_of_work
from webapp.core.jobs import job
from webapp.core.schedule import every_day
from webapp.exports import services
from webapp.exports.models import Export
from webapp.extensions import db
from webapp.users.queries import find_user_actor

log = logging.getLogger(__name__)
FOLDER = "exports"


@job("exports.write", lease=timedelta(minutes=30))
def write(export_id: str) -> None:
    row = db.session.get_one(Export, uuid.UUID(export_id))
    actor = find_user_actor(row.created_by)
    folder = current_app.config["SETTINGS"].instance_path / FOLDER
    try:
        with force_locale(actor.locale if actor else "fr"):
            services.run_export(actor, row.id, folder, unit_of_work)
    except Exception:
        db.session.rollback()
        log.exception("export %s failed", export_id)
        with unit_of_work():
            services.give_up(uuid.UUID(export_id), folder)


@job("exports.discard")
def discard() -> None:
    with unit_of_work():
        services.discard_old_files()


every_day("exports.discard", time(4, 10))

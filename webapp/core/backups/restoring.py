"""Putting a copy back: everything is checked before anything is touched."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import flask_migrate
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from flask import current_app

from webapp.config import Settings
from webapp.core import instance_lock
from webapp.core.backups import archive, kept, postgres, sqlite
from webapp.core.backups.making import workplace
from webapp.core.backups.manifest import BackupError, Manifest
from webapp.core.clock import now
from webapp.core.db import unit_of_work

Say = Callable[[str], None]


def restore(settings: Settings, source: Path, *, replace: bool, say: Say) -> bool:
    """Put the copy in place, migrate it, run every registered check; true when all found nothing.

    Raises BackupError with nothing touched when the copy is damaged, of another kind of database or
    newer than this code, when something stands in the target and `replace` is false, or while a
    server or a worker runs on it.
    """
    instance = settings.instance_path
    try:
        with instance_lock.alone(instance), workplace(instance, "restore") as folder:
            facts = archive.unpack(source, folder)
            _refuse_unusable(settings, facts)
            _refuse_target(settings, replace)
            aside = instance / f"replaced-{now():%Y%m%dT%H%M%SZ}" if replace else None
            _put(settings, facts, folder, aside)
            if aside is not None and aside.exists():
                say(f"What stood there before is in {aside}; delete it when you no longer need it.")
            say(f"Restored: version {facts.version}, made {facts.made_at}, {sum(facts.rows.values())} rows.")
            return _finish(instance, facts, say)
    except instance_lock.InUse as error:
        raise BackupError(str(error)) from error


def _refuse_unusable(settings: Settings, facts: Manifest) -> None:
    kind = "sqlite" if settings.sqlite else "postgresql"
    if facts.database != kind:
        raise BackupError(
            f"this backup was made from {facts.database}, DATABASE_URL names {kind}: a copy does not move"
            " from one kind of database to the other"
        )
    config = current_app.extensions["migrate"].migrate.get_config()
    try:
        ScriptDirectory.from_config(config).get_revision(facts.revision)
    except CommandError as error:
        raise BackupError(
            f"this backup has schema {facts.revision} (version {facts.version}), which this code does not"
            " know: install that version or a newer one first"
        ) from error


def _refuse_target(settings: Settings, replace: bool) -> None:
    if not settings.sqlite:
        postgres.require_quiet()
    empty = sqlite.is_empty() if settings.sqlite else postgres.is_empty()
    # At a desk the key is made at every start, this one included: it says nothing.
    standing = [str(path) for path in kept.files(settings.instance_path) if str(path) != kept.SECRET_KEY]
    if replace or (empty and not standing):
        return
    what = "the database holds tables" if not empty else f"{standing[0]} stands in the instance folder"
    raise BackupError(f"{what}: --replace puts the backup in its place")


def _put(settings: Settings, facts: Manifest, folder: Path, aside: Path | None) -> None:
    """Move everything into place; what it replaces goes `aside`."""
    unpacked = folder / archive.DATABASE_PARTS[facts.database]
    if settings.sqlite:
        sqlite.check(unpacked, facts.rows)
        sqlite.put(unpacked, aside)
    else:
        postgres.put(unpacked, facts.rows)
    for name in kept.names():
        _exchange(folder / archive.INSTANCE / name, settings.instance_path / name, aside)


def _exchange(fresh: Path, place: Path, aside: Path | None) -> None:
    """`fresh` was unpacked on the same disk, so that these are renames."""
    # A copy made with SECRET_KEY in the environment holds none: the one here stays.
    if aside is not None and place.exists() and (fresh.exists() or place.name != kept.SECRET_KEY):
        aside.mkdir(mode=0o700, exist_ok=True)
        shutil.move(place, aside / place.name)
    if fresh.exists():
        os.replace(fresh, place)


def _finish(instance: Path, facts: Manifest, say: Say) -> bool:
    flask_migrate.upgrade()
    with unit_of_work():
        for move in kept.movers():
            move(instance)
    faults = 0
    for name, check in kept.checks().items():
        verdict = check()
        say(f"{name}: {verdict.summary}")
        for fault in verdict.faults:
            say(f"  {fault}")
        faults += len(verdict.faults)
    return faults == 0

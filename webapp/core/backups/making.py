"""Making a copy: the database first, then the files it may name, then one rename."""

from __future__ import annotations

import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from webapp.config import Settings
from webapp.core.backups import archive, kept, postgres, sqlite
from webapp.core.backups.manifest import BackupError, Manifest, product_version
from webapp.core.clock import now

FULL = (errno.ENOSPC, errno.EDQUOT)


def make(settings: Settings, target: Path) -> Manifest:
    """Write the copy to `target` (mode 0600) while the server runs; one that was there is replaced.

    The file appears whole or not at all. Raises BackupError with the reason.
    """
    target = target.resolve()
    kind = "sqlite" if settings.sqlite else "postgresql"
    with workplace(target.parent, "backup") as folder:
        copied = (sqlite if settings.sqlite else postgres).snapshot(folder)
        facts = Manifest(
            version=product_version(),
            revision=copied.revision,
            database=kind,
            made_at=now().isoformat(timespec="seconds").replace("+00:00", "Z"),
            rows=copied.rows,
        )
        draft = folder / "backup.tar.gz"
        instance = settings.instance_path
        whole = archive.write(draft, facts, copied.file, instance, kept.files(instance))
        os.replace(draft, target)
        _settle(target.parent)
    return whole


def left_out(settings: Settings) -> list[str]:
    """Names in the instance folder that no feature asked to keep, the database apart."""
    database = sqlite.path().name if settings.sqlite else None
    return [
        path.name
        for path in sorted(settings.instance_path.iterdir())
        if not kept.is_kept(path.name) and (database is None or not path.name.startswith(database))
    ]


@contextmanager
def workplace(parent: Path, purpose: str) -> Iterator[Path]:
    """A private folder below `parent`, gone afterwards; a full disk becomes a BackupError that says so."""
    try:
        with tempfile.TemporaryDirectory(prefix=f".encours-{purpose}-", dir=parent) as name:
            yield Path(name)
    except OSError as error:
        if error.errno in FULL:
            raise BackupError(f"the disk under {parent} is full; nothing was left there") from error
        raise BackupError(f"{error.filename or parent}: {error.strerror or error}") from error
    except sqlite3.Error as error:
        if "full" in str(error):
            raise BackupError(f"the disk under {parent} is full; nothing was left there") from error
        raise BackupError(f"the database cannot be copied: {error}") from error


def _settle(folder: Path) -> None:
    """The rename itself survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""The file of a copy: a gzipped tar of plain files, its manifest last, so that a cut one has none.

Nothing in a tar is trusted: names, kinds and sizes are checked before a byte is written, and what
is unpacked lands in a folder of its own.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO

from webapp.core.backups import kept, manifest
from webapp.core.backups.manifest import BackupError, Manifest, Part

DATABASE_PARTS = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
INSTANCE = "instance"
LEVEL = 6
BLOCK = 1024 * 1024
LARGEST_MANIFEST = 64 * 1024 * 1024


class _Digest:
    """A file that digests what is read from it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def read(self, size: int) -> bytes:
        block = self._file.read(size)
        self._hash.update(block)
        return block

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def write(target: Path, facts: Manifest, database: Path, instance: Path, files: Iterable[Path]) -> Manifest:
    """Write the tar, readable by its owner alone; the manifest with its parts.

    A file that vanishes meanwhile is left out: what the database at that instant needs is only
    deleted days after it was last needed.
    """
    parts: dict[str, Part] = {}
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as raw:
        with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=LEVEL) as tar:
            name = DATABASE_PARTS[facts.database]
            parts[name] = _add(tar, name, database)
            for path in files:
                try:
                    parts[f"{INSTANCE}/{path.as_posix()}"] = _add(
                        tar, f"{INSTANCE}/{path.as_posix()}", instance / path
                    )
                except FileNotFoundError:
                    continue
            whole = replace(facts, parts=parts)
            _add_bytes(tar, manifest.NAME, whole.to_json())
        raw.flush()
        os.fsync(raw.fileno())
    return whole


def _add(tar: tarfile.TarFile, name: str, path: Path) -> Part:
    with path.open("rb") as file:
        info = tarfile.TarInfo(name)
        info.size, info.mode = os.fstat(file.fileno()).st_size, 0o600
        reader = _Digest(file)
        tar.addfile(info, reader)  # type: ignore[arg-type]  # it only reads
    return Part(info.size, reader.hexdigest())


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    tar.addfile(info, io.BytesIO(content))


def unpack(source: Path, folder: Path) -> Manifest:
    """Unpack into `folder` and compare every digest. Raises BackupError; nothing else is touched."""
    try:
        with gzip.open(source) as stream, tarfile.open(fileobj=stream, mode="r:") as tar:
            found, content = _unpack(tar, folder)
            while stream.read(BLOCK):  # to the end: the checksum of the whole stands there
                pass
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BackupError(f"{source} is damaged or no backup: {error}") from error
    if content is None:
        raise BackupError(f"{source} is cut off or no backup: it has no manifest")
    facts = manifest.read(content)
    _compare(facts, found)
    return facts


def _unpack(tar: tarfile.TarFile, folder: Path) -> tuple[dict[str, Part], bytes | None]:
    found: dict[str, Part] = {}
    content: bytes | None = None
    for member in tar:
        if content is not None or member.name in found:
            raise BackupError(f"this backup was tampered with: {member.name!r} does not belong in it")
        _check(member)
        file = tar.extractfile(member)
        assert file is not None  # a plain file, as `_check` saw
        if member.name == manifest.NAME:
            content = file.read(LARGEST_MANIFEST)
        else:
            found[member.name] = _keep(file, member, folder)
    return found, content


def _check(member: tarfile.TarInfo) -> None:
    """Plain files under the names a copy has; no links, devices, absolute names or ways up."""
    path = PurePosixPath(member.name)
    known = member.name in (manifest.NAME, *DATABASE_PARTS.values()) or (
        path.parts[:1] == (INSTANCE,) and len(path.parts) > 1 and kept.is_kept("/".join(path.parts[1:]))
    )
    plain = member.isreg() and ".." not in path.parts and "\\" not in member.name
    if not (known and plain and str(path) == member.name):
        raise BackupError(f"this backup was tampered with: {member.name!r} does not belong in it")


def _keep(file: IO[bytes], member: tarfile.TarInfo, folder: Path) -> Part:
    if member.size > shutil.disk_usage(folder).free:
        raise BackupError(f"not enough room under {folder.parent} to unpack this backup; nothing was touched")
    path = folder / member.name
    path.parent.mkdir(parents=True, exist_ok=True)
    reader = _Digest(file)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        while block := reader.read(BLOCK):
            target.write(block)
        target.flush()
        os.fsync(target.fileno())
    return Part(member.size, reader.hexdigest())


def _compare(facts: Manifest, found: dict[str, Part]) -> None:
    if DATABASE_PARTS[facts.database] not in found:
        raise BackupError("this backup holds no database")
    for name in sorted(facts.parts.keys() | found.keys()):
        if facts.parts.get(name) != found.get(name):
            raise BackupError(f"this backup is damaged: {name} is not what the manifest says")

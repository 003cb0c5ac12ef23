"""Who may read a stored file: its owner while it hangs on nothing, else who may read its subject.

Features above register what files hang on; this one knows nobody's role.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from webapp.files.models import StoredFile


class Asker(Protocol):
    """Whoever asks."""

    @property
    def user_id(self) -> uuid.UUID: ...


@dataclass(frozen=True)
class SubjectKind:
    """What a file may hang on. `may_read(asker, subject_id)` is asked at each reading;
    `note_reading(asker, subject_id)`, in a transaction, when that must be logged: it says whether it was."""

    may_read: Callable[[Any, uuid.UUID], bool]
    must_note: Callable[[Any, uuid.UUID], bool] = lambda _asker, _subject_id: False
    note_reading: Callable[[Any, uuid.UUID], None] = lambda _asker, _subject_id: None


_kinds: dict[str, SubjectKind] = {}


def register(subject_type: str, kind: SubjectKind) -> None:
    """Make a kind of thing something files can hang on."""
    _kinds[subject_type] = kind


def kind_of(file: StoredFile) -> SubjectKind | None:
    """What the file hangs on; None when nothing."""
    return _kinds[file.subject_type] if file.subject_type is not None else None


def may_read(asker: Asker, file: StoredFile) -> bool:
    """May this person have the file's content?"""
    kind = kind_of(file)
    if kind is None or file.subject_id is None:
        return file.owner_id == asker.user_id
    return kind.may_read(asker, file.subject_id)

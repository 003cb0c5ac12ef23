"""What belongs in a copy beside the database, and how features look at what was restored.

The ground floor knows no feature: each registers its files and its checks when it is wired.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

SECRET_KEY = "secret_key"  # nosec B105 # the name of a file
_names: set[str] = {SECRET_KEY}
_checks: dict[str, Callable[[], Verdict]] = {}
_movers: dict[str, Callable[[Path], None]] = {}


@dataclass(frozen=True)
class Verdict:
    """What a check found: one line for people, and every fault."""

    summary: str
    faults: list[str] = field(default_factory=list)


def keep_in_backups(name: str) -> None:
    """Copy this file or folder of the instance folder with every backup."""
    _names.add(name)


def check_after_restore(name: str, check: Callable[[], Verdict]) -> None:
    """Run `check` on what was restored and show its verdict under `name`."""
    _checks[name] = check


def move_after_restore(name: str, move: Callable[[Path], None]) -> None:
    """Call `move(instance)` in a transaction after a restore: rows that name a place say the new one."""
    _movers[name] = move


def names() -> list[str]:
    """The files and folders of the instance folder that belong in a copy."""
    return sorted(_names)


def files(instance: Path) -> list[Path]:
    """Every kept file that exists now, relative to the instance folder."""
    found: list[Path] = []
    for name in names():
        top = instance / name
        paths = sorted(top.rglob("*")) if top.is_dir() else [top]
        found += [path.relative_to(instance) for path in paths if path.is_file() and not path.is_symlink()]
    return found


def is_kept(relative: str) -> bool:
    """Whether a name below the instance folder is one a copy may hold."""
    return relative.split("/", 1)[0] in _names


def checks() -> dict[str, Callable[[], Verdict]]:
    """The registered checks by name."""
    return dict(_checks)


def movers() -> list[Callable[[Path], None]]:
    """The registered movers."""
    return list(_movers.values())

"""Work that would stop an event loop (hashing, large JSON, TLS set-up) goes through here.

`wsgi.py`, which alone knows the engine, installs a runner that uses a real thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
_runner: Callable[..., Any] | None = None
_give_way: Callable[[], object] | None = None


def install(runner: Callable[..., Any], give_way: Callable[[], object]) -> None:
    """Use `runner(function, *args, **kwargs)` and `give_way()` from now on."""
    global _runner, _give_way
    _runner, _give_way = runner, give_way


def give_way() -> None:
    """Let others run before going on; nothing where every task has a thread of its own."""
    if _give_way is not None:
        _give_way()


def run_blocking(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call `function` without stopping the loop; returns its result, raises what it raises."""
    if _runner is None:
        return function(*args, **kwargs)
    result: T = _runner(function, *args, **kwargs)
    return result

"""Every route of the application, with an address that fits it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import AnyConverter, BaseConverter, Rule

SAMPLES = {
    "UUIDConverter": "01a2015e-0000-7000-8000-000000000000",
    "IntegerConverter": 1,
    "PathConverter": "nowhere/x",
}
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Route:
    """One method of one rule."""

    endpoint: str
    method: str
    path: str

    @property
    def api(self) -> bool:
        return self.path.startswith("/api/")

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def path_of(app: Flask, rule: Rule) -> str:
    values = {name: _sample(converter) for name, converter in rule._converters.items()}
    built = rule.build(values)
    assert built is not None, rule.rule
    return built[1]


def _sample(converter: BaseConverter) -> object:
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return SAMPLES.get(type(converter).__name__, "x")


def routes(app: Flask, *methods: str) -> Iterator[Route]:
    """Routes that answer one of `methods`, static files aside."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & set(methods)):
            if rule.endpoint != "static":
                yield Route(rule.endpoint, method, path_of(app, rule))

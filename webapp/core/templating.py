"""Rendering that lets others run: a long page is made in turns, not in one stretch."""

from __future__ import annotations

from typing import Any

from flask import Flask
from jinja2 import Template

from webapp.core.offload import give_way

PARTS_IN_A_TURN = 150


class PatientTemplate(Template):
    """A template whose `render` gives way now and then."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        """The page as text; raises what the template raises, with its own lines in the traceback."""
        context = self.new_context(dict(*args, **kwargs))
        parts: list[str] = []
        try:
            for part in self.root_render_func(context):
                parts.append(part)
                if len(parts) % PARTS_IN_A_TURN == 0:
                    give_way()
        except Exception:
            self.environment.handle_exception()
        return self.environment.concat(parts)  # type: ignore[attr-defined, no-any-return]


def install(app: Flask) -> None:
    """Called once by `create_app`, before any template is loaded."""
    app.jinja_env.template_class = PatientTemplate

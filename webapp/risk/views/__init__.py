"""Pages about alerts, limits and guarantees."""

from webapp.risk.views import alerts, guarantees, limits
from webapp.risk.views.shell import blueprint

__all__ = ["alerts", "blueprint", "guarantees", "limits"]

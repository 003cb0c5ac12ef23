"""Pages about clients: the list, the sheet and its tabs, the forms, groups and merges, settings."""

from webapp.clients.views import editing, index, panels, parts, relations, settings, sheet
from webapp.clients.views.shell import blueprint

__all__ = ["blueprint", "editing", "index", "panels", "parts", "relations", "settings", "sheet"]

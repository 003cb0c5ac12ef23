"""Pages of visits: the report in three taps, what was reported, facts, their kinds."""

from webapp.visits.views import facts, kinds, recording, show
from webapp.visits.views.shell import blueprint

__all__ = ["blueprint", "facts", "kinds", "recording", "show"]

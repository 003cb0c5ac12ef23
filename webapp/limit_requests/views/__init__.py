"""Pages of limit requests, and of who decides on them in whose place."""

from webapp.limit_requests.views import delegations, requests
from webapp.limit_requests.views.shell import blueprint

__all__ = ["blueprint", "delegations", "requests"]

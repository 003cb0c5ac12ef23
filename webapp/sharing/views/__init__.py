"""Pages of accesses: the client's own, and ours where they are given and ended."""

from webapp.sharing.views import access, guest
from webapp.sharing.views.shell import blueprint

__all__ = ["access", "blueprint", "guest"]

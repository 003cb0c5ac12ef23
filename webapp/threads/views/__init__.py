"""Pages of threads: my conversations, a thread, what is written in it, who follows it."""

from webapp.threads.views import followers, looking, pages, writing
from webapp.threads.views.shell import blueprint

__all__ = ["blueprint", "followers", "looking", "pages", "writing"]

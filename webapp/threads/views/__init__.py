"""Pages of threads: my conversations, a thread, what is written in it, who follows it, now and by default."""

from webapp.threads.views import defaults, followers, looking, pages, writing
from webapp.threads.views.shell import blueprint

__all__ = ["blueprint", "defaults", "followers", "looking", "pages", "writing"]

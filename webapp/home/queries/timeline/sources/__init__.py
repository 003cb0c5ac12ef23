"""Each kind of happening as one statement of the same columns, so that they can be stacked."""

from webapp.home.queries.timeline.sources.acts import ACTS
from webapp.home.queries.timeline.sources.books import BOOKS
from webapp.home.queries.timeline.sources.field import FIELD
from webapp.home.queries.timeline.sources.sheet import SHEET, edit_of
from webapp.home.queries.timeline.sources.talk import TALK

SOURCES = (*BOOKS, *ACTS, *FIELD, *TALK, *SHEET)

__all__ = ["SOURCES", "edit_of"]

"""Pure decisions about what pages put together."""

from webapp.home.rules.lines import FLAGS, INSOLVENT, ORDINARY, OVER_LIMIT, flags_of, rank_of

__all__ = ["FLAGS", "INSOLVENT", "ORDINARY", "OVER_LIMIT", "flags_of", "rank_of"]

"""Reads of disputes, inside the actor's scope."""

from webapp.disputes.queries.lines import (
    DisputeLine,
    cards,
    find_dispute,
    get_dispute,
    list_of_client,
    list_of_invoice,
    open_credits,
)
from webapp.disputes.queries.listing import (
    BOARD_STATES,
    SETTLED_DAYS,
    Column,
    Wanted,
    board,
    list_disputes,
    list_facts,
    position_of,
    read_position,
)
from webapp.disputes.queries.reasons import find_reason, list_reasons
from webapp.disputes.queries.sums import Contested, contested_of, disputed_amounts

__all__ = [
    "BOARD_STATES",
    "SETTLED_DAYS",
    "Column",
    "Contested",
    "DisputeLine",
    "Wanted",
    "board",
    "cards",
    "contested_of",
    "disputed_amounts",
    "find_dispute",
    "find_reason",
    "get_dispute",
    "list_disputes",
    "list_facts",
    "list_of_client",
    "list_of_invoice",
    "list_reasons",
    "open_credits",
    "position_of",
    "read_position",
]

"""Reads of limit requests, inside the actor's scope and only for who sees limits."""

from webapp.limit_requests.queries.delegations import (
    DelegationLine,
    authority_for,
    givers_to,
    list_delegations,
    list_takers,
    parties,
    takers_of,
)
from webapp.limit_requests.queries.evidence import Evidence, find_evidence, list_evidence
from webapp.limit_requests.queries.lines import (
    RequestLine,
    StepLine,
    get_request,
    list_requests,
    list_steps,
)

__all__ = [
    "DelegationLine",
    "Evidence",
    "RequestLine",
    "StepLine",
    "authority_for",
    "find_evidence",
    "get_request",
    "givers_to",
    "list_delegations",
    "list_evidence",
    "list_requests",
    "list_steps",
    "list_takers",
    "parties",
    "takers_of",
]

"""Verbs of requests for a credit note: ask, grant, decline, settle."""

from webapp.credit_requests.services.answering import decline, grant, settle
from webapp.credit_requests.services.asking import Draft, ask_credit

__all__ = ["Draft", "ask_credit", "decline", "grant", "settle"]

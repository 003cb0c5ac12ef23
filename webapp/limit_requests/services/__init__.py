"""Verbs about limit requests."""

from webapp.limit_requests.services.asking import Draft, answer_question, submit_request, withdraw_request
from webapp.limit_requests.services.deciding import Decision, decide_request
from webapp.limit_requests.services.delegating import delegate, end_delegation
from webapp.limit_requests.services.recording import keep_record
from webapp.limit_requests.services.waiting import escalate_unanswered, expire_forgotten

__all__ = [
    "Decision",
    "Draft",
    "answer_question",
    "decide_request",
    "delegate",
    "end_delegation",
    "escalate_unanswered",
    "expire_forgotten",
    "keep_record",
    "submit_request",
    "withdraw_request",
]

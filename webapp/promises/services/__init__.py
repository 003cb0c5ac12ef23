"""Verbs of promises: take, replace, withdraw, judge."""

from webapp.promises.services.judging import judge, judge_due
from webapp.promises.services.taking import Draft, take_promise
from webapp.promises.services.withdrawing import cancel_promise, replace_promise

__all__ = ["Draft", "cancel_promise", "judge", "judge_due", "replace_promise", "take_promise"]

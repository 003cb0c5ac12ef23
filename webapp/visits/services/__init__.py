"""Verbs of visits: report on one, judge and attach facts, sign an acknowledgement and put it on paper."""

from webapp.visits.services.acknowledging import Signed, keep_paper
from webapp.visits.services.judging import confirm_fact, end_fact
from webapp.visits.services.kinds import save_kind, set_stamp
from webapp.visits.services.linking import attach_fact, detach_fact
from webapp.visits.services.recording import Report, Said, Seen, record_visit

__all__ = [
    "Report",
    "Said",
    "Seen",
    "Signed",
    "attach_fact",
    "confirm_fact",
    "detach_fact",
    "end_fact",
    "keep_paper",
    "record_visit",
    "save_kind",
    "set_stamp",
]

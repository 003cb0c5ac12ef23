"""Verbs of threads: say, reword, take back, react, read, follow."""

from webapp.threads.services.changing import delete_message, edit_message, react
from webapp.threads.services.defaults import set_default_followers
from webapp.threads.services.followers import add_follower, remove_follower
from webapp.threads.services.following import mark_read, set_follow_level
from webapp.threads.services.indexing import index_messages
from webapp.threads.services.news import tell_of_loss, tell_of_money, tell_of_return, tell_threads
from webapp.threads.services.posting import (
    Act,
    Draft,
    post_act,
    post_message,
    post_messages,
    post_system_line,
)
from webapp.threads.services.replaying import check_first_wording

__all__ = [
    "Act",
    "Draft",
    "add_follower",
    "check_first_wording",
    "delete_message",
    "edit_message",
    "index_messages",
    "mark_read",
    "post_act",
    "post_message",
    "post_messages",
    "post_system_line",
    "react",
    "remove_follower",
    "set_default_followers",
    "set_follow_level",
    "tell_of_loss",
    "tell_of_money",
    "tell_of_return",
    "tell_threads",
]

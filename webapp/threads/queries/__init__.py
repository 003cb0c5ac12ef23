"""Reads of threads: pages of messages, conversations, who follows, who may read."""

from webapp.threads.queries.conversations import (
    FILTERS,
    count_unread,
    count_waiting,
    list_conversations,
    unread_count,
    unread_figure,
)
from webapp.threads.queries.exchange import Talk, client_threads_of, interleave, read_both
from webapp.threads.queries.history import list_readers, list_versions
from webapp.threads.queries.links import list_links
from webapp.threads.queries.messages import (
    find_last_seq,
    find_message,
    get_act,
    get_page,
    get_visible_message,
    keep_fresh,
    present,
    present_one,
    presented,
    read_page,
)
from webapp.threads.queries.people import (
    DEFAULT_FOLLOWERS,
    Standing,
    default_following,
    find_member,
    find_standing,
    list_followers,
    list_following,
    list_mentionable,
    readers,
    readers_among,
    resolve_groups,
    resolve_handles,
)
from webapp.threads.queries.searching import search_thread

__all__ = [
    "DEFAULT_FOLLOWERS",
    "FILTERS",
    "Standing",
    "Talk",
    "client_threads_of",
    "count_unread",
    "count_waiting",
    "default_following",
    "find_last_seq",
    "find_member",
    "find_message",
    "find_standing",
    "get_act",
    "get_page",
    "get_visible_message",
    "interleave",
    "keep_fresh",
    "list_conversations",
    "list_followers",
    "list_following",
    "list_links",
    "list_mentionable",
    "list_readers",
    "list_versions",
    "present",
    "present_one",
    "presented",
    "read_both",
    "read_page",
    "readers",
    "readers_among",
    "resolve_groups",
    "resolve_handles",
    "search_thread",
    "unread_count",
    "unread_figure",
]

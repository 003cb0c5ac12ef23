"""Reads of threads: pages of messages, conversations, who follows, who may read."""

from webapp.threads.queries.conversations import count_unread, list_conversations, unread_count
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
    Standing,
    find_member,
    find_standing,
    list_followers,
    list_mentionable,
    readers,
    readers_among,
    resolve_groups,
    resolve_handles,
)
from webapp.threads.queries.searching import search_thread
from webapp.threads.queries.subjects import get_invoice_page

__all__ = [
    "Standing",
    "count_unread",
    "find_last_seq",
    "find_member",
    "find_message",
    "find_standing",
    "get_act",
    "get_invoice_page",
    "get_page",
    "get_visible_message",
    "keep_fresh",
    "list_conversations",
    "list_followers",
    "list_links",
    "list_mentionable",
    "list_readers",
    "list_versions",
    "present",
    "present_one",
    "presented",
    "read_page",
    "readers",
    "readers_among",
    "resolve_groups",
    "resolve_handles",
    "search_thread",
    "unread_count",
]

"""Who may have a list as a file, and read one that was made: who asked, as long as nothing changed."""

from __future__ import annotations

import hashlib

from webapp.exports.definitions import Listing, find_listing
from webapp.exports.models import Export
from webapp.users.actor import Actor
from webapp.users.policy import may


def may_export(actor: Actor, listing: Listing) -> bool:
    """Whoever reads the list may have it as a file, with the columns they see."""
    return may(actor, listing.right)


def scope_of(actor: Actor) -> str:
    """A fingerprint of what the actor may see: role and branches."""
    branches = ",".join(sorted(branch.hex for branch in actor.branch_ids))
    return hashlib.sha256(f"{actor.role}|{actor.branch_id.hex}|{branches}".encode()).hexdigest()


def may_open(actor: Actor, export: Export) -> bool:
    """Its own file, of a list still allowed, with the role and the branches it was made for."""
    listing = find_listing(export.listing)
    mine = export.created_by == actor.user_id and export.scope == scope_of(actor)
    return mine and listing is not None and may_export(actor, listing)

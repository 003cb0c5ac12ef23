"""the wall: threads for the client, messages from outside, accesses given, mails to send

Revision ID: w1
Revises: d1
Create Date: 2026-11-25 09:30:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "w1"
down_revision = "d1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("threads", sa.Column("subject_id", sa.Uuid(), nullable=True))
    op.execute("UPDATE threads SET subject_id = id")
    with op.batch_alter_table("threads") as batch:
        batch.alter_column("subject_id", existing_type=sa.Uuid(), nullable=False)
        batch.add_column(sa.Column("audience", sa.String(length=8), nullable=False, server_default="internal"))
        batch.add_column(sa.Column("guest_read_seq", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("messages", sa.Column("grant_id", sa.Uuid(), nullable=True))
    op.add_column("messages", sa.Column("guest_name", sa.String(length=120), nullable=True))
    written = sa.text("grant_id IS NOT NULL")
    op.create_index(
        "ix_messages_grant",
        "messages",
        ["grant_id", "client_id"],
        unique=True,
        sqlite_where=written,
        postgresql_where=written,
    )
    _make_accesses()


def _make_accesses() -> None:
    op.create_table(
        "access_grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.Column("codes_asked", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_access_grants_client_id_clients")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_access_grants_created_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_grants")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_access_grants_token_hash")),
    )
    op.create_index(op.f("ix_access_grants_client_id"), "access_grants", ["client_id"])
    op.create_table(
        "mail_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["access_grants.id"], name=op.f("fk_mail_deliveries_grant_id_access_grants")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_mail_deliveries_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_deliveries")),
        sa.UniqueConstraint(
            "grant_id", "message_id", name=op.f("uq_mail_deliveries_grant_id_message_id")
        ),
    )


def downgrade() -> None:
    """What clients read and wrote goes with the wall: put back in the team's threads it would be confused."""
    op.drop_table("mail_deliveries")
    op.drop_index(op.f("ix_access_grants_client_id"), table_name="access_grants")
    op.drop_table("access_grants")
    walled = "SELECT id FROM threads WHERE audience = 'client'"
    spoken = f"SELECT id FROM messages WHERE thread_id IN ({walled})"  # nosec B608 # our own words
    op.execute(f"DELETE FROM reactions WHERE message_id IN ({spoken})")  # nosec B608
    op.execute(f"DELETE FROM message_versions WHERE message_id IN ({spoken})")  # nosec B608
    op.execute(f"UPDATE messages SET reply_to = NULL WHERE thread_id IN ({walled})")  # nosec B608
    op.execute(f"DELETE FROM messages WHERE thread_id IN ({walled})")  # nosec B608
    op.execute(f"DELETE FROM thread_members WHERE thread_id IN ({walled})")  # nosec B608
    op.execute("DELETE FROM threads WHERE audience = 'client'")
    op.drop_index("ix_messages_grant", table_name="messages")
    with op.batch_alter_table("messages") as batch:
        batch.drop_column("guest_name")
        batch.drop_column("grant_id")
    with op.batch_alter_table("threads") as batch:
        batch.drop_column("guest_read_seq")
        batch.drop_column("audience")
        batch.drop_column("subject_id")

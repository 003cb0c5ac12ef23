"""the client sheet: identity, parts, documents with files, custom fields, groups, merges

Revision ID: s1
Revises: i4
Create Date: 2026-11-22 09:50:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "s1"
down_revision = "i4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "custom_fields",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("valid_days", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("valid_days IS NULL OR valid_days > 0", name=op.f("ck_custom_fields_valid_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_fields")),
    )
    op.create_table(
        "stored_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("subject_type", sa.String(length=30), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("loose_since", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(subject_id IS NULL) = (loose_since IS NOT NULL)", name=op.f("ck_stored_files_loose")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_files")),
    )
    with op.batch_alter_table("stored_files") as batch:
        batch.create_index("ix_stored_files_loose", ["loose_since"], unique=False)
        batch.create_index("ix_stored_files_owner", ["owner_id", "loose_since"], unique=False)
        batch.create_index(batch.f("ix_stored_files_sha256"), ["sha256"], unique=False)

    op.create_table(
        "client_addresses",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=True),
        sa.Column("street", sa.String(length=200), nullable=True),
        sa.Column("postcode", sa.String(length=12), nullable=True),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_client_addresses_client_id_clients")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_addresses")),
    )
    with op.batch_alter_table("client_addresses") as batch:
        batch.create_index(batch.f("ix_client_addresses_client_id"), ["client_id"], unique=False)

    op.create_table(
        "client_bank_accounts",
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=True),
        sa.Column("masked", sa.String(length=20), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=True),
        sa.Column("bank", sa.String(length=120), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_client_bank_accounts_client_id_clients")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_bank_accounts")),
        sa.UniqueConstraint("client_id", "iban", name=op.f("uq_client_bank_accounts_client_id_iban")),
    )
    with op.batch_alter_table("client_bank_accounts") as batch:
        batch.create_index(batch.f("ix_client_bank_accounts_client_id"), ["client_id"], unique=False)

    op.create_table(
        "client_contacts",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("job", sa.String(length=120), nullable=True),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("preferred", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_client_contacts_client_id_clients")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_contacts")),
    )
    with op.batch_alter_table("client_contacts") as batch:
        batch.create_index(batch.f("ix_client_contacts_client_id"), ["client_id"], unique=False)

    op.create_table(
        "client_documents",
        sa.Column("kind", sa.String(length=14), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("version", sa.String(length=40), nullable=True),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_client_documents_client_id_clients")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_client_documents_file_id_stored_files")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_documents")),
        sa.UniqueConstraint("file_id", name=op.f("uq_client_documents_file_id")),
    )
    with op.batch_alter_table("client_documents") as batch:
        batch.create_index(batch.f("ix_client_documents_client_id"), ["client_id"], unique=False)

    op.create_table(
        "client_merges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("loser_id", sa.Uuid(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["loser_id"], ["clients.id"], name=op.f("fk_client_merges_loser_id_clients")),
        sa.ForeignKeyConstraint(
            ["survivor_id"], ["clients.id"], name=op.f("fk_client_merges_survivor_id_clients")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_merges")),
    )
    with op.batch_alter_table("client_merges") as batch:
        batch.create_index(batch.f("ix_client_merges_loser_id"), ["loser_id"], unique=False)
        batch.create_index(batch.f("ix_client_merges_survivor_id"), ["survivor_id"], unique=False)

    op.create_table(
        "client_references",
        sa.Column("company", sa.String(length=200), nullable=False),
        sa.Column("person", sa.String(length=120), nullable=True),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("heard_on", sa.Date(), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_client_references_client_id_clients")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_references")),
    )
    with op.batch_alter_table("client_references") as batch:
        batch.create_index(batch.f("ix_client_references_client_id"), ["client_id"], unique=False)

    op.create_table(
        "client_signatories",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("capacity", sa.String(length=120), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("ceiling", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ceiling IS NULL OR ceiling >= 0", name=op.f("ck_client_signatories_ceiling")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_client_signatories_client_id_clients")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_signatories")),
    )
    with op.batch_alter_table("client_signatories") as batch:
        batch.create_index(batch.f("ix_client_signatories_client_id"), ["client_id"], unique=False)

    op.create_table(
        "custom_values",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("field_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.String(length=400), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_custom_values_client_id_clients")
        ),
        sa.ForeignKeyConstraint(
            ["field_id"], ["custom_fields.id"], name=op.f("fk_custom_values_field_id_custom_fields")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_values")),
        sa.UniqueConstraint("client_id", "field_id", name=op.f("uq_custom_values_client_id_field_id")),
    )
    with op.batch_alter_table("custom_values") as batch:
        batch.create_index(batch.f("ix_custom_values_field_id"), ["field_id"], unique=False)

    with op.batch_alter_table("clients") as batch:
        batch.add_column(sa.Column("rcs", sa.String(length=60), nullable=True))
        batch.add_column(sa.Column("naf", sa.String(length=6), nullable=True))
        batch.add_column(sa.Column("legal_form", sa.String(length=60), nullable=True))
        batch.add_column(sa.Column("founded_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("language", sa.String(length=2), nullable=False, server_default="fr"))
        batch.add_column(sa.Column("parent_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("merged_into_id", sa.Uuid(), nullable=True))
        batch.create_index(batch.f("ix_clients_merged_into_id"), ["merged_into_id"], unique=False)
        batch.create_index(batch.f("ix_clients_parent_id"), ["parent_id"], unique=False)
        batch.create_foreign_key(batch.f("fk_clients_parent_id_clients"), "clients", ["parent_id"], ["id"])
        batch.create_foreign_key(
            batch.f("fk_clients_merged_into_id_clients"), "clients", ["merged_into_id"], ["id"]
        )
        batch.create_check_constraint(op.f("ck_clients_own_parent"), "parent_id IS NULL OR parent_id <> id")
        batch.create_check_constraint(
            op.f("ck_clients_own_survivor"), "merged_into_id IS NULL OR merged_into_id <> id"
        )
    with op.batch_alter_table("clients") as batch:
        batch.alter_column("language", existing_type=sa.String(length=2), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("clients") as batch:
        batch.drop_constraint(op.f("ck_clients_own_survivor"), type_="check")
        batch.drop_constraint(op.f("ck_clients_own_parent"), type_="check")
        batch.drop_constraint(batch.f("fk_clients_merged_into_id_clients"), type_="foreignkey")
        batch.drop_constraint(batch.f("fk_clients_parent_id_clients"), type_="foreignkey")
        batch.drop_index(batch.f("ix_clients_parent_id"))
        batch.drop_index(batch.f("ix_clients_merged_into_id"))
        batch.drop_column("merged_into_id")
        batch.drop_column("parent_id")
        batch.drop_column("language")
        batch.drop_column("founded_on")
        batch.drop_column("legal_form")
        batch.drop_column("naf")
        batch.drop_column("rcs")

    with op.batch_alter_table("custom_values") as batch:
        batch.drop_index(batch.f("ix_custom_values_field_id"))

    op.drop_table("custom_values")
    with op.batch_alter_table("client_signatories") as batch:
        batch.drop_index(batch.f("ix_client_signatories_client_id"))

    op.drop_table("client_signatories")
    with op.batch_alter_table("client_references") as batch:
        batch.drop_index(batch.f("ix_client_references_client_id"))

    op.drop_table("client_references")
    with op.batch_alter_table("client_merges") as batch:
        batch.drop_index(batch.f("ix_client_merges_survivor_id"))
        batch.drop_index(batch.f("ix_client_merges_loser_id"))

    op.drop_table("client_merges")
    with op.batch_alter_table("client_documents") as batch:
        batch.drop_index(batch.f("ix_client_documents_client_id"))

    op.drop_table("client_documents")
    with op.batch_alter_table("client_contacts") as batch:
        batch.drop_index(batch.f("ix_client_contacts_client_id"))

    op.drop_table("client_contacts")
    with op.batch_alter_table("client_bank_accounts") as batch:
        batch.drop_index(batch.f("ix_client_bank_accounts_client_id"))

    op.drop_table("client_bank_accounts")
    with op.batch_alter_table("client_addresses") as batch:
        batch.drop_index(batch.f("ix_client_addresses_client_id"))

    op.drop_table("client_addresses")
    with op.batch_alter_table("stored_files") as batch:
        batch.drop_index(batch.f("ix_stored_files_sha256"))
        batch.drop_index("ix_stored_files_owner")
        batch.drop_index("ix_stored_files_loose")

    op.drop_table("stored_files")
    op.drop_table("custom_fields")

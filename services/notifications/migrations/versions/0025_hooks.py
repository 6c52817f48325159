"""hooks of units"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.db import types
from shared.db.code_changes import allow_codes, forbid_codes

revision: str = '0025'
down_revision: str | None = '0024'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NEW_KINDS = ("hook_stopped",)
KINDS = (
    "plan_published",
    "plan_deadline_changed",
    "registration_approved",
    "registration_returned",
    "selection_opened",
    "registration_closing",
    "review_undone",
    "return_requested",
    "return_declined",
    "correction_granted",
    "details_changed",
    "late_entry_requested",
    "late_entry_decided",
    "selection_closing",
    "selection_reminded",
    "selection_finished",
    "class_session_changed",
    "class_session_put_off",
    "class_session_called_off",
    "seat_offered",
    "waiting_ended",
    "transfer_proposed",
    "transfer_decided",
    "identity_correction_requested",
    "identity_correction_decided",
    "certificate_reissued",
    "certificate_issued",
    "certificates_expiring",
    "certificate_revoked",
    "declaration_approved",
    "declaration_rejected",
    "declaration_revoked",
    "withdrawal_requested",
    "withdrawal_answered",
    "review_ordered",
    "review_answered",
    "review_overdue",
    "declaration_due",
    "declaration_urged",
    "group_invited",
    "group_consent_asked",
    "group_answered",
    "group_settled",
    "group_removed",
    "account_expiring",
    "account_to_extend",
    "application_submitted",
    "case_submitted",
    "hook_stopped",
    "platform_alarm",
)


def upgrade() -> None:
    op.create_table(
        "hooks",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_by_name", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "webhook", "wecom", "dingtalk", name="hookkind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", types.EncryptedText(), nullable=False),
        sa.Column("secret", types.EncryptedText(), nullable=True),
        sa.Column("kinds", postgresql.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_reason", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hooks")),
    )
    op.create_index(
        op.f("ix_hooks_organisation_id_created_at"), "hooks", ["organisation_id", "created_at"], unique=False
    )
    op.create_table(
        "hook_sendings",
        sa.Column("hook_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="messagekind", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("correlation_id", sa.String(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["hook_id"], ["hooks.id"], name=op.f("fk_hook_sendings_hook_id_hooks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_sendings")),
        sa.UniqueConstraint("hook_id", "notice_id", name=op.f("uq_hook_sendings_hook_id_notice_id")),
    )
    op.create_index(
        "ix_hook_sendings_due", "hook_sendings", ["due_at", "id"], unique=False, postgresql_where="done_at IS NULL"
    )
    op.create_index("ix_hook_sendings_list", "hook_sendings", ["hook_id", "created_at", "id"], unique=False)
    for table in ("messages", "notices", "preferences"):
        allow_codes(op.get_bind(), table, "kind", NEW_KINDS)


def downgrade() -> None:
    op.execute("DELETE FROM preferences WHERE kind = 'hook_stopped'")
    for table in ("messages", "notices", "preferences"):
        forbid_codes(op.get_bind(), table, "kind", NEW_KINDS, instead="account_expiring")
    op.drop_table("hook_sendings")
    op.drop_table("hooks")

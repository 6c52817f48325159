"""message templates"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '0029'
down_revision: str | None = '0028'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('message_templates',
    sa.Column('kind', sa.Enum('plan_published', 'plan_deadline_changed', 'registration_approved', 'registration_returned', 'selection_opened', 'registration_closing', 'review_undone', 'return_requested', 'return_declined', 'correction_granted', 'details_changed', 'late_entry_requested', 'late_entry_decided', 'selection_closing', 'selection_reminded', 'selection_finished', 'class_session_changed', 'class_session_put_off', 'class_session_called_off', 'seat_offered', 'waiting_ended', 'transfer_proposed', 'transfer_decided', 'identity_correction_requested', 'identity_correction_decided', 'certificate_reissued', 'certificate_issued', 'certificates_expiring', 'certificate_revoked', 'declaration_approved', 'declaration_rejected', 'declaration_revoked', 'withdrawal_requested', 'withdrawal_answered', 'review_ordered', 'review_answered', 'review_overdue', 'declaration_due', 'declaration_urged', 'group_invited', 'group_consent_asked', 'group_answered', 'group_settled', 'group_removed', 'account_expiring', 'account_to_extend', 'application_submitted', 'case_submitted', 'hook_stopped', 'platform_alarm', name='messagekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('place', sa.Enum('inbox', 'sms', 'email', name='place', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), server_default='', nullable=False),
    sa.Column('body', sa.String(), nullable=True),
    sa.Column('providers', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=False),
    sa.Column('made_by_name', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_templates')),
    sa.UniqueConstraint('kind', 'place', 'version', name=op.f('uq_message_templates_kind_place_version'))
    )
    op.add_column('notices', sa.Column('sms_text', sa.String(), nullable=True))
    op.add_column('notices', sa.Column('mail_subject', sa.String(), nullable=True))
    op.add_column('notices', sa.Column('mail_text', sa.String(), nullable=True))


def downgrade() -> None:
    for column in ('mail_text', 'mail_subject', 'sms_text'):
        op.drop_column('notices', column)
    op.drop_table('message_templates')

"""providers and limits"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.db import types
from shared.db.code_changes import allow_codes, forbid_codes

revision: str = '0017'
down_revision: str | None = '0016'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NEW_STATUSES = ('delivered', 'unclear', 'expired')


def upgrade() -> None:
    op.create_table('day_counts',
    sa.Column('address_index', types.BlindIndex(), nullable=False),
    sa.Column('channel', sa.Enum('sms', 'email', name='channel', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('address_index', 'channel', 'day', name=op.f('pk_day_counts'))
    )
    op.create_table('preferences',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('plan_published', 'registration_approved', 'registration_returned', 'selection_opened', 'registration_closing', 'review_undone', 'return_requested', 'return_declined', 'correction_granted', 'details_changed', 'late_entry_requested', 'late_entry_decided', 'selection_closing', 'selection_reminded', 'selection_finished', 'class_session_changed', 'class_session_put_off', 'class_session_called_off', 'seat_offered', 'waiting_ended', 'transfer_proposed', 'transfer_decided', 'identity_correction_requested', 'identity_correction_decided', 'certificate_reissued', 'certificate_issued', 'certificates_expiring', 'certificate_revoked', 'declaration_approved', 'declaration_rejected', 'declaration_revoked', 'withdrawal_requested', 'withdrawal_answered', 'review_ordered', 'review_answered', 'review_overdue', 'declaration_due', 'declaration_urged', 'account_expiring', 'account_to_extend', 'application_submitted', 'case_submitted', 'platform_alarm', name='messagekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('channel', sa.Enum('sms', 'email', name='channel', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('wanted', sa.Boolean(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('account_id', 'kind', 'channel', name=op.f('pk_preferences'))
    )
    op.create_table('provider_circuits',
    sa.Column('provider', sa.String(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('rests_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('provider', name=op.f('pk_provider_circuits'))
    )
    op.create_table('receipts',
    sa.Column('provider', sa.String(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=True),
    sa.Column('delivered', sa.Boolean(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('matched_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipts')),
    sa.UniqueConstraint('provider', 'reference', name=op.f('uq_receipts_provider_reference'))
    )
    op.create_index('ix_receipts_open', 'receipts', ['received_at'], unique=False, postgresql_where='matched_at IS NULL')
    op.create_table('usage',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('pieces', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_usage'))
    )
    op.add_column('deliveries', sa.Column('kind', sa.String(), server_default='', nullable=False))
    op.add_column('deliveries', sa.Column('fields', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False))
    op.add_column('deliveries', sa.Column('useless_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('deliveries', sa.Column('optional', sa.Boolean(), server_default='false', nullable=False))
    op.add_column('deliveries', sa.Column('ask_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('deliveries', sa.Column('asked', sa.Integer(), server_default='0', nullable=False))
    op.add_column('deliveries', sa.Column('reported', sa.String(), nullable=True))
    op.add_column('deliveries', sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('deliveries', sa.Column('provider', sa.String(), nullable=True))
    op.add_column('deliveries', sa.Column('handed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('deliveries', sa.Column('passed', sa.String(), nullable=True))
    allow_codes(op.get_bind(), 'deliveries', 'status', NEW_STATUSES)
    op.add_column('notices', sa.Column('fields', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False))
    op.add_column('notices', sa.Column('waits', sa.Boolean(), server_default='false', nullable=False))
    op.add_column('notices', sa.Column('useless_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('notices', 'useless_at')
    op.drop_column('notices', 'waits')
    op.drop_column('notices', 'fields')
    forbid_codes(op.get_bind(), 'deliveries', 'status', ('delivered',), instead='sent')
    forbid_codes(op.get_bind(), 'deliveries', 'status', ('unclear', 'expired'), instead='failed')
    op.drop_column('deliveries', 'passed')
    op.drop_column('deliveries', 'handed_at')
    op.drop_column('deliveries', 'provider')
    op.drop_column('deliveries', 'delivered_at')
    op.drop_column('deliveries', 'reported')
    op.drop_column('deliveries', 'asked')
    op.drop_column('deliveries', 'ask_at')
    op.drop_column('deliveries', 'optional')
    op.drop_column('deliveries', 'useless_at')
    op.drop_column('deliveries', 'fields')
    op.drop_column('deliveries', 'kind')
    op.drop_table('usage')
    op.drop_index('ix_receipts_open', table_name='receipts', postgresql_where='matched_at IS NULL')
    op.drop_table('receipts')
    op.drop_table('provider_circuits')
    op.drop_table('preferences')
    op.drop_table('day_counts')

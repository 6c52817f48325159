"""the clock of what is due, the calendar of working days"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0015'
down_revision: str | None = '0014'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('calendar_days',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('works', sa.Boolean(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('kept_by_name', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_calendar_days'))
    )
    op.create_table('calendar_years',
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('kept_by_name', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('year', name=op.f('pk_calendar_years'))
    )
    op.create_table('clock_runs',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('kept_to', sa.Uuid(), nullable=True),
    sa.Column('corrected', sa.Integer(), server_default='0', nullable=False),
    sa.Column('reminded', sa.Integer(), server_default='0', nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.String(), nullable=True),
    sa.Column('correlation_id', sa.String(), server_default='', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clock_runs')),
    sa.UniqueConstraint('day', name=op.f('uq_clock_runs_day'))
    )
    op.create_table('declarant_accounts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('employer_id', sa.Uuid(), nullable=False),
    sa.Column('may_declare', sa.Boolean(), nullable=False),
    sa.Column('has_phone', sa.Boolean(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_declarant_accounts'))
    )
    op.create_index(op.f('ix_declarant_accounts_employer_id'), 'declarant_accounts', ['employer_id'], unique=False)
    op.create_table('due_reminders',
    sa.Column('employer_id', sa.Uuid(), nullable=False),
    sa.Column('cause', sa.String(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('mark', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('employer_id', 'cause', 'last_day', 'mark', name=op.f('pk_due_reminders'))
    )
    op.create_table('due_dates',
    sa.Column('employer_id', sa.Uuid(), nullable=False),
    sa.Column('cause', sa.String(), nullable=False),
    sa.Column('kind', sa.Enum('initial', 'change', 'annual', 'cancellation', name='declarationkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('change_reason', sa.Enum('system_update', 'project', 'process', 'basics', 'test_result', name='changereason', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('since', sa.Date(), nullable=True),
    sa.Column('opens_on', sa.Date(), nullable=True),
    sa.Column('last_day', sa.Date(), nullable=True),
    sa.Column('region_code', sa.String(), nullable=False),
    sa.Column('urged_on', sa.Date(), nullable=True),
    sa.Column('urged_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('called_on', sa.Date(), nullable=True),
    sa.Column('call_note', sa.String(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['employer_id'], ['employers.id'], name=op.f('fk_due_dates_employer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_due_dates'))
    )
    op.create_index(op.f('ix_due_dates_last_day_id'), 'due_dates', ['last_day', 'id'], unique=False)
    op.create_index('ix_due_dates_region_prefix', 'due_dates', ['region_code'], unique=False, postgresql_ops={'region_code': 'text_pattern_ops'})
    op.create_index('uq_due_dates_employer_id_cause', 'due_dates', ['employer_id', 'cause'], unique=True)
    op.create_table('told_happenings',
    sa.Column('employer_id', sa.Uuid(), nullable=False),
    sa.Column('what', sa.Enum('accepted', 'project', 'process', 'test_result', 'ended', name='happening', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('told_on', sa.Date(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['employer_id'], ['employers.id'], name=op.f('fk_told_happenings_employer_id')),
    sa.PrimaryKeyConstraint('employer_id', 'what', name=op.f('pk_told_happenings'))
    )
    op.create_table('unit_clocks',
    sa.Column('employer_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['employer_id'], ['employers.id'], name=op.f('fk_unit_clocks_employer_id')),
    sa.PrimaryKeyConstraint('employer_id', name=op.f('pk_unit_clocks'))
    )
    # What auth has told of accounts before is read again; to the rest of it old news is no news. What is due of each unit is reckoned by
    # the first run of the clock.
    op.execute("UPDATE bookmarks SET transaction = 0, sequence = 0 WHERE producer = 'auth'")


def downgrade() -> None:
    op.drop_table('unit_clocks')
    op.drop_table('told_happenings')
    op.drop_index('uq_due_dates_employer_id_cause', table_name='due_dates')
    op.drop_index('ix_due_dates_region_prefix', table_name='due_dates', postgresql_ops={'region_code': 'text_pattern_ops'})
    op.drop_index(op.f('ix_due_dates_last_day_id'), table_name='due_dates')
    op.drop_table('due_dates')
    op.drop_table('due_reminders')
    op.drop_index(op.f('ix_declarant_accounts_employer_id'), table_name='declarant_accounts')
    op.drop_table('declarant_accounts')
    op.drop_table('clock_runs')
    op.drop_table('calendar_years')
    op.drop_table('calendar_days')

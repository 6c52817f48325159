"""review: who holds it, what is odd, orders to look again, a city that stands in for a county"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '0011'
down_revision: str | None = '0010'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('flag_switches',
    sa.Column('province', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.Column('changed_by', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('province', 'code', name=op.f('pk_flag_switches'))
    )
    op.create_table('stand_ins',
    sa.Column('county_code', sa.String(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('ordered_by', sa.Uuid(), nullable=False),
    sa.Column('ordered_by_name', sa.String(), nullable=False),
    sa.Column('organisation_name', sa.String(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('valid_until >= valid_from', name=op.f('ck_stand_ins_period')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stand_ins'))
    )
    op.create_index(op.f('ix_stand_ins_county_code_valid_until'), 'stand_ins', ['county_code', 'valid_until'], unique=False)
    op.create_table('review_orders',
    sa.Column('declaration_id', sa.Uuid(), nullable=False),
    sa.Column('employer_name', sa.String(), nullable=False),
    sa.Column('region_code', sa.String(), nullable=False),
    sa.Column('status', sa.Enum('ordered', 'answered', 'withdrawn', name='orderstatus', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('level', sa.Enum('unit', 'county', 'city', 'province', name='level', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('ordered_by', sa.Uuid(), nullable=False),
    sa.Column('ordered_by_name', sa.String(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_name', sa.String(), nullable=False),
    sa.Column('answer', sa.String(), nullable=True),
    sa.Column('answered_by_name', sa.String(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_orders'))
    )
    op.create_index(op.f('ix_review_orders_declaration_id'), 'review_orders', ['declaration_id'], unique=False)
    op.create_index(op.f('ix_review_orders_due_on_id'), 'review_orders', ['due_on', 'id'], unique=False)
    op.create_index('ix_review_orders_region_prefix', 'review_orders', ['region_code'], unique=False, postgresql_ops={'region_code': 'text_pattern_ops'})
    op.create_index('uq_review_orders_open', 'review_orders', ['declaration_id'], unique=True, postgresql_where=sa.text("status = 'ordered'"))
    op.add_column('declarations', sa.Column('filled_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('declarations', sa.Column('reviewer_id', sa.Uuid(), nullable=True))
    op.add_column('declarations', sa.Column('reviewer_name', sa.String(), nullable=True))
    op.add_column('declarations', sa.Column('withdrawal_requested_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('declarations', sa.Column('withdrawal_reason', sa.String(), nullable=True))
    op.add_column('declarations', sa.Column('withdrawal_answer', sa.String(), nullable=True))
    op.add_column('declarations', sa.Column('returned_fields', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False))
    op.add_column('declarations', sa.Column('returned_content', postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column('declarations', sa.Column('flags', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False))
    op.add_column('declarations', sa.Column('flag_codes', postgresql.ARRAY(sa.String()), server_default='{}', nullable=False))
    op.add_column('employers', sa.Column('affiliation', sa.Enum('local', 'provincial', 'central', name='affiliation', native_enum=False, create_constraint=True, length=40), server_default='local', nullable=False))
    op.add_column('employers', sa.Column('product_readers', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False))
    op.add_column('employers', sa.Column('basics_changed_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('employers', 'basics_changed_at')
    op.drop_column('employers', 'product_readers')
    op.drop_column('employers', 'affiliation')
    op.drop_column('declarations', 'flag_codes')
    op.drop_column('declarations', 'flags')
    op.drop_column('declarations', 'returned_content')
    op.drop_column('declarations', 'returned_fields')
    op.drop_column('declarations', 'withdrawal_answer')
    op.drop_column('declarations', 'withdrawal_reason')
    op.drop_column('declarations', 'withdrawal_requested_at')
    op.drop_column('declarations', 'reviewer_name')
    op.drop_column('declarations', 'reviewer_id')
    op.drop_column('declarations', 'filled_at')
    op.drop_index('uq_review_orders_open', table_name='review_orders', postgresql_where=sa.text("status = 'ordered'"))
    op.drop_index('ix_review_orders_region_prefix', table_name='review_orders', postgresql_ops={'region_code': 'text_pattern_ops'})
    op.drop_index(op.f('ix_review_orders_due_on_id'), table_name='review_orders')
    op.drop_index(op.f('ix_review_orders_declaration_id'), table_name='review_orders')
    op.drop_table('review_orders')
    op.drop_index(op.f('ix_stand_ins_county_code_valid_until'), table_name='stand_ins')
    op.drop_table('stand_ins')
    op.drop_table('flag_switches')

"""old data taken over"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from shared.db import types
from sqlalchemy.dialects import postgresql

revision: str = '0020'
down_revision: str | None = '0019'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('legacy_imports',
    sa.Column('file_name', sa.String(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('parts', sa.Integer(), nullable=False),
    sa.Column('received_parts', postgresql.ARRAY(sa.Integer()), server_default='{}', nullable=False),
    sa.Column('file_kept', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('region_prefix', sa.String(length=6), nullable=False),
    sa.Column('uploaded_by_name', sa.String(), nullable=False),
    sa.Column('confirmed_by_name', sa.String(), nullable=True),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('places', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('ignored', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('notes', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('total', sa.Integer(), server_default='0', nullable=False),
    sa.Column('coming', sa.Integer(), server_default='0', nullable=False),
    sa.Column('read_asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undo_asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_legacy_imports'))
    )
    op.create_index(op.f('ix_legacy_imports_region_prefix_id'), 'legacy_imports', ['region_prefix', 'id'], unique=False)
    op.create_table('legacy_rows',
    sa.Column('import_id', sa.Uuid(), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('credit_code', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('account', sa.String(), server_default='', nullable=False),
    sa.Column('region_code', sa.String(), server_default='', nullable=False),
    sa.Column('cells', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('phone', types.EncryptedText(), nullable=True),
    sa.Column('outcome', sa.Enum('staged', 'refused', 'declared', 'same', 'ready', 'will_wait', 'imported', 'waiting', 'replaced', 'undone', 'kept', name='legacyoutcome', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('words', sa.String(), server_default='', nullable=False),
    sa.Column('problems', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('employer_id', sa.Uuid(), nullable=True),
    sa.Column('declaration_id', sa.Uuid(), nullable=True),
    sa.Column('replaced_by', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['legacy_imports.id'], name=op.f('fk_legacy_rows_import_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_legacy_rows'))
    )
    op.create_index(op.f('ix_legacy_rows_credit_code_outcome'), 'legacy_rows', ['credit_code', 'outcome'], unique=False)
    op.create_index(op.f('ix_legacy_rows_import_id_credit_code'), 'legacy_rows', ['import_id', 'credit_code'], unique=False)
    op.create_index(op.f('ix_legacy_rows_import_id_outcome_line'), 'legacy_rows', ['import_id', 'outcome', 'line'], unique=False)
    op.create_index('ix_legacy_rows_region_prefix', 'legacy_rows', ['region_code'], unique=False, postgresql_ops={'region_code': 'text_pattern_ops'})
    op.create_index(op.f('ix_legacy_rows_replaced_by'), 'legacy_rows', ['replaced_by'], unique=False, postgresql_where=sa.text('replaced_by IS NOT NULL'))
    op.create_index('uq_legacy_rows_import_id_line', 'legacy_rows', ['import_id', 'line'], unique=True)
    op.add_column('declarations', sa.Column('imported_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('declarations', 'imported_at')
    op.drop_index('uq_legacy_rows_import_id_line', table_name='legacy_rows')
    op.drop_index(op.f('ix_legacy_rows_replaced_by'), table_name='legacy_rows', postgresql_where=sa.text('replaced_by IS NOT NULL'))
    op.drop_index('ix_legacy_rows_region_prefix', table_name='legacy_rows', postgresql_ops={'region_code': 'text_pattern_ops'})
    op.drop_index(op.f('ix_legacy_rows_import_id_outcome_line'), table_name='legacy_rows')
    op.drop_index(op.f('ix_legacy_rows_import_id_credit_code'), table_name='legacy_rows')
    op.drop_index(op.f('ix_legacy_rows_credit_code_outcome'), table_name='legacy_rows')
    op.drop_table('legacy_rows')
    op.drop_index(op.f('ix_legacy_imports_region_prefix_id'), table_name='legacy_imports')
    op.drop_table('legacy_imports')

"""whether texts arrive"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.db import types
from shared.db.live_changes import add_index, drop_index

revision: str = '0023'
down_revision: str | None = '0021'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('text_receipts',
    sa.Column('provider', sa.String(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=True),
    sa.Column('delivered', sa.Boolean(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('matched_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_text_receipts')),
    sa.UniqueConstraint('provider', 'reference', name=op.f('uq_text_receipts_provider_reference'))
    )
    op.create_index('ix_text_receipts_open', 'text_receipts', ['received_at'], unique=False, postgresql_where='matched_at IS NULL')
    op.add_column('texts', sa.Column('masked', sa.String(), nullable=True))
    op.add_column('texts', sa.Column('phone_index', types.BlindIndex(), nullable=True))
    op.add_column('texts', sa.Column('account_ids', postgresql.ARRAY(sa.Uuid()), nullable=True))
    op.add_column('texts', sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('texts', sa.Column('reported', sa.String(), nullable=True))
    op.add_column('texts', sa.Column('told', sa.Boolean(), server_default='false', nullable=False))
    op.add_column('texts', sa.Column('ask_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('texts', sa.Column('asked', sa.Integer(), server_default='0', nullable=False))
    add_index('ix_texts_ask', 'texts', ['ask_at'], postgresql_where=sa.text('ask_at IS NOT NULL'))
    add_index('ix_texts_created_at_id', 'texts', ['created_at', 'id'])
    add_index('ix_texts_phone_index_1', 'texts', [sa.text('(phone_index[1])')])
    add_index('ix_texts_phone_index_2', 'texts', [sa.text('(phone_index[2])')])
    add_index('ix_texts_reference', 'texts', ['provider', 'reference'])
    add_index('ix_texts_untold', 'texts', ['done_at'], postgresql_where=sa.text('NOT told AND done_at IS NOT NULL'))


def downgrade() -> None:
    drop_index('ix_texts_untold', 'texts')
    drop_index('ix_texts_reference', 'texts')
    drop_index('ix_texts_phone_index_2', 'texts')
    drop_index('ix_texts_phone_index_1', 'texts')
    drop_index('ix_texts_created_at_id', 'texts')
    drop_index('ix_texts_ask', 'texts')
    op.drop_column('texts', 'asked')
    op.drop_column('texts', 'ask_at')
    op.drop_column('texts', 'told')
    op.drop_column('texts', 'reported')
    op.drop_column('texts', 'delivered_at')
    op.drop_column('texts', 'account_ids')
    op.drop_column('texts', 'phone_index')
    op.drop_column('texts', 'masked')
    op.drop_index('ix_text_receipts_open', table_name='text_receipts', postgresql_where='matched_at IS NULL')
    op.drop_table('text_receipts')

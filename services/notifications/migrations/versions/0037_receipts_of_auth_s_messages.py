"""receipts of auth's messages"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.db.live_changes import add_index, drop_index

revision: str = '0037'
down_revision: str | None = '0035'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
serves_on = {'ban-drop-not-null': 'no release reads whose delivery it was'}


def upgrade() -> None:
    op.add_column('receipts', sa.Column('passed_on_at', sa.DateTime(timezone=True), nullable=True))
    add_index('ix_receipts_strange', 'receipts', ['received_at'], postgresql_where=sa.text('matched_at IS NULL AND passed_on_at IS NULL'))
    op.alter_column('troubles', 'delivery_id',
               existing_type=sa.UUID(),
               nullable=True)


def downgrade() -> None:
    op.execute('DELETE FROM troubles WHERE delivery_id IS NULL')
    op.alter_column('troubles', 'delivery_id',
               existing_type=sa.UUID(),
               nullable=False)
    drop_index('ix_receipts_strange', 'receipts')
    op.drop_column('receipts', 'passed_on_at')

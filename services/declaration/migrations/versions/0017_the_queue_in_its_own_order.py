"""the queue in its own order"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0017'
down_revision: str | None = '0016'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(op.f('ix_declarations_region_code_declared_on_id'), 'declarations', ['region_code', 'declared_on', 'id'])
    asked = sa.text('num_nulls(withdrawal_requested_at)')
    waiting = sa.text('coalesce(pending_since, created_at)')
    op.create_index('ix_declarations_queue', 'declarations', ['status', asked, waiting, 'id'])


def downgrade() -> None:
    op.drop_index('ix_declarations_queue', table_name='declarations')
    op.drop_index(op.f('ix_declarations_region_code_declared_on_id'), table_name='declarations')

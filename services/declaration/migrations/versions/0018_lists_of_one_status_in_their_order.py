"""lists of one status in their order"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


revision: str = '0018'
down_revision: str | None = '0017'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index('ix_declarations_open_region', 'declarations', ['region_code'], unique=False, postgresql_ops={'region_code': 'text_pattern_ops'}, postgresql_where=sa.text("status != 'approved'"))
    op.create_index(op.f('ix_declarations_status_declared_on_id'), 'declarations', ['status', 'declared_on', 'id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_declarations_status_declared_on_id'), table_name='declarations')
    op.drop_index('ix_declarations_open_region', table_name='declarations', postgresql_ops={'region_code': 'text_pattern_ops'}, postgresql_where=sa.text("status != 'approved'"))

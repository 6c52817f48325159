"""lists of one status in their order"""

from collections.abc import Sequence

import sqlalchemy as sa

from shared.db.live_changes import add_index, drop_index


revision: str = '0018'
down_revision: str | None = '0017'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    add_index('ix_declarations_open_region', 'declarations', ['region_code'],
        postgresql_ops={'region_code': 'text_pattern_ops'}, postgresql_where=sa.text("status != 'approved'"))
    add_index('ix_declarations_status_declared_on_id', 'declarations', ['status', 'declared_on', 'id'])


def downgrade() -> None:
    drop_index('ix_declarations_status_declared_on_id', 'declarations')
    drop_index('ix_declarations_open_region', 'declarations')

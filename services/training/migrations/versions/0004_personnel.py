"""personnel"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


revision: str = '0004'
down_revision: str | None = '0003'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column('institutions', sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('qualifications', sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('staff_members', sa.Column('name_search', sa.String(), nullable=True))
    op.execute('UPDATE staff_members SET name_search = lower(name)')
    op.alter_column('staff_members', 'name_search', nullable=False)


def downgrade() -> None:
    op.drop_column('staff_members', 'name_search')
    op.drop_column('qualifications', 'revoked_at')
    op.drop_column('institutions', 'changed_at')

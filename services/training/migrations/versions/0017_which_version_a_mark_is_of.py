"""which version a mark is of"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0017'
down_revision: str | None = '0016'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column('results', sa.Column('sheet_version', sa.Integer(), server_default='0', nullable=False))
    # What is entered already counts as seen by whoever reads the sheet from now on, and by nobody who has read none.
    op.execute("UPDATE results SET sheet_version = 1 WHERE passed IS NOT NULL")


def downgrade() -> None:
    op.drop_column('results', 'sheet_version')

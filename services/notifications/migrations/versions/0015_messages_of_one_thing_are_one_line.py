"""messages of one thing are one line"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0015'
down_revision: str | None = '0014'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for table in ('notices', 'messages'):
        op.add_column(table, sa.Column('fold_key', sa.String(), nullable=True))
        op.add_column(table, sa.Column('fold_title', sa.String(), server_default='', nullable=False))
        op.add_column(table, sa.Column('fold_link', sa.String(), server_default='', nullable=False))
        # What an older message leads to is the province's page, which its unit cannot open; in which class it was, the event alone knew.
        op.execute(f"UPDATE {table} SET link = '/results' WHERE kind IN ('certificate_issued', 'certificate_reissued')")


def downgrade() -> None:
    for table in ('notices', 'messages'):
        for column in ('fold_link', 'fold_title', 'fold_key'):
            op.drop_column(table, column)

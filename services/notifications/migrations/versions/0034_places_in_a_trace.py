"""places in a trace"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0034'
down_revision: str | None = '0033'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ('events', 'notices', 'deliveries', 'hook_sendings')


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column('traceparent', sa.String()))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, 'traceparent')

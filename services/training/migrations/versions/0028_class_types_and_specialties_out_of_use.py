"""class types and specialties out of use"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0028'
down_revision: str | None = '0027'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ('plan_types', 'specialties')


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column('active', sa.Boolean(), server_default='true', nullable=False))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, 'active')

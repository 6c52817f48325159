"""plans that are there once"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0019'
down_revision: str | None = '0017'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column('plans', sa.Column('twin', sa.SmallInteger(), server_default='0', nullable=False))
    op.execute("""
        UPDATE plans p SET twin = alike.at
          FROM (SELECT id, row_number() OVER (PARTITION BY type_code, name, registration_deadline ORDER BY created_at, id) - 1 AS at
                  FROM plans) alike
         WHERE alike.id = p.id AND alike.at > 0
    """)
    op.create_index('uq_plans_natural', 'plans', ['type_code', 'name', 'registration_deadline', 'twin'], unique=True)


def downgrade() -> None:
    op.drop_index('uq_plans_natural', table_name='plans')
    op.drop_column('plans', 'twin')

"""what a declaration was declared for, where its unit is elsewhere by now"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0030'
down_revision: str | None = '0028'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column('declarations', sa.Column('declared_region', sa.String()))
    # Units that have moved, or whose county was merged, before their records followed them.
    op.execute("""
        UPDATE declarations
           SET declared_region = declarations.region_code, region_code = employers.region_code,
               review_level = CASE WHEN status = 'pending' THEN employers.review_level ELSE declarations.review_level END
          FROM employers
         WHERE employers.id = declarations.employer_id AND employers.region_code <> declarations.region_code
           AND status IN ('pending', 'approved')
    """)
    op.execute("""
        UPDATE review_orders SET region_code = declarations.region_code
          FROM declarations
         WHERE declarations.id = review_orders.declaration_id AND review_orders.region_code <> declarations.region_code
    """)


def downgrade() -> None:
    op.execute('UPDATE declarations SET region_code = declared_region WHERE declared_region IS NOT NULL')
    op.drop_column('declarations', 'declared_region')

"""To whose desk an application or a case was last brought; what a switch took along; appeals and claims side by side."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0009'
down_revision: str | None = '0008'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LEVEL = sa.Enum(
    'unit', 'county', 'city', 'province', name='told_level', native_enum=False, create_constraint=True, length=40
)


def upgrade() -> None:
    op.add_column('applications', sa.Column('told_level', LEVEL, server_default='city', nullable=False))
    op.add_column('cases', sa.Column('told_level', LEVEL, nullable=True))
    op.execute("UPDATE cases SET told_level = level")
    op.alter_column('cases', 'told_level', nullable=False)
    for table in ('accounts', 'organisations'):
        op.add_column(table, sa.Column('disabled_along', sa.Boolean(), server_default='false', nullable=False))
    op.drop_index('uq_cases_open', table_name='cases')
    _one_open(" AND kind NOT IN ('appeal', 'claim')")


def _one_open(which: str) -> None:
    op.create_index(
        'uq_cases_open',
        'cases',
        ['kind', 'organisation_id', 'account_id'],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=f"status = 'submitted' AND organisation_id IS NOT NULL{which}",
    )


def downgrade() -> None:
    op.drop_index('uq_cases_open', table_name='cases')
    _one_open('')
    for table in ('organisations', 'accounts'):
        op.drop_column(table, 'disabled_along')
    op.drop_column('cases', 'told_level')
    op.drop_column('applications', 'told_level')

"""To whose desk an application or a case was last brought."""

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


def downgrade() -> None:
    op.drop_column('cases', 'told_level')
    op.drop_column('applications', 'told_level')

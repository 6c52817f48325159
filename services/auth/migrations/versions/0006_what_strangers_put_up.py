"""What people without an account have put up, by address and day."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0006'
down_revision: str | None = '0005'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('put_up',
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('address', 'day', name=op.f('pk_put_up'))
    )
    op.create_index(op.f('ix_put_up_day'), 'put_up', ['day'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_put_up_day'), table_name='put_up')
    op.drop_table('put_up')

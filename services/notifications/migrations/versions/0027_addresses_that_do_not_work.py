"""addresses that do not work"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.db import types

revision: str = '0027'
down_revision: str | None = '0026'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('troubles',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('channel', sa.Enum('sms', 'email', name='channel', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('address', types.EncryptedText(), nullable=False),
    sa.Column('error', sa.String(), nullable=False),
    sa.Column('delivery_id', sa.Uuid(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('account_id', 'channel', name=op.f('pk_troubles'))
    )


def downgrade() -> None:
    op.drop_table('troubles')

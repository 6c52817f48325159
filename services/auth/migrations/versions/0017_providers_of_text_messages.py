"""providers of text messages"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.db import types

revision: str = '0017'
down_revision: str | None = '0016'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('text_circuits',
    sa.Column('provider', sa.String(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('rests_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('provider', name=op.f('pk_text_circuits'))
    )
    op.add_column('texts', sa.Column('fields', types.EncryptedText(), nullable=True))
    op.add_column('texts', sa.Column('provider', sa.String(), nullable=True))
    op.add_column('texts', sa.Column('handed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('texts', sa.Column('passed', sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column('texts', 'passed')
    op.drop_column('texts', 'handed_at')
    op.drop_column('texts', 'provider')
    op.drop_column('texts', 'fields')
    op.drop_table('text_circuits')

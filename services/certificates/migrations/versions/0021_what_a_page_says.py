"""what a page says, and what its reissue has changed"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.db import types

revision: str = '0021'
down_revision: str | None = '0019'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column('certificates', sa.Column('printed', postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column('certificates', sa.Column('printed_id', types.EncryptedText(), nullable=True))
    op.add_column('certificates', sa.Column('changed', sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column('certificates', 'changed')
    op.drop_column('certificates', 'printed_id')
    op.drop_column('certificates', 'printed')

"""the province's first account"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


revision: str = '0016'
down_revision: str | None = '0015'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Where the platform is in use already: the oldest of the province that manages accounts.
_MARK = """
UPDATE accounts SET is_first = true WHERE id = (
  SELECT a.id FROM accounts a JOIN organisations o ON o.id = a.organisation_id
   WHERE o.level = 'province' AND 'account_management' = ANY(a.grants) ORDER BY a.created_at, a.id LIMIT 1)"""


def upgrade() -> None:
    op.add_column('accounts', sa.Column('is_first', sa.Boolean(), server_default='false', nullable=False))
    op.create_index('uq_accounts_is_first', 'accounts', ['is_first'], unique=True, postgresql_where=sa.text('is_first'))
    op.execute(_MARK)


def downgrade() -> None:
    op.drop_index('uq_accounts_is_first', table_name='accounts', postgresql_where=sa.text('is_first'))
    op.drop_column('accounts', 'is_first')

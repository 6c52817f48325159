"""employers' basics"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from shared.db import types

revision: str = '0004'
down_revision: str | None = '0003'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

EMPLOYERS = ('branch_no', 'address', 'legal_representative', 'contact_name')
DECLARATIONS = ('address', 'legal_representative')


def upgrade() -> None:
    for name in EMPLOYERS:
        op.add_column('employers', sa.Column(name, sa.String(), server_default='', nullable=False))
    op.add_column('employers', sa.Column('contact_phone', types.EncryptedText(), nullable=True))
    op.add_column('employers', sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    op.add_column('employers', sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('employers', sa.Column('awaits_directory', sa.Boolean(), server_default='false', nullable=False))
    for name in DECLARATIONS:
        op.add_column('declarations', sa.Column(name, sa.String(), server_default='', nullable=False))


def downgrade() -> None:
    for name in reversed(DECLARATIONS):
        op.drop_column('declarations', name)
    for name in ('awaits_directory', 'changed_at', 'version', 'contact_phone', *reversed(EMPLOYERS)):
        op.drop_column('employers', name)

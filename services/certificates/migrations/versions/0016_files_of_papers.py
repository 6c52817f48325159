"""files of papers"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


revision: str = '0016'
down_revision: str | None = '0015'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('paper_files',
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('paper_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['paper_id'], ['papers.id'], name=op.f('fk_paper_files_paper_id_papers')),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_paper_files'))
    )
    op.create_index(op.f('ix_paper_files_paper_id'), 'paper_files', ['paper_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_paper_files_paper_id'), table_name='paper_files')
    op.drop_table('paper_files')

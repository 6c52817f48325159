"""papers of declarations"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


revision: str = '0016'
down_revision: str | None = '0015'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('declaration_papers',
    sa.Column('declaration_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('declaration_form', 'declaration_receipt', name='paperkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('voided_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_declaration_papers'))
    )
    op.create_index(op.f('ix_declaration_papers_number'), 'declaration_papers', ['number'], unique=True)
    op.create_index('uq_declaration_papers_revision', 'declaration_papers', ['declaration_id', 'kind', 'revision'], unique=True)


def downgrade() -> None:
    op.drop_index('uq_declaration_papers_revision', table_name='declaration_papers')
    op.drop_index(op.f('ix_declaration_papers_number'), table_name='declaration_papers')
    op.drop_table('declaration_papers')

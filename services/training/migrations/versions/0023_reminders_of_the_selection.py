"""reminders of the selection"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


revision: str = '0023'
down_revision: str | None = '0022'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('selection_reminders',
    sa.Column('plan_id', sa.Uuid(), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=False),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reminded_by', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['plan_id'], ['plans.id'], name=op.f('fk_selection_reminders_plan_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['institutions.id'], name=op.f('fk_selection_reminders_unit_id')),
    sa.PrimaryKeyConstraint('plan_id', 'unit_id', name=op.f('pk_selection_reminders'))
    )
    op.create_index(op.f('ix_selection_reminders_unit_id'), 'selection_reminders', ['unit_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_selection_reminders_unit_id'), table_name='selection_reminders')
    op.drop_table('selection_reminders')

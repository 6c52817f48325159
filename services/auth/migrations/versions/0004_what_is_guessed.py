"""Guesses take places before they are looked at; tries of a code count for who asked for it, and for what was named with the number."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0004'
down_revision: str | None = '0003'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column('codes', sa.Column('named', sa.LargeBinary(), server_default='', nullable=False))
    op.add_column('codes', sa.Column('other_tries', sa.Integer(), server_default='0', nullable=False))
    op.drop_constraint(op.f('purpose'), 'codes', type_='check')
    op.create_check_constraint(op.f('purpose'), 'codes', "purpose IN ('sign_in', 'new_phone', 'recovery', 'unlock', 'activation', 'application', 'sign_up', 'case', 'old_phone')")
    op.alter_column('applications', 'phone_hints', new_column_name='unit_hints')
    op.alter_column('guesses', 'charged', new_column_name='wrong', server_default='0')
    op.add_column('guesses', sa.Column('held', sa.Integer(), server_default='0', nullable=False))


def downgrade() -> None:
    op.alter_column('applications', 'unit_hints', new_column_name='phone_hints')
    op.drop_column('guesses', 'held')
    op.alter_column('guesses', 'wrong', new_column_name='charged', server_default=None)
    op.execute("DELETE FROM codes WHERE purpose = 'old_phone'")
    op.drop_constraint(op.f('purpose'), 'codes', type_='check')
    op.create_check_constraint(op.f('purpose'), 'codes', "purpose IN ('activation', 'application', 'case', 'new_phone', 'recovery', 'sign_in', 'sign_up', 'unlock')")
    op.drop_column('codes', 'other_tries')
    op.drop_column('codes', 'named')

"""class sessions that are put off and called off"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0016'
down_revision: str | None = '0015'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    status = sa.Enum('scheduled', 'called_off', name='classsessionstatus', native_enum=False, create_constraint=True, length=40)
    op.add_column('class_sessions', sa.Column('status', status, server_default='scheduled', nullable=False))
    op.add_column('class_sessions', sa.Column('results_at', sa.DateTime(timezone=True), nullable=True))
    op.execute("""
        UPDATE class_sessions c SET results_at = s.published_at
          FROM score_sheets s WHERE s.class_session_id = c.id AND s.status = 'published'
    """)
    op.add_column('waiting_entries', sa.Column('comes_first', sa.Boolean(), server_default='false', nullable=False))
    op.create_table('lost_places',
    sa.Column('registration_id', sa.Uuid(), nullable=False),
    sa.Column('specialty_code', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['registration_id'], ['registrations.id'], name=op.f('fk_lost_places_registration_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('registration_id', 'specialty_code', name=op.f('pk_lost_places'))
    )


def downgrade() -> None:
    op.drop_table('lost_places')
    op.drop_column('waiting_entries', 'comes_first')
    op.drop_column('class_sessions', 'results_at')
    op.drop_column('class_sessions', 'status')

"""corrections of name and resident id, and who has moved where, for certificates"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from shared.db import types

revision: str = '0018'
down_revision: str | None = '0017'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('identity_corrections',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=True),
    sa.Column('unit_name', sa.String(), nullable=False),
    sa.Column('status', sa.Enum('requested', 'corrected', 'declined', 'withdrawn', name='identitystatus', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('old_name', sa.String(), nullable=False),
    sa.Column('new_name', sa.String(), nullable=True),
    sa.Column('old_resident_id', types.EncryptedText(), nullable=False),
    sa.Column('new_resident_id', types.EncryptedText(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_identity_corrections_person_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['institutions.id'], name=op.f('fk_identity_corrections_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity_corrections'))
    )
    op.create_index(op.f('ix_identity_corrections_person_id'), 'identity_corrections', ['person_id'])
    op.create_index(op.f('ix_identity_corrections_unit_id_id'), 'identity_corrections', ['unit_id', 'id'])
    op.create_index(op.f('ix_identity_corrections_status_id'), 'identity_corrections', ['status', 'id'])
    op.create_index('uq_identity_corrections_open', 'identity_corrections', ['person_id'], unique=True, postgresql_where=sa.text("status = 'requested'"))
    # Certificates hear of the moves of before, in their order, as they will of those to come.
    op.execute("""
        INSERT INTO events (id, type, correlation_id, payload)
        SELECT gen_random_uuid(), 'training.person.moved.v1', '',
               jsonb_build_object('person_id', person_id, 'from_unit_id', from_unit_id, 'to_unit_id', to_unit_id)
          FROM transfers WHERE status = 'accepted' ORDER BY updated_at, id
    """)


def downgrade() -> None:
    op.drop_table('identity_corrections')

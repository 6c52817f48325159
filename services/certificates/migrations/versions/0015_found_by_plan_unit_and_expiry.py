"""found by plan, unit and expiry"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.reference.pinyin import search_text

revision: str = '0015'
down_revision: str | None = '0014'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAMES = sa.table('certificate_names', sa.column('kind', sa.String()), sa.column('name', sa.String()), sa.column('search', sa.String()))


def upgrade() -> None:
    op.create_table('certificate_names',
    sa.Column('kind', sa.Enum('plan', 'unit', name='namekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('search', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'name', name=op.f('pk_certificate_names'))
    )
    connection = op.get_bind()
    for kind in ('plan', 'unit'):
        names = connection.execute(sa.text(f"SELECT DISTINCT {kind}_name FROM certificates")).scalars().all()
        if names:
            op.bulk_insert(NAMES, [{'kind': kind, 'name': name, 'search': search_text(name)} for name in names])
    op.create_index(op.f('ix_certificates_plan_name_issued_on_id'), 'certificates', ['plan_name', 'issued_on', 'id'], unique=False)
    op.create_index(op.f('ix_certificates_unit_name_issued_on_id'), 'certificates', ['unit_name', 'issued_on', 'id'], unique=False)
    op.create_index(op.f('ix_certificates_plan_type_issued_on_id'), 'certificates', ['plan_type', 'issued_on', 'id'], unique=False)
    op.create_index('ix_certificates_valid_until', 'certificates', ['valid_until', 'id'], unique=False, postgresql_where=sa.text('valid_until IS NOT NULL'))


def downgrade() -> None:
    op.drop_index('ix_certificates_valid_until', table_name='certificates')
    op.drop_index(op.f('ix_certificates_plan_type_issued_on_id'), table_name='certificates')
    op.drop_index(op.f('ix_certificates_unit_name_issued_on_id'), table_name='certificates')
    op.drop_index(op.f('ix_certificates_plan_name_issued_on_id'), table_name='certificates')
    op.drop_table('certificate_names')

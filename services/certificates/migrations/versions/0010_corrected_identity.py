"""corrected names, certificates after a revocation, and units to which people moved"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '0010'
down_revision: str | None = '0009'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

CURRENT = "status <> 'revoked' OR revoked_by_correction"


def upgrade() -> None:
    op.add_column('certificates', sa.Column('known_to', postgresql.ARRAY(sa.Uuid()), server_default='{}', nullable=False))
    op.create_index('ix_certificates_known_to', 'certificates', ['known_to'], postgresql_using='gin')
    op.drop_constraint(op.f('uq_certificates_registration_id_class_session_id'), 'certificates', type_='unique')
    op.create_index(
        'uq_certificates_current', 'certificates', ['registration_id', 'class_session_id'], unique=True, postgresql_where=sa.text(CURRENT)
    )
    op.add_column('certificate_editions', sa.Column('holder_name', sa.String(), nullable=True))
    # Until now no page was printed with another name than its certificate has.
    op.execute("UPDATE certificate_editions e SET holder_name = c.holder_name FROM certificates c WHERE c.id = e.certificate_id")
    op.alter_column('certificate_editions', 'holder_name', nullable=False)


def downgrade() -> None:
    op.drop_column('certificate_editions', 'holder_name')
    op.drop_index('uq_certificates_current', table_name='certificates')
    op.create_unique_constraint(
        op.f('uq_certificates_registration_id_class_session_id'), 'certificates', ['registration_id', 'class_session_id']
    )
    op.drop_index('ix_certificates_known_to', table_name='certificates')
    op.drop_column('certificates', 'known_to')

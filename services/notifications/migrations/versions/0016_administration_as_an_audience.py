"""administration as an audience"""

from collections.abc import Sequence

from alembic import op

revision: str = '0016'
down_revision: str | None = '0015'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Dropped and there again in one statement, with one code more.
serves_on = {'ban-drop-constraint': 'it comes back in the same statement and takes all that it took'}

NAME = 'permission'
BEFORE = (
    'institution_filing', 'group_registration', 'training_oversight', 'plan_management', 'province_review',
    'class_scheduling', 'score_entry', 'certificate_management', 'account_management', 'hazard_declaration',
    'declaration_review', 'declaration_oversight',
)
NEW = 'administration'


def _allow(codes: Sequence[str]) -> None:
    """The new list holds for new rows at once, the old rows are read through behind it, without a lock."""
    listed = ', '.join(f"'{code}'" for code in codes)
    check = f'CHECK (permission IN ({listed})) NOT VALID'
    op.execute(f'ALTER TABLE notices DROP CONSTRAINT {NAME}, ADD CONSTRAINT {NAME} {check}')
    with op.get_context().autocommit_block():
        op.execute(f'ALTER TABLE notices VALIDATE CONSTRAINT {NAME}')


def upgrade() -> None:
    _allow((*BEFORE, NEW))


def downgrade() -> None:
    op.execute(f"UPDATE notices SET permission = 'account_management' WHERE permission = '{NEW}'")
    _allow(BEFORE)

"""notices of certificates that end"""

from collections.abc import Sequence

from alembic import op

revision: str = '0005'
down_revision: str | None = '0004'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OLD_KINDS = (
    'plan_published', 'registration_approved', 'registration_returned', 'selection_opened', 'certificate_issued', 'certificate_revoked',
    'declaration_approved', 'declaration_rejected', 'declaration_revoked', 'account_expiring', 'account_to_extend', 'application_submitted',
    'case_submitted', 'registration_closing', 'review_undone', 'return_requested', 'return_declined', 'correction_granted',
    'details_changed', 'late_entry_requested', 'late_entry_decided', 'selection_closing', 'selection_finished', 'seat_offered',
    'waiting_ended', 'transfer_proposed', 'transfer_decided', 'certificate_reissued',
)

def _allow_kinds(kinds: tuple[str, ...]) -> None:
    for table in ('messages', 'notices'):
        op.drop_constraint(op.f('messagekind'), table, type_='check')
        op.create_check_constraint(op.f('messagekind'), table, f"kind IN ({', '.join(map(repr, kinds))})")

def upgrade() -> None:
    _allow_kinds((*OLD_KINDS, 'certificates_expiring'))

def downgrade() -> None:
    for table in ('messages', 'notices'):
        op.execute(f"UPDATE {table} SET kind = 'plan_published' WHERE kind = 'certificates_expiring'")
    _allow_kinds(OLD_KINDS)

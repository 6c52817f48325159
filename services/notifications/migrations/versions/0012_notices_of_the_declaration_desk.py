"""notices of the declaration desk"""

from collections.abc import Sequence

from alembic import op

revision: str = '0012'
down_revision: str | None = '0011'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OLD_KINDS = (
    'plan_published', 'registration_approved', 'registration_returned', 'selection_opened', 'certificate_issued', 'certificate_revoked',
    'declaration_approved', 'declaration_rejected', 'declaration_revoked', 'account_expiring', 'account_to_extend', 'application_submitted',
    'case_submitted', 'registration_closing', 'review_undone', 'return_requested', 'return_declined', 'correction_granted',
    'details_changed', 'late_entry_requested', 'late_entry_decided', 'selection_closing', 'selection_finished', 'seat_offered',
    'waiting_ended', 'transfer_proposed', 'transfer_decided', 'certificate_reissued', 'certificates_expiring', 'class_session_changed',
    'class_session_put_off', 'class_session_called_off', 'identity_correction_requested', 'identity_correction_decided',
    'selection_reminded',
)
NEW_KINDS = (
    'withdrawal_requested', 'withdrawal_answered', 'review_ordered', 'review_answered', 'review_overdue',
)


def _allow_kinds(kinds: tuple[str, ...]) -> None:
    for table in ('messages', 'notices'):
        op.drop_constraint(op.f('messagekind'), table, type_='check')
        op.create_check_constraint(op.f('messagekind'), table, f"kind IN ({', '.join(map(repr, kinds))})")


def upgrade() -> None:
    _allow_kinds((*OLD_KINDS, *NEW_KINDS))


def downgrade() -> None:
    for table in ('messages', 'notices'):
        op.execute(f"UPDATE {table} SET kind = 'case_submitted' WHERE kind IN ({', '.join(map(repr, NEW_KINDS))})")
    _allow_kinds(OLD_KINDS)

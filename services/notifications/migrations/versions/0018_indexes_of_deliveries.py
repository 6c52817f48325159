"""indexes of deliveries"""

from collections.abc import Sequence

from shared.db.live_changes import add_index, drop_index

revision: str = '0018'
down_revision: str | None = '0017'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    add_index('ix_deliveries_useless', 'deliveries', ['useless_at'], postgresql_where='done_at IS NULL')
    add_index('ix_deliveries_ask', 'deliveries', ['ask_at'], postgresql_where='ask_at IS NOT NULL')
    add_index('ix_deliveries_reference', 'deliveries', ['provider', 'provider_reference'])
    add_index('ix_deliveries_troubled', 'deliveries', ['updated_at'], postgresql_where="status IN ('failed', 'unclear')")


def downgrade() -> None:
    for name in ('troubled', 'reference', 'ask', 'useless'):
        drop_index(f'ix_deliveries_{name}', 'deliveries')

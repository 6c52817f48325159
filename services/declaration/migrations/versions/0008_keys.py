"""Which keys rows are under; sealed parts of events under another key."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from shared.events.log import SEALED_ANEW_DDL_V1, SEALED_ANEW_DDL_V1_BACK

revision: str = '0008'
down_revision: str | None = '0007'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "known_keys",
        sa.Column(
            "use",
            sa.Enum("field", "index", "signing", name="keyuse", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("use", "key_id", name=op.f("pk_known_keys")),
    )
    for statement in SEALED_ANEW_DDL_V1:
        op.execute(statement)


def downgrade() -> None:
    for statement in SEALED_ANEW_DDL_V1_BACK:
        op.execute(statement)
    op.drop_table("known_keys")

"""Which keys rows are under; sealed parts of events under another key; blind indexes with a place for each key."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from shared.db.index_columns import to_places, to_plain
from shared.db.keys import KNOWN_KEYS_DDL_V1
from shared.db.types import field_cipher
from shared.events.log import SEALED_ANEW_DDL_V1, SEALED_ANEW_DDL_V1_BACK

revision: str = '0007'
down_revision: str | None = '0006'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for statement in (KNOWN_KEYS_DDL_V1, *SEALED_ANEW_DDL_V1):
        op.execute(statement)
    op.drop_constraint("uq_accounts_name_index", "accounts", type_="unique")
    op.drop_index("ix_accounts_phone_index", table_name="accounts")
    op.drop_index("uq_accounts_phone", table_name="accounts")
    op.drop_index("ix_codes_phone_index_created_at", table_name="codes")
    op.drop_constraint("pk_guesses", "guesses", type_="primary")
    op.add_column("guesses", sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False))
    op.alter_column("guesses", "id", server_default=None)
    op.create_primary_key(op.f("pk_guesses"), "guesses", ["id"])
    op.drop_column("applications", "phone_index")
    to_places("accounts", "name_index", "phone_index")
    to_places("guesses", "name_index")
    empty = field_cipher().keyed_hashes("")[0]
    op.execute(sa.text("UPDATE codes SET named = :empty WHERE named = ''").bindparams(empty=empty))
    op.alter_column("codes", "named", server_default=None)
    to_places("codes", "phone_index", "named")
    op.create_index("uq_accounts_name_index_1", "accounts", [sa.text("(name_index[1])")], unique=True)
    op.create_index("uq_accounts_name_index_2", "accounts", [sa.text("(name_index[2])")], unique=True)
    op.create_index("ix_accounts_phone_index_1", "accounts", [sa.text("(phone_index[1])")], unique=False)
    op.create_index("ix_accounts_phone_index_2", "accounts", [sa.text("(phone_index[2])")], unique=False)
    op.create_index("uq_accounts_phone_1", "accounts", ["portal", sa.text("(phone_index[1])")], unique=True, postgresql_where=sa.text("status = 'active' AND portal != 'enterprise'"))
    op.create_index("uq_accounts_phone_2", "accounts", ["portal", sa.text("(phone_index[2])")], unique=True, postgresql_where=sa.text("status = 'active' AND portal != 'enterprise'"))
    op.create_index("uq_guesses_name_index_1", "guesses", [sa.text("(name_index[1])")], unique=True)
    op.create_index("uq_guesses_name_index_2", "guesses", [sa.text("(name_index[2])")], unique=True)
    op.create_index("ix_codes_phone_index_created_at_1", "codes", [sa.text("(phone_index[1])"), "created_at"], unique=False)
    op.create_index("ix_codes_phone_index_created_at_2", "codes", [sa.text("(phone_index[2])"), "created_at"], unique=False)


def downgrade() -> None:
    op.drop_index("uq_accounts_name_index_1", table_name="accounts")
    op.drop_index("uq_accounts_name_index_2", table_name="accounts")
    op.drop_index("ix_accounts_phone_index_1", table_name="accounts")
    op.drop_index("ix_accounts_phone_index_2", table_name="accounts")
    op.drop_index("uq_accounts_phone_1", table_name="accounts")
    op.drop_index("uq_accounts_phone_2", table_name="accounts")
    op.drop_index("uq_guesses_name_index_1", table_name="guesses")
    op.drop_index("uq_guesses_name_index_2", table_name="guesses")
    op.drop_index("ix_codes_phone_index_created_at_1", table_name="codes")
    op.drop_index("ix_codes_phone_index_created_at_2", table_name="codes")
    to_plain("codes", "phone_index", "named")
    op.alter_column("codes", "named", server_default="")
    to_plain("guesses", "name_index")
    to_plain("accounts", "name_index", "phone_index")
    op.add_column("applications", sa.Column("phone_index", sa.LargeBinary(), nullable=True))
    op.drop_constraint("pk_guesses", "guesses", type_="primary")
    op.drop_column("guesses", "id")
    op.create_primary_key(op.f("pk_guesses"), "guesses", ["name_index"])
    op.create_index("ix_codes_phone_index_created_at", "codes", ["phone_index", "created_at"], unique=False)
    op.create_index(
        "uq_accounts_phone",
        "accounts",
        ["portal", "phone_index"],
        unique=True,
        postgresql_where=sa.text("status = 'active' AND portal != 'enterprise'"),
    )
    op.create_index("ix_accounts_phone_index", "accounts", ["phone_index"], unique=False)
    op.create_unique_constraint("uq_accounts_name_index", "accounts", ["name_index"])
    for statement in SEALED_ANEW_DDL_V1_BACK:
        op.execute(statement)
    op.drop_table("known_keys")

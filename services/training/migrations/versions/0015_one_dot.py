"""one dot"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0015'
down_revision: str | None = '0014'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Names are found by however their dot is written: what they are searched by has one from now on.
_DOTS = "\u0387\u16eb\u2022\u2024\u2027\u2219\u22c5\u25cf\u25e6\u2e31\u2e33\u30fb\ua78f\ufe52\uff0e\uff65."
_SAME = {"dots": _DOTS, "same": "\u00b7" * len(_DOTS)}


def upgrade() -> None:
    op.execute(
        sa.text(
            "UPDATE staff_members SET name_search = translate(name_search, :dots, :same),"
            " name_pieces = string_to_array(translate(array_to_string(name_pieces, ' '), :dots, :same), ' ')"
            " WHERE name_search <> translate(name_search, :dots, :same)"
        ).bindparams(**_SAME)
    )
    op.execute(
        sa.text(
            "UPDATE plans SET name_search = translate(name_search, :dots, :same)"
            " WHERE name_search <> translate(name_search, :dots, :same)"
        ).bindparams(**_SAME)
    )
    op.execute(
        sa.text(
            "UPDATE institutions SET name_search = translate(name_search, :dots, :same)"
            " WHERE name_search <> translate(name_search, :dots, :same)"
        ).bindparams(**_SAME)
    )


def downgrade() -> None:
    """Which dot it was stands in the name itself; with the one dot it is found as before by everything else."""

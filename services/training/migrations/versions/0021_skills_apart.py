"""the skills of 技术人员技能培训, each a 专业类别 of its own"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0021'
down_revision: str | None = '0020'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TYPE = "skills_training"
# As the manual shows them (M7Q3). The keeper of the dictionaries adds others.
SKILLS = (
    ("skill_radiation", "电离辐射检查技术人员技能专项"),
    ("skill_lung", "肺功能检查技术人员技能专项"),
    ("skill_radiology", "放射科医师、放射科技师"),
)
FIRST_POSITION = 101


def upgrade() -> None:
    specialties = sa.table("specialties", *(sa.column(name) for name in ("code", "label", "position")))
    offered = sa.table("plan_type_specialties", sa.column("type_code"), sa.column("specialty_code"))
    rows = [{"code": code, "label": label, "position": at} for at, (code, label) in enumerate(SKILLS, FIRST_POSITION)]
    op.bulk_insert(specialties, rows)
    op.bulk_insert(offered, [{"type_code": TYPE, "specialty_code": code} for code, _ in SKILLS])


def downgrade() -> None:
    codes = ", ".join(f"'{code}'" for code, _ in SKILLS)
    op.execute(f"DELETE FROM plan_type_specialties WHERE specialty_code IN ({codes})")
    op.execute(f"DELETE FROM specialties WHERE code IN ({codes})")

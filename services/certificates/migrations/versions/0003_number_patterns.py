"""how certificates are numbered, as data"""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels = None
depends_on = None

PATTERNS = (
    ("diagnosis_physician", "职业病诊断医师", "ZD"),
    ("arbitration_expert", "职业病鉴定专家", "JD"),
    ("radiology_technician", "放射专业技术人员", "FS"),
    ("skills_training", "技术人员技能培训", "JN"),
    ("*", "职业卫生专业技术人员", "PX"),
)


def upgrade() -> None:
    patterns = sa.table("number_patterns", *(sa.column(name) for name in ("plan_type", "label", "prefix", "digits")))
    op.bulk_insert(
        patterns,
        [
            {"plan_type": code, "label": label, "prefix": f"苏职卫培〔{{year}}〕{letters}-{{region}}-", "digits": 4}
            for code, label, letters in PATTERNS
        ],
    )


def downgrade() -> None:
    op.execute("DELETE FROM number_patterns")

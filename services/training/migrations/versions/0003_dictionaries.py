"""class types and specialties (TRN-45), as data"""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels = None
depends_on = None

SPECIALTIES = (
    ("pneumoconiosis", "职业性尘肺病及其他呼吸系统疾病"),
    ("other", "其他职业病"),
    ("skin", "职业性皮肤病"),
    ("eye", "职业性眼病"),
    ("ent_oral", "职业性耳鼻喉口腔疾病"),
    ("poisoning", "职业性化学中毒"),
    ("physical", "物理因素所致职业病"),
    ("radiation", "职业性放射性疾病"),
    ("infection", "职业性传染病"),
    ("tumour", "职业性肿瘤"),
    ("radiation_field", "放射卫生现场"),
    ("hygiene_field", "职业卫生现场"),
    ("none", "——"),
)
DISEASES = tuple(code for code, _ in SPECIALTIES[:10])
TYPES = (
    ("diagnosis_physician", "职业病诊断医师", "ZD", DISEASES),
    ("arbitration_expert", "职业病鉴定专家", "JD", (*DISEASES, "radiation_field", "hygiene_field")),
    ("radiology_technician", "放射专业技术人员", "FS", ("radiation", "radiation_field")),
    ("skills_training", "技术人员技能培训", "JN", ()),
)


def upgrade() -> None:
    types = sa.table("plan_types", *(sa.column(name) for name in ("code", "label", "position", "number_code")))
    specialties = sa.table("specialties", *(sa.column(name) for name in ("code", "label", "position")))
    offered = sa.table("plan_type_specialties", sa.column("type_code"), sa.column("specialty_code"))
    op.bulk_insert(
        specialties, [{"code": code, "label": label, "position": at} for at, (code, label) in enumerate(SPECIALTIES, 1)]
    )
    op.bulk_insert(
        types,
        [{"code": c, "label": label, "position": at, "number_code": n} for at, (c, label, n, _) in enumerate(TYPES, 1)],
    )
    op.bulk_insert(
        offered, [{"type_code": c, "specialty_code": code} for c, _, _, codes in TYPES for code in codes]
    )


def downgrade() -> None:
    for table in ("plan_type_specialties", "plan_types", "specialties"):
        op.execute(f"DELETE FROM {table}")

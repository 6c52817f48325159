"""departments and duties are kept by the administration"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0030'
down_revision: str | None = '0029'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# What was shipped until now, in its order.
DEPARTMENTS = {
    '临床科室': (
        '内科', '呼吸内科', '心血管内科', '消化内科', '神经内科', '肾内科', '血液内科', '内分泌科', '外科', '骨科', '神经外科', '泌尿外科', '妇科', '儿科', '眼科',
        '耳鼻喉科', '口腔科', '皮肤科', '中医科', '急诊科', '重症医学科', '康复医学科', '全科医学科', '精神科', '感染科', '肿瘤科',
    ),
    '医技科室': (
        '医学检验科', '医学影像科', '放射科', '超声科', '心电图室', '肺功能室', '电测听室', '病理科', '药剂科', '核医学科', '放射治疗科',
    ),
    '职业卫生科室': (
        '职业病科', '职业病诊断科', '职业健康检查科', '体检科', '尘肺病科', '职业中毒科', '职业卫生科', '放射卫生科', '职业卫生评价科', '职业卫生检测室', '放射卫生检测室',
        '理化检验科', '公共卫生科', '预防保健科',
    ),
    '管理科室': (
        '办公室', '人事科', '医务科', '护理部', '质量控制科', '医院感染管理科', '信息科', '档案室', '财务科', '设备科',
    ),
}
DUTIES = (
    '院长', '副院长', '书记', '副书记', '所长', '副所长', '站长', '副站长', '中心主任', '中心副主任', '科主任', '科副主任', '科长', '副科长', '处长', '副处长',
    '护士长', '副护士长', '总经理', '副总经理', '部门经理', '技术负责人', '质量负责人', '授权签字人', '组长', '无',
)


def _columns() -> list[sa.Column[str] | sa.Column[int] | sa.Column[bool]]:
    return [
        sa.Column('code', sa.String(), nullable=False),
        sa.Column('label', sa.String(), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('active', sa.Boolean(), server_default='true', nullable=False),
    ]


def upgrade() -> None:
    departments = op.create_table('departments',
    *_columns(),
    sa.Column('group', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_departments'))
    )
    duties = op.create_table('duties',
    *_columns(),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_duties'))
    )
    op.create_index('uq_departments_label', 'departments', ['label'], unique=True)
    op.create_index('uq_duties_label', 'duties', ['label'], unique=True)
    named = [(group, label) for group, labels in DEPARTMENTS.items() for label in labels]
    op.bulk_insert(departments, [
        {'code': f'department_{at}', 'label': label, 'position': at * 10, 'group': group}
        for at, (group, label) in enumerate(named, 1)
    ])
    op.bulk_insert(duties, [
        {'code': f'duty_{at}', 'label': label, 'position': at * 10} for at, label in enumerate(DUTIES, 1)
    ])


def downgrade() -> None:
    op.drop_table('duties')
    op.drop_table('departments')

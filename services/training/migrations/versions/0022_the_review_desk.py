"""the review desk: who is at which registration, and the phrases of 退回, with the first of them"""

from collections.abc import Sequence
from uuid import uuid4

import sqlalchemy as sa
from alembic import op


revision: str = '0022'
down_revision: str | None = '0021'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Reviewers add and delete their own.
PHRASES = (
    ("wrong", "姓名与身份证复印件不一致，请核对后更正"),
    ("wrong", "职称与职称证书不一致，请按证书填写"),
    ("incomplete", "请补充工作年限和从事岗位"),
    ("material_missing", "请上传身份证复印件，正反两面"),
    ("material_missing", "请上传职称证书"),
    ("material_missing", "请上传医师资格证书和医师执业证书"),
    ("not_eligible", "不属于本期培训对象，请参加其他培训"),
)


def upgrade() -> None:
    op.create_table('return_phrases',
    sa.Column('kind', sa.Enum('wrong', 'incomplete', 'material_missing', 'not_eligible', 'other', name='returnkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_return_phrases')),
    sa.UniqueConstraint('kind', 'text', name=op.f('uq_return_phrases_kind_text'))
    )
    op.create_table('reviewing',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('registration_id', sa.Uuid(), nullable=False),
    sa.Column('person_name', sa.String(), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['registration_id'], ['registrations.id'], name=op.f('fk_reviewing_registration_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_reviewing'))
    )
    op.create_index(op.f('ix_reviewing_registration_id'), 'reviewing', ['registration_id'], unique=False)
    phrases = sa.table("return_phrases", sa.column("id", sa.Uuid()), sa.column("kind"), sa.column("text"))
    rows = [{"id": uuid4(), "kind": kind, "text": text} for kind, text in PHRASES]
    op.bulk_insert(phrases, rows)


def downgrade() -> None:
    op.drop_index(op.f('ix_reviewing_registration_id'), table_name='reviewing')
    op.drop_table('reviewing')
    op.drop_table('return_phrases')

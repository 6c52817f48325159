"""the form whole: products, tests, examinations, work sites; 注销; factors that the catalogue lacks"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '0010'
down_revision: str | None = '0009'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

PK = 'pk_declared_factors'
KEY = ['declaration_id', 'class_code', 'factor_code']


def upgrade() -> None:
    op.add_column('declarations', sa.Column('form_version', sa.Integer(), server_default='1', nullable=False))
    op.add_column('declarations', sa.Column('catalogue', sa.String(), server_default='2015', nullable=False))
    op.add_column('declarations', sa.Column('ended_on', sa.Date(), nullable=True))
    op.add_column('declarations', sa.Column('size', sa.String(), nullable=True))
    op.add_column('declarations', sa.Column('industry', sa.String(), nullable=True))
    op.add_column('declarations', sa.Column('economic_type', sa.String(), nullable=True))
    op.add_column('declarations', sa.Column('confidential', sa.Boolean(), server_default='false', nullable=False))
    op.add_column('declarations', sa.Column('tested', sa.Boolean(), nullable=True))
    op.add_column('declarations', sa.Column('test_org', sa.String(), nullable=True))
    op.add_column('declarations', sa.Column('test_report_no', sa.String(), nullable=True))
    op.add_column('declarations', sa.Column('exam_org', sa.String(), nullable=True))
    op.add_column('declarations', sa.Column('exam_report_no', sa.String(), nullable=True))
    op.add_column('declarations', sa.Column('sites', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False))
    op.add_column('declarations', sa.Column('products', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False))
    op.add_column('declarations', sa.Column('tests', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False))
    op.add_column('declarations', sa.Column('exams', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False))
    op.drop_constraint(op.f('declarationkind'), 'declarations', type_='check')
    op.create_check_constraint(op.f('declarationkind'), 'declarations', "kind IN ('initial', 'change', 'annual', 'cancellation')")
    op.add_column('declared_factors', sa.Column('own_name', sa.String(), server_default='', nullable=False))
    op.drop_constraint(PK, 'declared_factors', type_='primary')
    op.create_primary_key(PK, 'declared_factors', [*KEY, 'own_name'])


def downgrade() -> None:
    # The older form has one 其他 a class, and no 注销.
    op.execute(
        "DELETE FROM declared_factors f USING declared_factors g WHERE f.declaration_id = g.declaration_id"
        " AND f.factor_code = g.factor_code AND f.own_name > g.own_name"
    )
    op.drop_constraint(PK, 'declared_factors', type_='primary')
    op.create_primary_key(PK, 'declared_factors', KEY)
    op.drop_column('declared_factors', 'own_name')
    op.execute("UPDATE declarations SET kind = 'change' WHERE kind = 'cancellation'")
    op.drop_constraint(op.f('declarationkind'), 'declarations', type_='check')
    op.create_check_constraint(op.f('declarationkind'), 'declarations', "kind IN ('annual', 'change', 'initial')")
    op.drop_column('declarations', 'exams')
    op.drop_column('declarations', 'tests')
    op.drop_column('declarations', 'products')
    op.drop_column('declarations', 'sites')
    op.drop_column('declarations', 'exam_report_no')
    op.drop_column('declarations', 'exam_org')
    op.drop_column('declarations', 'test_report_no')
    op.drop_column('declarations', 'test_org')
    op.drop_column('declarations', 'tested')
    op.drop_column('declarations', 'confidential')
    op.drop_column('declarations', 'economic_type')
    op.drop_column('declarations', 'industry')
    op.drop_column('declarations', 'size')
    op.drop_column('declarations', 'ended_on')
    op.drop_column('declarations', 'catalogue')
    op.drop_column('declarations', 'form_version')

"""what certificates told of a result; results go with their registration"""

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issued_certificates",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("class_session_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("registration_id", "class_session_id", name=op.f("pk_issued_certificates")),
        sa.UniqueConstraint("certificate_id", name=op.f("uq_issued_certificates_certificate_id")),
    )
    _registration_of_results("CASCADE")


def downgrade() -> None:
    _registration_of_results(None)
    op.drop_table("issued_certificates")


def _registration_of_results(ondelete: str | None) -> None:
    name = op.f("fk_results_registration_id")
    op.drop_constraint(name, "results", type_="foreignkey")
    op.create_foreign_key(name, "results", "registrations", ["registration_id"], ["id"], ondelete=ondelete)

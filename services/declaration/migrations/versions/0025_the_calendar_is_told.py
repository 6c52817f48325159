"""what was kept of the calendar of working days is told to training"""

from collections.abc import Sequence

from alembic import op

revision: str = '0025'
down_revision: str | None = '0024'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("""
        INSERT INTO events (id, type, correlation_id, payload)
        SELECT gen_random_uuid(), 'declaration.calendar_year.kept.v1', '',
               jsonb_build_object('year', kept.year, 'complete', EXISTS (SELECT FROM calendar_years WHERE year = kept.year), 'days',
                                  (SELECT coalesce(jsonb_object_agg(day, works), '{}') FROM calendar_days
                                    WHERE extract(year FROM day) = kept.year))
          FROM (SELECT year FROM calendar_years UNION SELECT extract(year FROM day)::integer FROM calendar_days) AS kept ORDER BY kept.year
    """)


def downgrade() -> None:
    """What was told stays told."""

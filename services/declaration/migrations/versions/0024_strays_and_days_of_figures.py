"""files that no row names, and days of figures that go"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.tasks.strays import STRAY_FILES_DDL_V1

revision: str = '0024'
down_revision: str | None = '0023'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# As in 0022, but that a day from before the days that are kept is counted in its month and year alone.
KEYS = """
CREATE OR REPLACE FUNCTION figure_keys(day date, region_code text) RETURNS TABLE (scope varchar, period integer) LANGUAGE sql {how} AS $$
  SELECT s.scope::varchar, p.period
    FROM (VALUES (left(region_code, 2)), (left(region_code, 4)), (region_code)) AS s (scope)
   CROSS JOIN (VALUES (0), (extract(year FROM day)::integer), ((extract(year FROM day) * 100 + extract(month FROM day))::integer),
                      ((extract(year FROM day) * 10000 + extract(month FROM day) * 100 + extract(day FROM day))::integer)) AS p (period)
   {which}
$$"""
KEPT = KEYS.format(how="STABLE", which="WHERE p.period < 10000000 OR NOT EXISTS (SELECT FROM figure_days AS k WHERE k.since > day)")
# The oldest month that has days from before then, all or nothing; how many cells those were. Every change is counted in its province, so
# that the oldest is found there, and the regions that have any are those of units.
LET_GO = """
CREATE FUNCTION let_go_figure_days(before date) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  oldest integer;
  month integer;
  gone integer;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('figure_cells'));
  SELECT period INTO oldest FROM figure_cells WHERE above = '' AND period > 10000000 ORDER BY period LIMIT 1;
  month := oldest / 100;
  IF oldest IS NULL OR month >= (extract(year FROM before) * 100 + extract(month FROM before))::integer THEN
    RETURN 0;
  END IF;
  INSERT INTO figure_days (one, since) VALUES (true, make_date(month / 100, month % 100, 1) + interval '1 month')
      ON CONFLICT (one) DO UPDATE SET since = greatest(figure_days.since, excluded.since);
  DELETE FROM figure_cells
   WHERE above IN (SELECT '' UNION SELECT DISTINCT left(region_code, 2) FROM figure_units UNION SELECT DISTINCT left(region_code, 4) FROM figure_units)
     AND period BETWEEN month * 100 + 1 AND month * 100 + 31;
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$"""


def upgrade() -> None:
    op.execute(STRAY_FILES_DDL_V1)
    op.create_table('figure_days',
    sa.Column('one', sa.Boolean(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.CheckConstraint('one', name=op.f('ck_figure_days_one')),
    sa.PrimaryKeyConstraint('one', name=op.f('pk_figure_days'))
    )
    op.execute(KEPT)
    op.execute(LET_GO)


def downgrade() -> None:
    op.execute("DROP FUNCTION let_go_figure_days(date)")
    op.execute(KEYS.format(how="IMMUTABLE", which=""))
    op.drop_table("figure_days")
    op.drop_table("stray_files")

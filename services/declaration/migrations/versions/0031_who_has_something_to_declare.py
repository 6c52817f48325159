"""who has something to declare"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '0031'
down_revision: str | None = '0030'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# An employer; who may declare; who has. Of whom the directory has not told what it is, it is taken for one.
DECLARANT = """
CREATE FUNCTION is_declarant(employer uuid, kinds varchar[]) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT $2 = '{}' OR 'employer' = ANY($2)
      OR EXISTS (SELECT FROM declarant_accounts AS a WHERE a.employer_id = $1 AND a.may_declare)
      OR EXISTS (SELECT FROM declarations AS d WHERE d.employer_id = $1 AND d.status <> 'draft')
$$"""
COLUMNS = 'industry, division, size, tested, exposed, disease, trained, measured, exceeded, exam_due, exam_done, factors, tags'
FROM_CONTENT = ', '.join(f'c.{name}' for name in COLUMNS.split(', '))


def keep(which: str, gone: str) -> str:
    """As in 0022, but of those that have something to declare: the others are counted on no day."""
    return f"""
CREATE OR REPLACE FUNCTION keep_figures(ids uuid[], today date, items jsonb) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  unknown uuid[];
  n integer;
  changed integer := 0;
BEGIN
  SELECT coalesce(array_agg(e.id), '{{}}') INTO unknown FROM employers AS e
   WHERE e.id = ANY(ids) AND e.active{which} AND NOT EXISTS (SELECT FROM figure_units AS u WHERE u.employer_id = e.id);
  IF cardinality(unknown) > 0 THEN
    INSERT INTO figure_units (employer_id, region_code, from_day)
    SELECT e.id, e.region_code, least((e.created_at AT TIME ZONE 'Asia/Shanghai')::date, today, min(a.from_day))
      FROM employers AS e LEFT JOIN figure_approved(unknown, today) AS a ON a.employer_id = e.id
     WHERE e.id = ANY(unknown) GROUP BY 1;
    GET DIAGNOSTICS n = ROW_COUNT;
    changed := changed + n;
    INSERT INTO figure_records (employer_id, declaration_id, region_code, from_day, until_day, {COLUMNS})
    SELECT a.employer_id, a.declaration_id, e.region_code, a.from_day, a.until_day, {FROM_CONTENT}
      FROM figure_approved(unknown, today) AS a JOIN employers AS e ON e.id = a.employer_id
      JOIN figure_content(ARRAY(SELECT f.declaration_id FROM figure_approved(unknown, today) AS f), items) AS c
        ON c.declaration_id = a.declaration_id
     WHERE a.kind <> 'cancellation' AND a.from_day IS DISTINCT FROM a.until_day;
  END IF;

{gone}  DELETE FROM figure_units AS u USING employers AS e
   WHERE u.employer_id = ANY(ids) AND e.id = u.employer_id AND NOT e.active AND u.until_day IS NULL AND u.from_day >= today;
  GET DIAGNOSTICS n = ROW_COUNT;
  changed := changed + n;
  UPDATE figure_units AS u SET until_day = today FROM employers AS e
   WHERE u.employer_id = ANY(ids) AND e.id = u.employer_id AND NOT e.active AND u.until_day IS NULL;
  GET DIAGNOSTICS n = ROW_COUNT;
  changed := changed + n;
  INSERT INTO figure_units (employer_id, region_code, from_day)
  SELECT e.id, e.region_code, today FROM employers AS e
   WHERE e.id = ANY(ids) AND e.active{which}
     AND NOT EXISTS (SELECT FROM figure_units AS u WHERE u.employer_id = e.id AND u.until_day IS NULL);
  GET DIAGNOSTICS n = ROW_COUNT;
  changed := changed + n;

  DELETE FROM figure_records AS r
   WHERE r.employer_id = ANY(ids) AND r.until_day IS NULL AND r.from_day >= today
     AND r.declaration_id NOT IN (SELECT v.declaration_id FROM figure_valid(ids, today) AS v);
  GET DIAGNOSTICS n = ROW_COUNT;
  changed := changed + n;
  UPDATE figure_records AS r SET until_day = today
   WHERE r.employer_id = ANY(ids) AND r.until_day IS NULL
     AND r.declaration_id NOT IN (SELECT v.declaration_id FROM figure_valid(ids, today) AS v);
  GET DIAGNOSTICS n = ROW_COUNT;
  changed := changed + n;
  INSERT INTO figure_records (employer_id, declaration_id, region_code, from_day, {COLUMNS})
  SELECT e.id, c.declaration_id, e.region_code, today, {FROM_CONTENT}
    FROM figure_content(ARRAY(SELECT v.declaration_id FROM figure_valid(ids, today) AS v
           WHERE NOT EXISTS (SELECT FROM figure_records AS r WHERE r.employer_id = v.employer_id AND r.until_day IS NULL)), items) AS c
    JOIN declarations AS d ON d.id = c.declaration_id JOIN employers AS e ON e.id = d.employer_id;
  GET DIAGNOSTICS n = ROW_COUNT;
  changed := changed + n;

  UPDATE figure_units AS u SET region_code = e.region_code FROM employers AS e
   WHERE u.employer_id = ANY(ids) AND e.id = u.employer_id AND u.region_code <> e.region_code;
  GET DIAGNOSTICS n = ROW_COUNT;
  changed := changed + n;
  UPDATE figure_records AS r SET region_code = e.region_code FROM employers AS e
   WHERE r.employer_id = ANY(ids) AND e.id = r.employer_id AND r.region_code <> e.region_code;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN changed + n;
END $$"""


KEPT = keep(
    ' AND is_declarant(e.id, e.kinds)',
    """  DELETE FROM figure_units AS u USING employers AS e
   WHERE u.employer_id = ANY(ids) AND e.id = u.employer_id AND NOT is_declarant(e.id, e.kinds);
  GET DIAGNOSTICS n = ROW_COUNT;
  changed := changed + n;
""",
)


def upgrade() -> None:
    op.add_column('employers', sa.Column('kinds', postgresql.ARRAY(sa.String()), server_default=sa.text("'{}'::character varying[]"), nullable=False))
    op.execute(DECLARANT)
    op.execute(KEPT)


def downgrade() -> None:
    op.execute(keep('', ''))
    op.execute('DROP FUNCTION is_declarant(uuid, varchar[])')
    op.drop_column('employers', 'kinds')

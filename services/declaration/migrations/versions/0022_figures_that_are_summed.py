"""figures that are summed"""

from collections.abc import Callable, Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '0022'
down_revision: str | None = '0021'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SUMS = ('registered', 'declared', 'tested', 'over_units', 'exposed', 'disease', 'trained', 'measured', 'exceeded', 'exam_due', 'exam_done')
OF_RECORD = SUMS[1:]
NOTHING = ' AND '.join(f'{name} = 0' for name in SUMS)
ALL = ', '.join(SUMS)


def summed(source: str, sign: str = '') -> str:
    return ', '.join(f'sum({sign}{source}.{name})' for name in SUMS)


def something(source: str, sign: str = '') -> str:
    return ' OR '.join(f'sum({sign}{source}.{name}) <> 0' for name in SUMS)


# Where and when a change is counted: in the province, the city and the county, in what there is now, and in its year, month and day.
KEYS = """
CREATE FUNCTION figure_keys(day date, region_code text) RETURNS TABLE (scope varchar, period integer) LANGUAGE sql IMMUTABLE AS $$
  SELECT s.scope::varchar, p.period
    FROM (VALUES (left(region_code, 2)), (left(region_code, 4)), (region_code)) AS s (scope)
   CROSS JOIN (VALUES (0), (extract(year FROM day)::integer), ((extract(year FROM day) * 100 + extract(month FROM day))::integer),
                      ((extract(year FROM day) * 10000 + extract(month FROM day) * 100 + extract(day FROM day))::integer)) AS p (period)
$$"""
# What a valid declaration is counted as: the whole of it, then each class and each factor.
PARTS = """
CREATE FUNCTION figure_parts(tested boolean, exposed integer, disease integer, trained integer, measured integer, exceeded integer,
                             exam_due integer, exam_done integer, factors jsonb)
RETURNS TABLE (factor_class text, factor text, registered integer, declared integer, tested integer, over_units integer, exposed integer,
               disease integer, trained integer, measured integer, exceeded integer, exam_due integer, exam_done integer)
LANGUAGE sql IMMUTABLE AS $$
  SELECT '', '', 0, 1, $1::integer, ($6 > 0)::integer, $2, $3, $4, $5, $6, $7, $8
   UNION ALL
  SELECT f.class, f.factor, 0, 1, $1::integer, (f.exceeded > 0)::integer, f.exposed, 0, 0, f.measured, f.exceeded, f.exam_due, f.exam_done
    FROM jsonb_to_recordset($9) AS f (class text, factor text, exposed integer, measured integer, exceeded integer, exam_due integer,
                                      exam_done integer)
$$"""
OF_ROW = 'b.tested, b.exposed, b.disease, b.trained, b.measured, b.exceeded, b.exam_due, b.exam_done, b.factors'
WAS, NOW = 'SELECT -1 AS n, o.* FROM was_there AS o', 'SELECT 1 AS n, w.* FROM now_there AS w'


def of_records(rows: str) -> str:
    return f"""
    SELECT d.day, b.region_code, p.factor_class, p.factor, b.division, b.size, {summed('p', 'b.n * d.n * ')}
      FROM ({rows}) AS b CROSS JOIN LATERAL (VALUES (b.from_day, 1), (b.until_day, -1)) AS d (day, n)
     CROSS JOIN LATERAL figure_parts({OF_ROW}) AS p
     WHERE d.day IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6 HAVING {something('p', 'b.n * d.n * ')}"""


def of_units(rows: str) -> str:
    return f"""
    SELECT d.day, b.region_code, '', '', '', '', sum(b.n * d.n), {', '.join('0' for _ in OF_RECORD)}
      FROM ({rows}) AS b CROSS JOIN LATERAL (VALUES (b.from_day, 1), (b.until_day, -1)) AS d (day, n)
     WHERE d.day IS NOT NULL GROUP BY 1, 2 HAVING sum(b.n * d.n) <> 0"""


def appending(name: str, made: Callable[[str], str]) -> str:
    into = f'INSERT INTO figure_deltas (day, region_code, factor_class, factor, division, size, {ALL})'
    return f"""
CREATE FUNCTION append_{name}_deltas() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    {into} {made(NOW)};
  ELSIF TG_OP = 'DELETE' THEN
    {into} {made(WAS)};
  ELSE
    {into} {made(f'{WAS} UNION ALL {NOW}')};
  END IF;
  RETURN NULL;
END $$"""


def triggers(table: str, name: str) -> tuple[str, ...]:
    tables = {'insert': 'NEW TABLE AS now_there', 'update': 'OLD TABLE AS was_there NEW TABLE AS now_there', 'delete': 'OLD TABLE AS was_there'}
    return tuple(
        f'CREATE TRIGGER {table}_{what} AFTER {what.upper()} ON {table} REFERENCING {named} FOR EACH STATEMENT EXECUTE FUNCTION append_{name}_deltas()'
        for what, named in tables.items()
    )


# What is counted of declarations. ``items`` says of each row of 检测点数 and 检查人数 of which class and factor it is; the row for two classes
# goes to the first of them that is declared.
CONTENT = """
CREATE FUNCTION figure_content(ids uuid[], items jsonb)
RETURNS TABLE (declaration_id uuid, industry text, division text, size text, tested boolean, exposed integer, disease integer, trained integer,
               measured integer, exceeded integer, exam_due integer, exam_done integer, factors jsonb, tags varchar[])
LANGUAGE sql STABLE AS $$
  WITH rows AS (
    SELECT d.id, r.item, r.measured, r.exceeded, r.exam_due, r.exam_done,
           CASE WHEN items->r.item->>'else' IS NOT NULL
                 AND NOT EXISTS (SELECT FROM declared_classes AS c WHERE c.declaration_id = d.id AND c.class_code = items->r.item->>'class')
                THEN items->r.item->>'else' ELSE items->r.item->>'class' END AS class,
           coalesce(items->r.item->>'factor', '') AS factor
      FROM declarations AS d CROSS JOIN LATERAL (
        SELECT t->>'item' AS item, coalesce((t->>'measured')::integer, 0) AS measured, coalesce((t->>'over')::integer, 0) AS exceeded,
               0 AS exam_due, 0 AS exam_done FROM jsonb_array_elements(d.tests) AS t
         UNION ALL
        SELECT x->>'item', 0, 0, coalesce((x->>'due')::integer, 0), coalesce((x->>'done')::integer, 0)
          FROM jsonb_array_elements(d.exams) AS x) AS r
     WHERE d.id = ANY(ids)
  ), persons AS (
    SELECT c.declaration_id AS id, c.class_code AS class, '' AS factor, c.exposed_count AS exposed FROM declared_classes AS c
     WHERE c.declaration_id = ANY(ids)
     UNION ALL
    SELECT f.declaration_id, f.class_code, f.factor_code, sum(f.exposed_count) FROM declared_factors AS f
     WHERE f.declaration_id = ANY(ids) GROUP BY 1, 2, 3
  ), parts AS (
    SELECT p.id, p.class, p.factor, coalesce(p.exposed, 0) AS exposed, coalesce(sum(r.measured), 0) AS measured,
           coalesce(sum(r.exceeded), 0) AS exceeded, coalesce(sum(r.exam_due), 0) AS exam_due, coalesce(sum(r.exam_done), 0) AS exam_done
      FROM persons AS p LEFT JOIN rows AS r USING (id, class, factor) GROUP BY 1, 2, 3, 4
  ), whole AS (
    SELECT id, sum(measured) AS measured, sum(exceeded) AS exceeded, sum(exam_due) AS exam_due, sum(exam_done) AS exam_done
      FROM rows WHERE factor = '' GROUP BY 1
  ), listed AS (
    SELECT id, jsonb_agg(jsonb_build_object('class', class, 'factor', factor, 'exposed', exposed, 'measured', measured, 'exceeded', exceeded,
                                            'exam_due', exam_due, 'exam_done', exam_done) ORDER BY class, factor) AS factors,
           array_agg(coalesce(nullif(factor, ''), class)::varchar ORDER BY class, factor)
             || coalesce(array_agg(('!' || coalesce(nullif(factor, ''), class))::varchar ORDER BY class, factor)
                         FILTER (WHERE exceeded > 0), '{}') AS tags
      FROM parts GROUP BY 1
  )
  SELECT d.id, coalesce(d.industry, ''), left(coalesce(d.industry, ''), 3), coalesce(d.size, ''), coalesce(d.tested, false),
         coalesce(d.exposed_count, 0), coalesce(d.disease_count, 0), coalesce(d.trained_count, 0),
         coalesce(w.measured, 0)::integer, coalesce(w.exceeded, 0)::integer, coalesce(w.exam_due, 0)::integer,
         coalesce(w.exam_done, 0)::integer, coalesce(l.factors, '[]'), coalesce(l.tags, '{}')
    FROM declarations AS d LEFT JOIN whole AS w USING (id) LEFT JOIN listed AS l USING (id) WHERE d.id = ANY(ids)
$$"""
# The approved declarations of units in their order, and the day from which each was valid: one that was approved late does not reach back.
APPROVED = """
CREATE FUNCTION figure_approved(ids uuid[], today date)
RETURNS TABLE (employer_id uuid, declaration_id uuid, kind text, from_day date, until_day date) LANGUAGE sql STABLE AS $$
  SELECT a.employer_id, a.id, a.kind, a.from_day, lead(a.from_day) OVER (PARTITION BY a.employer_id ORDER BY a.declared_on, a.id)
    FROM (SELECT d.employer_id, d.id, d.kind, d.declared_on,
                 least(max(coalesce((d.reviewed_at AT TIME ZONE 'Asia/Shanghai')::date, d.declared_on))
                         OVER (PARTITION BY d.employer_id ORDER BY d.declared_on, d.id), today) AS from_day
            FROM declarations AS d WHERE d.employer_id = ANY(ids) AND d.status = 'approved') AS a
$$"""
COLUMNS = 'industry, division, size, tested, exposed, disease, trained, measured, exceeded, exam_due, exam_done, factors, tags'
FROM_CONTENT = ', '.join(f'c.{name}' for name in COLUMNS.split(', '))
# Brings the periods of units up to date, whose clocks the caller has locked; how many it changed. A unit of which nothing is kept yet gets
# its past from what is approved.
KEEP = f"""
CREATE FUNCTION keep_figures(ids uuid[], today date, items jsonb) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  unknown uuid[];
  n integer;
  changed integer := 0;
BEGIN
  SELECT coalesce(array_agg(e.id), '{{}}') INTO unknown FROM employers AS e
   WHERE e.id = ANY(ids) AND e.active AND NOT EXISTS (SELECT FROM figure_units AS u WHERE u.employer_id = e.id);
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

  DELETE FROM figure_units AS u USING employers AS e
   WHERE u.employer_id = ANY(ids) AND e.id = u.employer_id AND NOT e.active AND u.until_day IS NULL AND u.from_day >= today;
  GET DIAGNOSTICS n = ROW_COUNT;
  changed := changed + n;
  UPDATE figure_units AS u SET until_day = today FROM employers AS e
   WHERE u.employer_id = ANY(ids) AND e.id = u.employer_id AND NOT e.active AND u.until_day IS NULL;
  GET DIAGNOSTICS n = ROW_COUNT;
  changed := changed + n;
  INSERT INTO figure_units (employer_id, region_code, from_day)
  SELECT e.id, e.region_code, today FROM employers AS e
   WHERE e.id = ANY(ids) AND e.active AND NOT EXISTS (SELECT FROM figure_units AS u WHERE u.employer_id = e.id AND u.until_day IS NULL);
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
# The declaration of each of these units that is valid now; none where the last one is a 注销 or the unit is closed.
VALID = """
CREATE FUNCTION figure_valid(ids uuid[], today date) RETURNS TABLE (employer_id uuid, declaration_id uuid) LANGUAGE sql STABLE AS $$
  SELECT a.employer_id, a.declaration_id FROM figure_approved(ids, today) AS a JOIN employers AS e ON e.id = a.employer_id
   WHERE a.until_day IS NULL AND a.kind <> 'cancellation' AND e.active
$$"""
# One after the other: a count that is made anew must not lose what is folded meanwhile.
ALONE = "PERFORM pg_advisory_xact_lock(hashtext('figure_cells'));"
PUT = f"""INSERT INTO figure_cells AS c (scope, period, factor_class, factor, division, size, {ALL})
    SELECT k.scope, k.period, s.factor_class, s.factor, s.division, s.size, {summed('s')}
      FROM summed AS s CROSS JOIN LATERAL figure_keys(s.day, s.region_code) AS k GROUP BY 1, 2, 3, 4, 5, 6"""
FOLD = f"""
CREATE FUNCTION fold_figures(most integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  folded integer;
BEGIN
  {ALONE}
  WITH taken AS (
    DELETE FROM figure_deltas WHERE id IN (SELECT id FROM figure_deltas ORDER BY id LIMIT most) RETURNING *
  ), summed AS (
    SELECT t.day, t.region_code, t.factor_class, t.factor, t.division, t.size, {', '.join(f'sum(t.{name}) AS {name}' for name in SUMS)}
      FROM taken AS t GROUP BY 1, 2, 3, 4, 5, 6 HAVING {something('t')}
  ), written AS (
    {PUT} HAVING {something('s')}
        ON CONFLICT (scope, period, factor_class, factor, division, size)
        DO UPDATE SET {', '.join(f'{name} = c.{name} + excluded.{name}' for name in SUMS)}
  )
  SELECT count(*) INTO folded FROM taken;
  DELETE FROM figure_cells WHERE {NOTHING};
  RETURN folded;
END $$"""
FACTS = f"""
CREATE FUNCTION figure_facts(region text)
RETURNS TABLE (day date, region_code text, factor_class text, factor text, division text, size text, {', '.join(f'{name} bigint' for name in SUMS)})
LANGUAGE sql STABLE AS $$
  {of_records("SELECT 1 AS n, f.* FROM figure_records AS f WHERE f.region_code LIKE region || '%'")}
   UNION ALL {of_units("SELECT 1 AS n, f.* FROM figure_units AS f WHERE f.region_code LIKE region || '%'")}
$$"""
# Where the cells with what is not folded yet are not what the periods of regions whose codes begin so are.
DRIFT = f"""
CREATE FUNCTION figure_drift(region text, most integer) RETURNS TABLE (scope text, period integer, factor_class text, factor text, division text,
  size text, shown bigint[], counted bigint[]) LANGUAGE sql STABLE AS $$
  WITH shown AS (
    SELECT scope, period, factor_class, factor, division, size, {', '.join(f'sum({name})::bigint AS {name}' for name in SUMS)}
      FROM (SELECT c.scope, c.period, c.factor_class, c.factor, c.division, c.size, {', '.join(f'c.{name}' for name in SUMS)} FROM figure_cells AS c
             WHERE c.scope LIKE region || '%'
             UNION ALL
            SELECT k.scope, k.period, d.factor_class, d.factor, d.division, d.size, {', '.join(f'd.{name}' for name in SUMS)}
              FROM figure_deltas AS d CROSS JOIN LATERAL figure_keys(d.day, d.region_code) AS k
             WHERE d.region_code LIKE region || '%' AND k.scope LIKE region || '%') AS b
     GROUP BY 1, 2, 3, 4, 5, 6
  ), counted AS (
    SELECT k.scope, k.period, s.factor_class, s.factor, s.division, s.size, {', '.join(f'sum(s.{name})::bigint AS {name}' for name in SUMS)}
      FROM figure_facts(region) AS s CROSS JOIN LATERAL figure_keys(s.day, s.region_code) AS k WHERE k.scope LIKE region || '%'
     GROUP BY 1, 2, 3, 4, 5, 6
  ), compared AS (
    SELECT scope, period, factor_class, factor, division, size, ARRAY[{', '.join(f'coalesce(s.{name}, 0)' for name in SUMS)}] AS shown,
           ARRAY[{', '.join(f'coalesce(c.{name}, 0)' for name in SUMS)}] AS counted
      FROM shown AS s FULL JOIN counted AS c USING (scope, period, factor_class, factor, division, size)
  )
  SELECT * FROM compared AS x WHERE x.shown <> x.counted ORDER BY 1, 2, 3, 4, 5, 6 LIMIT most
$$"""
REBUILD = f"""
CREATE FUNCTION rebuild_figures() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  {ALONE}
  WITH gone AS (
    DELETE FROM figure_deltas
  ), summed AS (
    SELECT * FROM figure_facts('')
  ), counted AS (
    SELECT k.scope, k.period, s.factor_class, s.factor, s.division, s.size, {', '.join(f'sum(s.{name})::bigint AS {name}' for name in SUMS)}
      FROM summed AS s CROSS JOIN LATERAL figure_keys(s.day, s.region_code) AS k GROUP BY 1, 2, 3, 4, 5, 6
  )
  INSERT INTO figure_cells AS c (scope, period, factor_class, factor, division, size, {ALL})
  SELECT scope, period, factor_class, factor, division, size, {', '.join(f'coalesce(n.{name}, 0)' for name in SUMS)}
    FROM counted AS n FULL JOIN figure_cells AS o USING (scope, period, factor_class, factor, division, size)
      ON CONFLICT (scope, period, factor_class, factor, division, size) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in SUMS)}
   WHERE ({', '.join(f'c.{name}' for name in SUMS)}) IS DISTINCT FROM ({', '.join(f'excluded.{name}' for name in SUMS)});
  DELETE FROM figure_cells WHERE {NOTHING};
END $$"""
MADE = (
    KEYS,
    PARTS,
    CONTENT,
    APPROVED,
    VALID,
    appending('figure_record', of_records),
    appending('figure_unit', of_units),
    *triggers('figure_records', 'figure_record'),
    *triggers('figure_units', 'figure_unit'),
    KEEP,
    FOLD,
    FACTS,
    DRIFT,
    REBUILD,
)
DROPPED = (
    'rebuild_figures()',
    'figure_drift(text, integer)',
    'figure_facts(text)',
    'fold_figures(integer)',
    'keep_figures(uuid[], date, jsonb)',
    'append_figure_unit_deltas()',
    'append_figure_record_deltas()',
    'figure_valid(uuid[], date)',
    'figure_approved(uuid[], date)',
    'figure_content(uuid[], jsonb)',
    'figure_parts(boolean, integer, integer, integer, integer, integer, integer, integer, jsonb)',
    'figure_keys(date, text)',
)


def upgrade() -> None:
    op.create_table('figure_cells',
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('period', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('factor_class', sa.String(), nullable=False),
    sa.Column('factor', sa.String(), nullable=False),
    sa.Column('division', sa.String(), nullable=False),
    sa.Column('size', sa.String(), nullable=False),
    sa.Column('above', sa.String(), sa.Computed('"left"(scope, greatest(length(scope) - 2, 0))', persisted=True), nullable=False),
    sa.Column('registered', sa.BigInteger(), nullable=False),
    sa.Column('declared', sa.BigInteger(), nullable=False),
    sa.Column('tested', sa.BigInteger(), nullable=False),
    sa.Column('over_units', sa.BigInteger(), nullable=False),
    sa.Column('exposed', sa.BigInteger(), nullable=False),
    sa.Column('disease', sa.BigInteger(), nullable=False),
    sa.Column('trained', sa.BigInteger(), nullable=False),
    sa.Column('measured', sa.BigInteger(), nullable=False),
    sa.Column('exceeded', sa.BigInteger(), nullable=False),
    sa.Column('exam_due', sa.BigInteger(), nullable=False),
    sa.Column('exam_done', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('scope', 'period', 'factor_class', 'factor', 'division', 'size', name=op.f('pk_figure_cells'))
    )
    op.create_index(op.f('ix_figure_cells_above_period_factor_class_factor'), 'figure_cells', ['above', 'period', 'factor_class', 'factor'], unique=False)
    op.create_index('ix_figure_cells_nothing', 'figure_cells', ['scope'], unique=False, postgresql_where=sa.text('registered = 0 AND declared = 0 AND tested = 0 AND over_units = 0 AND exposed = 0 AND disease = 0 AND trained = 0 AND measured = 0 AND exceeded = 0 AND exam_due = 0 AND exam_done = 0'))
    op.create_table('figure_deltas',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('region_code', sa.String(), nullable=False),
    sa.Column('factor_class', sa.String(), nullable=False),
    sa.Column('factor', sa.String(), nullable=False),
    sa.Column('division', sa.String(), nullable=False),
    sa.Column('size', sa.String(), nullable=False),
    sa.Column('registered', sa.BigInteger(), nullable=False),
    sa.Column('declared', sa.BigInteger(), nullable=False),
    sa.Column('tested', sa.BigInteger(), nullable=False),
    sa.Column('over_units', sa.BigInteger(), nullable=False),
    sa.Column('exposed', sa.BigInteger(), nullable=False),
    sa.Column('disease', sa.BigInteger(), nullable=False),
    sa.Column('trained', sa.BigInteger(), nullable=False),
    sa.Column('measured', sa.BigInteger(), nullable=False),
    sa.Column('exceeded', sa.BigInteger(), nullable=False),
    sa.Column('exam_due', sa.BigInteger(), nullable=False),
    sa.Column('exam_done', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_figure_deltas'))
    )
    op.create_table('figure_records',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('employer_id', sa.Uuid(), nullable=False),
    sa.Column('declaration_id', sa.Uuid(), nullable=False),
    sa.Column('region_code', sa.String(), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('until_day', sa.Date(), nullable=True),
    sa.Column('industry', sa.String(), nullable=False),
    sa.Column('division', sa.String(), nullable=False),
    sa.Column('size', sa.String(), nullable=False),
    sa.Column('tested', sa.Boolean(), nullable=False),
    sa.Column('exposed', sa.Integer(), nullable=False),
    sa.Column('disease', sa.Integer(), nullable=False),
    sa.Column('trained', sa.Integer(), nullable=False),
    sa.Column('measured', sa.Integer(), nullable=False),
    sa.Column('exceeded', sa.Integer(), nullable=False),
    sa.Column('exam_due', sa.Integer(), nullable=False),
    sa.Column('exam_done', sa.Integer(), nullable=False),
    sa.Column('factors', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('tags', postgresql.ARRAY(sa.String()), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_figure_records'))
    )
    op.create_index(op.f('ix_figure_records_employer_id'), 'figure_records', ['employer_id'], unique=False)
    op.create_index('ix_figure_records_region', 'figure_records', ['region_code'], unique=False, postgresql_ops={'region_code': 'text_pattern_ops'})
    op.create_index('uq_figure_records_open', 'figure_records', ['employer_id'], unique=True, postgresql_where=sa.text('until_day IS NULL'))
    op.create_table('figure_runs',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('kept_to', sa.Uuid(), nullable=True),
    sa.Column('corrected', sa.Integer(), server_default='0', nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.String(), nullable=True),
    sa.Column('correlation_id', sa.String(), server_default='', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_figure_runs')),
    sa.UniqueConstraint('day', name=op.f('uq_figure_runs_day'))
    )
    op.create_table('figure_units',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('employer_id', sa.Uuid(), nullable=False),
    sa.Column('region_code', sa.String(), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('until_day', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_figure_units'))
    )
    op.create_index(op.f('ix_figure_units_employer_id'), 'figure_units', ['employer_id'], unique=False)
    op.create_index('ix_figure_units_region', 'figure_units', ['region_code', 'employer_id'], unique=False, postgresql_ops={'region_code': 'text_pattern_ops'})
    op.create_index('uq_figure_units_open', 'figure_units', ['employer_id'], unique=True, postgresql_where=sa.text('until_day IS NULL'))
    op.create_table('officers',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('person_name', sa.String(), nullable=False),
    sa.Column('sees', sa.Boolean(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_officers'))
    )
    # Auth has told of its accounts before anybody here kept those of officers: its log is read once more.
    op.execute("UPDATE bookmarks SET transaction = 0, sequence = 0 WHERE producer = 'auth'")
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table('officers')
    op.drop_index('uq_figure_units_open', table_name='figure_units', postgresql_where=sa.text('until_day IS NULL'))
    op.drop_index('ix_figure_units_region', table_name='figure_units', postgresql_ops={'region_code': 'text_pattern_ops'})
    op.drop_index(op.f('ix_figure_units_employer_id'), table_name='figure_units')
    op.drop_table('figure_units')
    op.drop_table('figure_runs')
    op.drop_index('uq_figure_records_open', table_name='figure_records', postgresql_where=sa.text('until_day IS NULL'))
    op.drop_index('ix_figure_records_region', table_name='figure_records', postgresql_ops={'region_code': 'text_pattern_ops'})
    op.drop_index(op.f('ix_figure_records_employer_id'), table_name='figure_records')
    op.drop_table('figure_records')
    op.drop_table('figure_deltas')
    op.drop_index('ix_figure_cells_nothing', table_name='figure_cells', postgresql_where=sa.text('registered = 0 AND declared = 0 AND tested = 0 AND over_units = 0 AND exposed = 0 AND disease = 0 AND trained = 0 AND measured = 0 AND exceeded = 0 AND exam_due = 0 AND exam_done = 0'))
    op.drop_index(op.f('ix_figure_cells_above_period_factor_class_factor'), table_name='figure_cells')
    op.drop_table('figure_cells')
    for name in DROPPED:
        op.execute(f'DROP FUNCTION {name}')

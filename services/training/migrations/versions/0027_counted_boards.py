"""counted boards"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0027'
down_revision: str | None = '0026'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Where a registration is counted: in the province, the city and the county of its unit, each by what a board shows there.
KEYS = """
CREATE FUNCTION board_keys(region_code text, unit_id uuid, plan_id uuid, status text, month text, waits date, asks date)
RETURNS TABLE (scope varchar, what varchar, key varchar, of_status varchar) LANGUAGE sql IMMUTABLE AS $$
  SELECT s.scope::varchar, k.what::varchar, k.key::varchar, k.of_status::varchar
    FROM (VALUES (left(region_code, 2), left(region_code, 4)), (left(region_code, 4), region_code),
                 (region_code, unit_id::text)) AS s (scope, below)
   CROSS JOIN LATERAL (VALUES ('region', s.below, status), ('plan', plan_id::text, status), ('month', month, status),
                              ('reviews', waits::text, ''), ('return_requests', asks::text, '')) AS k (what, key, of_status)
   WHERE k.key IS NOT NULL
$$"""
# What a registration is counted as.
COUNTED = """
CREATE FUNCTION board_parts(status text, created_at timestamptz, submitted_at timestamptz, asked_at timestamptz)
RETURNS TABLE (month text, waits date, asks date) LANGUAGE sql STABLE AS $$
  SELECT to_char(created_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM'),
         CASE WHEN status = 'submitted' THEN
           (coalesce(asked_at, submitted_at, created_at) AT TIME ZONE 'Asia/Shanghai')::date END,
         (asked_at AT TIME ZONE 'Asia/Shanghai')::date
$$"""
APPEND = """
CREATE FUNCTION append_board_deltas() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO board_deltas (region_code, unit_id, plan_id, status, month, waits, asks, people)
    SELECT n.region_code, n.unit_id, n.plan_id, n.status, p.month, p.waits, p.asks, count(*)
      FROM now_there AS n CROSS JOIN LATERAL board_parts(n.status, n.created_at, n.submitted_at, n.return_requested_at) AS p GROUP BY 1, 2, 3, 4, 5, 6, 7;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO board_deltas (region_code, unit_id, plan_id, status, month, waits, asks, people)
    SELECT o.region_code, o.unit_id, o.plan_id, o.status, p.month, p.waits, p.asks, -count(*)
      FROM was_there AS o CROSS JOIN LATERAL board_parts(o.status, o.created_at, o.submitted_at, o.return_requested_at) AS p GROUP BY 1, 2, 3, 4, 5, 6, 7;
  ELSE
    INSERT INTO board_deltas (region_code, unit_id, plan_id, status, month, waits, asks, people)
    SELECT b.region_code, b.unit_id, b.plan_id, b.status, b.month, b.waits, b.asks, sum(b.n)
      FROM (SELECT o.region_code, o.unit_id, o.plan_id, o.status, p.month, p.waits, p.asks, -1 AS n
              FROM was_there AS o CROSS JOIN LATERAL board_parts(o.status, o.created_at, o.submitted_at, o.return_requested_at) AS p
             UNION ALL
            SELECT n.region_code, n.unit_id, n.plan_id, n.status, p.month, p.waits, p.asks, 1
              FROM now_there AS n CROSS JOIN LATERAL board_parts(n.status, n.created_at, n.submitted_at, n.return_requested_at) AS p) AS b
     GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(b.n) <> 0;
  END IF;
  RETURN NULL;
END $$"""
TRIGGERS = (
    "CREATE TRIGGER board_insert AFTER INSERT ON registrations REFERENCING NEW TABLE AS now_there"
    " FOR EACH STATEMENT EXECUTE FUNCTION append_board_deltas()",
    "CREATE TRIGGER board_update AFTER UPDATE ON registrations REFERENCING OLD TABLE AS was_there NEW TABLE AS now_there"
    " FOR EACH STATEMENT EXECUTE FUNCTION append_board_deltas()",
    "CREATE TRIGGER board_delete AFTER DELETE ON registrations REFERENCING OLD TABLE AS was_there"
    " FOR EACH STATEMENT EXECUTE FUNCTION append_board_deltas()",
)
PENDING = """
CREATE VIEW board_pending AS
SELECT k.scope, k.what, k.key, k.of_status AS status, d.people FROM board_deltas AS d
 CROSS JOIN LATERAL board_keys(d.region_code, d.unit_id, d.plan_id, d.status, d.month, d.waits, d.asks) AS k"""
# What is shown: what was folded and what was not yet, to be summed. Both sides have columns of one type, or PostgreSQL would filter neither
# side by its own index.
SHOWN = """
CREATE VIEW board_shown AS
SELECT scope, what, key, status, people FROM board_cells UNION ALL SELECT scope, what, key, status, people FROM board_pending"""
# No view: one would keep the columns of registrations as they are.
RECOUNT = """
CREATE FUNCTION board_recount() RETURNS TABLE (scope text, what text, key text, status text, people bigint) LANGUAGE sql STABLE AS $$
  SELECT k.scope, k.what, k.key, k.of_status, sum(c.people)::bigint
    FROM (SELECT r.region_code, r.unit_id, r.plan_id, r.status, p.month, p.waits, p.asks, count(*) AS people
            FROM registrations AS r
           CROSS JOIN LATERAL board_parts(r.status, r.created_at, r.submitted_at, r.return_requested_at) AS p
           GROUP BY 1, 2, 3, 4, 5, 6, 7) AS c
   CROSS JOIN LATERAL board_keys(c.region_code, c.unit_id, c.plan_id, c.status, c.month, c.waits, c.asks) AS k
   GROUP BY 1, 2, 3, 4
$$"""
FILL = "INSERT INTO board_cells (scope, what, key, status, people) SELECT scope, what, key, status, people FROM board_recount()"


def upgrade() -> None:
    op.create_table('board_deltas',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('region_code', sa.String(), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=False),
    sa.Column('plan_id', sa.Uuid(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('month', sa.String(), nullable=False),
    sa.Column('waits', sa.Date(), nullable=True),
    sa.Column('asks', sa.Date(), nullable=True),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_board_deltas'))
    )
    op.create_index('ix_registrations_asked', 'registrations', ['return_requested_at'], unique=False, postgresql_where=sa.text('return_requested_at IS NOT NULL'))
    op.create_table('board_cells',
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('people', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('scope', 'what', 'key', 'status', name=op.f('pk_board_cells'))
    )
    for statement in (KEYS, COUNTED, APPEND, *TRIGGERS, PENDING, SHOWN, RECOUNT, FILL):
        op.execute(statement)


def downgrade() -> None:
    for name in ('insert', 'update', 'delete'):
        op.execute(f'DROP TRIGGER board_{name} ON registrations')
    op.execute('DROP FUNCTION append_board_deltas()')
    op.execute('DROP FUNCTION board_recount()')
    op.execute('DROP VIEW board_shown')
    op.execute('DROP VIEW board_pending')
    op.execute('DROP FUNCTION board_parts(text, timestamptz, timestamptz, timestamptz)')
    op.execute('DROP FUNCTION board_keys(text, uuid, uuid, text, text, date, date)')
    op.drop_table('board_cells')
    op.drop_index('ix_registrations_asked', table_name='registrations')
    op.drop_table('board_deltas')

"""The counted numbers of the boards: folding what was appended, and counting anew (STAFF-12, ADR 28).

Every change of a registration appends deltas in its own transaction (a trigger sees to it), so that no two of them wait for one row of
a counter. The fold moves deltas into cells; who reads adds what is not folded yet in the same statement (the view ``board_shown``), and so
sees each change exactly once, folded or not, whatever became of the worker.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

FOLDED_AT_ONCE = 20_000
# One after the other: a count that is made anew must not lose what is folded meanwhile.
_ALONE = text("SELECT pg_advisory_xact_lock(hashtext('board_cells'))")
_FOLD = text("""
WITH taken AS (
  DELETE FROM board_deltas WHERE id IN (SELECT id FROM board_deltas ORDER BY id LIMIT :most) RETURNING *
), changed AS (
  INSERT INTO board_cells AS c (scope, what, key, status, people)
  SELECT k.scope, k.what, k.key, k.of_status, sum(d.people) FROM taken AS d
   CROSS JOIN LATERAL board_keys(d.region_code, d.unit_id, d.plan_id, d.status, d.month, d.waits, d.asks) AS k
   GROUP BY 1, 2, 3, 4 HAVING sum(d.people) <> 0
      ON CONFLICT (scope, what, key, status) DO UPDATE SET people = c.people + excluded.people
)
SELECT count(*) FROM taken""")
_EMPTY = text("DELETE FROM board_cells WHERE people = 0")
_DRIFT = text("""
SELECT scope, what, key, status, coalesce(s.people, 0) AS shown, coalesce(r.people, 0) AS counted
  FROM board_recount() AS r
  FULL JOIN (SELECT scope, what, key, status, sum(people)::bigint AS people FROM board_shown GROUP BY 1, 2, 3, 4) AS s
 USING (scope, what, key, status)
 WHERE coalesce(s.people, 0) <> coalesce(r.people, 0) ORDER BY 1, 2, 3, 4 LIMIT :most""")
_REBUILD = text("""
WITH gone AS (DELETE FROM board_deltas)
INSERT INTO board_cells AS c (scope, what, key, status, people)
SELECT scope, what, key, status, coalesce(r.people, 0)
  FROM board_recount() AS r FULL JOIN board_cells AS b USING (scope, what, key, status)
    ON CONFLICT (scope, what, key, status) DO UPDATE SET people = excluded.people WHERE c.people <> excluded.people""")
_LONG = text("SET LOCAL statement_timeout = 0")


class Drift(NamedTuple):
    """A cell that shows another number than the registrations are."""

    scope: str
    what: str
    key: str
    status: str
    shown: int
    counted: int


async def fold(session: AsyncSession, *, most: int = FOLDED_AT_ONCE) -> int:
    """Moves deltas into the cells, the oldest first; how many. All or nothing: a worker that dies leaves them where they were."""
    await session.execute(_ALONE)
    folded = (await session.execute(_FOLD, {"most": most})).scalar_one()
    await session.execute(_EMPTY)
    return int(folded)


async def drift(session: AsyncSession, *, most: int = 20) -> Sequence[Drift]:
    """Where what is shown is not what is there, of one moment."""
    await session.execute(_LONG)
    return [Drift(*row) for row in await session.execute(_DRIFT, {"most": most})]


async def rebuild(session: AsyncSession) -> None:
    """Counts everything anew; changes that commit meanwhile append their deltas as ever, and stay."""
    await session.execute(_LONG)
    await session.execute(_ALONE)
    await session.execute(_REBUILD)
    await session.execute(_EMPTY)

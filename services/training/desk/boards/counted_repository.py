"""Reading the counted numbers of one region (STAFF-12): one statement, so that all of them are of one moment."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.institutions.models import Institution
from services.training.plans.workflow import PlanStatus
from shared.identity import Actor

REGION, PLAN, TYPE, MONTH = "region", "plan", "type", "month"

# Class types are summed from plans, whose type may be corrected; of plans there are thousands, of which a board shows the newest.
_NUMBERS = text("""
WITH live AS (
  SELECT what, key, status, sum(people)::bigint AS people FROM board_shown WHERE scope = :scope GROUP BY 1, 2, 3 HAVING sum(people) <> 0
), newest AS MATERIALIZED (
  SELECT p.id::text AS key, p.name, p.registration_deadline AS deadline FROM plans AS p
   WHERE p.status = ANY(:published) AND EXISTS (SELECT FROM live WHERE live.what = 'plan' AND live.key = p.id::text)
   ORDER BY p.registration_deadline DESC, p.id LIMIT :plans
)
SELECT what, key, NULL AS label, status, people, NULL::date AS deadline, 0 AS position FROM live WHERE what <> 'plan'
 UNION ALL
SELECT 'plan', n.key, n.name, l.status, l.people, n.deadline, 0
  FROM newest AS n JOIN live AS l ON l.what = 'plan' AND l.key = n.key
 UNION ALL
SELECT 'type', t.code, t.label, l.status, sum(l.people)::bigint, NULL, t.position
  FROM live AS l JOIN plans AS p ON p.id::text = l.key JOIN plan_types AS t ON t.code = p.type_code
 WHERE l.what = 'plan' GROUP BY t.code, l.status""")


class Number(NamedTuple):
    """How many people there are of one ``key``; ``label``, ``deadline`` and ``position`` where it is a plan's or a class type's."""

    what: str
    key: str
    label: str | None
    status: str
    people: int
    deadline: date | None
    position: int


async def numbers(session: AsyncSession, actor: Actor, *, plans: int) -> list[Number]:
    """All numbers of the actor's region; of ``plans`` published plans, the latest deadline first."""
    asked = {
        "scope": actor.region_prefix,
        "plans": plans,
        "published": [status.value for status in PlanStatus.takes_people],
    }
    return [Number(*row) for row in await session.execute(_NUMBERS, asked)]


async def unit_names(session: AsyncSession, ids: Collection[UUID]) -> dict[str, str]:
    """The names that these units have now, by id."""
    rows = await session.execute(select(Institution.id, Institution.name).where(Institution.id.in_(ids)))
    return {str(identity): name for identity, name in rows}

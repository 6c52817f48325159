"""A group of the demo (BEY-17): a company, two branches that have joined, one that is asked. Made by the use cases of people; may be run
again at any time.
"""

from dataclasses import replace
from typing import Final
from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from ops.demo_declarations import COUNTY
from services.auth.demo import demo_id
from services.declaration.bindings import WORKFLOWS
from services.declaration.employers.models import Employer
from services.declaration.employers.repository import get_employer
from services.declaration.groups.repository import group_of
from services.declaration.groups.schemas import GroupCreate, Invitation
from services.declaration.groups.service import act_on_membership, invite, make_group
from services.declaration.groups.workflow import MemberAction
from shared.db.session import Database
from shared.identity import Actor
from shared.roles import Level, Permission, Portal
from shared.runtime import open_runtime
from shared.services import Service
from shared.workflow.definition import ActionBody

assert WORKFLOWS  # imported, they bind what a step brings with it
HEAD: Final = demo_id("employer01/organisation")
NAME: Final = "钟山装备集团"
# By credit code, and whether it has joined.
BRANCHES: Final = (("91320102MA1DEM0014", True), ("91320102MA1DEM0027", True), ("91320102MA1DEM003A", False))


def _of(employer: Employer) -> Actor:
    return replace(
        COUNTY,
        account_id=demo_id(f"{employer.id}/account"),
        account_name=employer.name,
        person_name="马文静",
        organisation_id=employer.id,
        organisation_name=employer.name,
        level=Level.UNIT,
        portal=Portal.ENTERPRISE,
        region_prefix="",
        permissions=frozenset({Permission.HAZARD_DECLARATION}),
    )


async def add_groups() -> None:
    """In a platform that runs, after the declarations."""
    async with open_runtime(Service.DECLARATION, pool_size=2, lanes={}) as runtime:
        await add_group(runtime.database, runtime.redis)


async def add_group(database: Database, redis: Redis) -> None:
    """Nothing where the company has one, or is not known yet."""
    async with database.unit_of_work() as session:
        head = await get_employer(session, HEAD)
        if head is None or await group_of(session, HEAD) is not None:
            return
        await make_group(session, actor=_of(head), body=GroupCreate(name=NAME))
        for code, joins in BRANCHES:
            branch = await get_employer(session, demo_id(f"declaring/{code}"))
            if branch is not None:
                member = await _ask(session, redis, head, branch)
                if joins:
                    await act_on_membership(session, _of(branch), member, MemberAction.ACCEPT, ActionBody())


async def _ask(session: AsyncSession, redis: Redis, head: Employer, branch: Employer) -> UUID:
    body = Invitation.model_construct(credit_code=branch.credit_code, name=branch.name, county_asked=False)
    return (await invite(session, redis, actor=_of(head), body=body)).id

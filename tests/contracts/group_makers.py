"""Rows for the lists of groups (BEY-17)."""

from services.declaration.consumers import organisation_changed
from shared.identity import Actor
from shared.roles import Level
from shared.services import Service
from tests.contracts.list_worlds import ROWS, Made, World
from tests.contracts.problems import all_powerful
from tests.services.declaration.group_records import GROUPS, MEMBERS, a_code
from tests.services.declaration.records import organisation


async def group_members(world: World) -> Made:
    """A company that anybody may be, with branches that it has asked."""
    head = all_powerful(Level.UNIT)
    await _group(world, head, [all_powerful(Level.UNIT) for _ in range(ROWS)])
    return head, {}


async def group_memberships(world: World) -> Made:
    """A branch that many ask."""
    branch = all_powerful(Level.UNIT)
    for _ in range(ROWS):
        await _group(world, all_powerful(Level.UNIT), [branch])
    return branch, {}


async def _group(world: World, head: Actor, branches: list[Actor]) -> None:
    codes = {each.organisation_id: a_code() for each in (head, *branches)}
    async with world.rows(Service.DECLARATION) as session:
        for each in (head, *branches):
            told = organisation(each, level=Level.UNIT, credit_code=codes[each.organisation_id])
            await organisation_changed(session, told)
    client = await world.client(Service.DECLARATION, head)
    assert (await client.post(GROUPS, json={"name": "某集团"})).status_code == 201
    for each in branches:
        body = {"credit_code": codes[each.organisation_id], "name": each.organisation_name}
        assert (await client.post(MEMBERS, json=body)).status_code == 201

"""Rows of the list of what was pushed to a unit's system."""

from services.notifications.hooks.models import Hook, HookSending
from services.notifications.hooks.workflow import HookKind
from shared.clock import now_utc
from shared.services import Service
from tests.contracts.list_worlds import ROWS, Made, World


async def hook_sendings(world: World) -> Made:
    async with world.rows(Service.NOTIFICATIONS) as session:
        hook = Hook(
            organisation_id=world.unit.organisation_id,
            made_by=world.unit.account_id,
            made_by_name="李联系",
            kind=HookKind.WEBHOOK,
            name="体检系统",
            address="https://hook.example.cn/",
            kinds=["seat_offered"],
        )
        session.add(hook)
        await session.flush()
        said = {"hook_id": hook.id, "title": "候补名额待确认", "body": "", "link": "/settings", "done_at": now_utc()}
        session.add_all([HookSending(**said) for _ in range(ROWS)])
    return world.unit, {"hook_id": hook.id}

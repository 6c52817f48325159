"""What is done with an entry of the dictionaries behind plans beside changing it, and why not (PLAT-02): out of use it is in no new plan,
and what it was used for stays; deleted is only what was created here and never used.
"""

from collections.abc import AsyncIterator, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.plans import dictionary_repository as repository
from services.training.plans.dictionary_repository import SPECIALTY, TYPE
from services.training.plans.models import PlanType, Specialty
from shared.db.history import RecordType
from shared.identity import Actor
from shared.roles import Permission
from shared.workflow.buttons import AllowedAction, button
from shared.workflow.definition import Refusal

DISABLED = "停用后不能用于新的培训计划；已建立的培训计划和证书不受影响，可以重新启用。理由记入变更记录。"
ENABLED = "启用后可以用于新的培训计划。"
DELETED = "删除后不能恢复；从未使用过，不影响任何培训计划。"


def kind_of(entry: PlanType | Specialty) -> RecordType:
    """Under which name the history knows it."""
    return TYPE if isinstance(entry, PlanType) else SPECIALTY


def _address(entry: PlanType | Specialty) -> str:
    return f"/api/training/{'plan-types' if isinstance(entry, PlanType) else 'specialties'}/{entry.code}"


async def actions_of(session: AsyncSession, actor: Actor, entry: PlanType | Specialty) -> list[AllowedAction]:
    """For whoever keeps the dictionaries; nobody else has any."""
    if not actor.may(Permission.ADMINISTRATION):
        return []
    return [each async for each in _actions(session, entry)]


async def _actions(session: AsyncSession, entry: PlanType | Specialty) -> AsyncIterator[AllowedAction]:
    yield button("update", "修改")
    if entry.active:
        disable = button("disable", "停用", needs_reason=True, consequence=DISABLED)
        yield disable.model_copy(update={"href": f"{_address(entry)}/disable"})
    else:
        yield button("enable", "启用", consequence=ENABLED).model_copy(update={"href": f"{_address(entry)}/enable"})
    yield button("delete", "删除", await refusal_of_deletion(session, entry), consequence=DELETED)


async def refusal_of_deletion(session: AsyncSession, entry: PlanType | Specialty) -> Refusal | None:
    """Why the entry cannot be deleted, and what to do instead; None when it can."""
    if await repository.is_shipped(session, kind_of(entry), entry.code):
        return Refusal(
            "dictionary_entry_shipped", "该项随平台提供，原有资质和证书按此名称登记，不能删除；不再使用的请停用"
        )
    types: Sequence[str] = ()
    if isinstance(entry, PlanType):
        number = await repository.plans_of_type(session, entry.code)
    else:
        number = await repository.plans_of_specialty(session, entry.code)
        types = await repository.types_of(session, entry.code)
    if number:
        return Refusal("dictionary_entry_in_use", f"已有 {number} 个培训计划使用该项，不能删除；不再使用的请停用")
    if types:
        named = "、".join(types)
        return Refusal("dictionary_entry_in_use", f"下列培训班类型包含该专业类别，请先从中去掉再删除：{named}")
    return None

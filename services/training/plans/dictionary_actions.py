"""The dictionaries behind plans and when an entry may be deleted (STAFF-01, PLAT-02): out of use it is in no new plan, and what it was used
for stays.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.plans import dictionary_repository as repository
from services.training.plans.dictionary_repository import SPECIALTY, TYPE
from services.training.plans.models import PlanType, Specialty
from shared.events.log import record as record_event
from shared.events.training import PlanTypeDeleted
from shared.web.dictionaries import Dictionary
from shared.workflow.definition import Refusal

_WORDS = {
    "disable": "停用后不能用于新的培训计划；已建立的培训计划和证书不受影响，可以重新启用。理由记入变更记录。",
    "enable": "启用后可以用于新的培训计划。",
    "delete": "删除后不能恢复；从未使用过，不影响任何培训计划。",
}
_SHIPPED = "该项随平台提供，原有资质和证书按此名称登记，不能删除；不再使用的请停用"


def _in_plans(number: int) -> Refusal | None:
    reason = f"已有 {number} 个培训计划使用该项，不能删除；不再使用的请停用"
    return Refusal("dictionary_entry_in_use", reason) if number else None


async def _use_of_type(session: AsyncSession, entry: PlanType) -> Refusal | None:
    return _in_plans(await repository.plans_of_type(session, entry.code))


async def _use_of_specialty(session: AsyncSession, entry: Specialty) -> Refusal | None:
    if refusal := _in_plans(await repository.plans_of_specialty(session, entry.code)):
        return refusal
    if types := await repository.types_of(session, entry.code):
        named = "、".join(types)
        return Refusal("dictionary_entry_in_use", f"下列培训班类型包含该专业类别，请先从中去掉再删除：{named}")
    return None


async def _delete_type(session: AsyncSession, entry: PlanType) -> None:
    record_event(session, PlanTypeDeleted(plan_type=entry.code, label=entry.label))
    await repository.delete_type(session, entry)


PLAN_TYPES = Dictionary(
    TYPE,
    "培训班类型",
    "/api/training/plan-types",
    _WORDS,
    _SHIPPED,
    hold=repository.hold_plans_dictionaries,
    require=repository.require_type,
    in_use=_use_of_type,
    delete=_delete_type,
    names=repository.names,
)
SPECIALTIES = Dictionary(
    SPECIALTY,
    "专业类别",
    "/api/training/specialties",
    _WORDS,
    _SHIPPED,
    hold=repository.hold_plans_dictionaries,
    require=repository.require_specialty,
    in_use=_use_of_specialty,
    delete=repository.delete_specialty,
    names=repository.names,
)

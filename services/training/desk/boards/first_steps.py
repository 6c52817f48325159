"""The way of a new organiser through its first training (FAQ-M1): each step done or with what to do, as far as it is the actor's."""

from typing import Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.desk.boards import first_steps_repository as repository
from services.training.enrolment.needs.schemas import ChecklistStep
from shared.addresses import address
from shared.identity import Actor
from shared.roles import Permission


class _Step(NamedTuple):
    key: str
    by: Permission
    label: str
    to_do: str
    done: str
    path: str


_P = Permission
_STEPS: Final = (
    _Step(
        repository.DRAFTED,
        _P.PLAN_MANAGEMENT,
        "起草第一个培训计划",
        "请选择培训班类型，填写内容、专业类别和报名截止日期；可以先保存草稿",
        "已有培训计划",
        address("plan-new"),
    ),
    _Step(
        repository.PUBLISHED,
        _P.PLAN_MANAGEMENT,
        "发布培训计划",
        "请核对草稿后发布：各单位收到通知，可以报名",
        "已发布过培训计划",
        address("plans"),
    ),
    _Step(
        repository.REVIEWED,
        _P.PROVINCE_REVIEW,
        "审核报名",
        "单位报名后，请逐人或批量审核通过、退回",
        "已审核过报名",
        address("reviews"),
    ),
    _Step(
        repository.DIVIDED,
        _P.CLASS_SCHEDULING,
        "分班",
        "请把计划分成班次，设定时间、地点和人数，再开放选班",
        "已分过班次",
        address("class_sessions"),
    ),
    _Step(
        repository.MARKED,
        _P.SCORE_ENTRY,
        "录入成绩",
        "培训结束后，请录入成绩并发布，合格人员的证书随即生成",
        "已发布过成绩",
        address("scores"),
    ),
)


async def first_steps(session: AsyncSession, *, actor: Actor) -> list[ChecklistStep]:
    """In their order."""
    done = await repository.done(session)
    return [
        ChecklistStep(
            key=step.key,
            label=step.label,
            done=done[step.key],
            advice=step.done if done[step.key] else step.to_do,
            path=step.path,
        )
        for step in _STEPS
        if actor.may(step.by)
    ]

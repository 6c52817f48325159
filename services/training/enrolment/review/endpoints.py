"""The HTTP face of the province's review. Single decisions are the actions of ``/api/training/registrations/{id}``.
Those who only oversee read the list, masked (STAFF-12)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from services.training.enrolment.registrations.batches import BatchRead
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.enrolment.review import deciding, service
from services.training.enrolment.review.filters import ReviewFilter
from services.training.enrolment.review.schemas import ReviewBatch, ReviewListItem, ReviewRead
from services.training.plans.choices import TrainingKind
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.lists import PageOf
from shared.web.route import Session

router = api_router(Service.TRAINING, "reviews", "报名审核")

Reviewer = Annotated[Actor, caller(Permission.PROVINCE_REVIEW)]
Reader = Annotated[Actor, caller(Permission.PROVINCE_REVIEW, Permission.TRAINING_OVERSIGHT)]


def _filter(
    plan_id: Annotated[UUID | None, Query(description="培训计划")] = None,
    type_code: Annotated[str | None, Query(max_length=40, description="培训班类型")] = None,
    status: Annotated[list[RegistrationStatus], Query(description="状态，默认待审核：已报名和申请退回的")] = [],  # noqa: B006  # FastAPI copies it
    unit_id: Annotated[UUID | None, Query(description="单位")] = None,
    unit_name: Annotated[str, Query(max_length=100, description="单位名称任意部分或拼音首字母")] = "",
    region_code: Annotated[str, Query(pattern=r"^\d{2,6}$", description="行政区划代码的前几位")] = "",
    training_kind: Annotated[TrainingKind | None, Query(description="培训类型")] = None,
    name: Annotated[str, Query(max_length=50, description="姓名或拼音首字母")] = "",
    requested_return: Annotated[bool | None, Query(description="单位申请退回")] = None,
    resubmitted: Annotated[bool | None, Query(description="退回后重新报名")] = None,
    waiting_from: Annotated[date | None, Query(description="等待审核起始日期，从该日起")] = None,
    waiting_to: Annotated[date | None, Query(description="等待审核起始日期，到该日止")] = None,
) -> ReviewFilter:
    return ReviewFilter(
        plan_id=plan_id,
        type_code=type_code,
        statuses=tuple(status),
        unit_id=unit_id,
        unit_name=unit_name,
        region_code=region_code,
        training_kind=training_kind,
        name=name,
        requested_return=requested_return,
        resubmitted=resubmitted,
        waiting_from=waiting_from,
        waiting_to=waiting_to,
    )


Wanted = Annotated[ReviewFilter, Depends(_filter)]


@router.get("", summary="报名审核列表")
async def list_reviews(session: Session, actor: Reader, page: PageOf, wanted: Wanted) -> Page[ReviewListItem]:
    return await service.review_queue(session, actor=actor, wanted=wanted, page=page)


@router.post("/batch", summary="批量审核通过、退回或撤销审核，逐人返回结果")
async def review_batch(body: ReviewBatch, session: Session, actor: Reviewer) -> BatchRead:
    return await deciding.decide_many(session, actor=actor, body=body)


@router.get("/{registration_id}", summary="报名表与完整个人档案")
async def read_review(registration_id: UUID, session: Session, actor: Reviewer, wanted: Wanted) -> ReviewRead:
    return await service.review_one(session, actor=actor, registration_id=registration_id, wanted=wanted)

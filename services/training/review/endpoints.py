"""The HTTP face of the province's review. Single decisions are the actions of ``/api/training/registrations/{id}``."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from services.training.plans.choices import TrainingKind
from services.training.registrations.batches import BatchRead
from services.training.registrations.workflow import RegistrationStatus
from services.training.review import service
from services.training.review.filters import ReviewFilter
from services.training.review.schemas import ReviewBatch, ReviewListItem, ReviewRead
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


def _filter(
    plan_id: Annotated[UUID | None, Query(description="培训计划")] = None,
    status: Annotated[list[RegistrationStatus], Query(description="状态，默认已报名")] = [],  # noqa: B006  # FastAPI copies it
    unit_name: Annotated[str, Query(max_length=100, description="单位名称，模糊")] = "",
    region_code: Annotated[str, Query(pattern=r"^\d{2,6}$", description="行政区划代码的前几位")] = "",
    training_kind: Annotated[TrainingKind | None, Query(description="培训类型")] = None,
    name: Annotated[str, Query(max_length=50, description="姓名或拼音首字母")] = "",
) -> ReviewFilter:
    statuses = tuple(status) or ReviewFilter.statuses
    return ReviewFilter(plan_id, statuses, unit_name, region_code, training_kind, name)


@router.get("", summary="报名审核列表")
async def list_reviews(
    session: Session, actor: Reviewer, page: PageOf, wanted: Annotated[ReviewFilter, Depends(_filter)]
) -> Page[ReviewListItem]:
    return await service.review_queue(session, actor=actor, wanted=wanted, page=page)


@router.post("/batch", summary="批量审核通过或退回，逐人返回结果")
async def review_batch(body: ReviewBatch, session: Session, actor: Reviewer) -> BatchRead:
    return await service.review_many(session, actor=actor, body=body)


@router.get("/{registration_id}", summary="报名表与完整个人档案")
async def read_review(registration_id: UUID, session: Session, actor: Reviewer) -> ReviewRead:
    return await service.review_one(session, actor=actor, registration_id=registration_id)

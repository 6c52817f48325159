"""The HTTP face of the province's review. Single decisions are the actions of ``/api/training/registrations/{id}``.
Those who only oversee read the list, masked (STAFF-12)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.training.enrolment.registrations.batches import BatchRead
from services.training.enrolment.review import deciding, service
from services.training.enrolment.review.filters import ReviewFilter
from services.training.enrolment.review.schemas import ReviewBatch, ReviewListItem, ReviewRead
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


Wanted = Annotated[ReviewFilter, Query()]


@router.get("", summary="报名审核列表")
async def list_reviews(session: Session, actor: Reader, page: PageOf, wanted: Wanted) -> Page[ReviewListItem]:
    return await service.review_queue(session, actor=actor, wanted=wanted, page=page)


@router.post("/batch", summary="批量审核通过、退回或撤销审核，逐人返回结果")
async def review_batch(body: ReviewBatch, session: Session, actor: Reviewer) -> BatchRead:
    return await deciding.decide_many(session, actor=actor, body=body)


@router.get("/{registration_id}", summary="报名表与完整个人档案")
async def read_review(registration_id: UUID, session: Session, actor: Reviewer, wanted: Wanted) -> ReviewRead:
    return await service.review_one(session, actor=actor, registration_id=registration_id, wanted=wanted)

"""The HTTP face of the province's review. Single decisions are the actions of ``/api/training/registrations/{id}``.
Those who only oversee read the list, masked (STAFF-12)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.training.enrolment.registrations.batches import BatchRead
from services.training.enrolment.review import batch_job, deciding, desk, service
from services.training.enrolment.review.batch_schemas import BatchActions, MatchingBatch, ReviewBatch
from services.training.enrolment.review.desk_schemas import Colleague, PhraseCreate, PhraseRead, ReviewOpened
from services.training.enrolment.review.filters import ReviewFilter
from services.training.enrolment.review.schemas import ReviewListItem, ReviewRead
from services.training.people.jobs.kinds import JOBS
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.jobs import JobRead, read_job
from shared.web.lists import PageOf
from shared.web.route import MAY_BE_LATE, RuntimeOf, Session

router = api_router(Service.TRAINING, "reviews", "报名审核")

Reviewer = Annotated[Actor, caller(Permission.PROVINCE_REVIEW)]
Reader = Annotated[Actor, caller(Permission.PROVINCE_REVIEW, Permission.TRAINING_OVERSIGHT)]


Wanted = Annotated[ReviewFilter, Query()]


@router.get("", summary="报名审核列表", dependencies=[MAY_BE_LATE])
async def list_reviews(session: Session, actor: Reader, page: PageOf, wanted: Wanted) -> Page[ReviewListItem]:
    return await service.review_queue(session, actor=actor, wanted=wanted, page=page)


@router.get("/batch-actions", summary="可以批量办理的审核操作")
async def list_batch_actions(_actor: Reviewer) -> BatchActions:
    return deciding.offered()


@router.post("/batch", summary="批量审核通过、退回或撤销审核，逐人返回结果")
async def review_batch(body: ReviewBatch, session: Session, actor: Reviewer) -> BatchRead:
    return await deciding.decide_many(session, actor=actor, body=body)


@router.post("/batch-of-all", summary="审核全部符合筛选条件的人员，在后台办理", status_code=202)
async def review_matching(
    body: MatchingBatch, session: Session, runtime: RuntimeOf, actor: Reviewer, response: Response
) -> JobRead:
    job = await batch_job.begin(session, runtime.storage, actor=actor, body=body)
    response.headers["Location"] = f"/api/training/jobs/{job.id}"
    return read_job(JOBS, job)


@router.get("/phrases", summary="退回常用语")
async def list_phrases(session: Session, _actor: Reviewer) -> list[PhraseRead]:
    return list(await desk.phrases(session))


@router.post("/phrases", status_code=201, summary="存为退回常用语")
async def store_phrase(body: PhraseCreate, session: Session, actor: Reviewer) -> PhraseRead:
    return await desk.store_phrase(session, actor=actor, body=body)


@router.delete("/phrases/{phrase_id}", status_code=204, summary="删除退回常用语")
async def remove_phrase(phrase_id: UUID, session: Session, actor: Reviewer) -> None:
    await desk.remove_phrase(session, actor=actor, phrase_id=phrase_id)


@router.get("/{registration_id}", summary="报名表与完整个人档案")
async def read_review(
    registration_id: UUID,
    session: Session,
    actor: Reviewer,
    wanted: Wanted,
    ahead: Annotated[bool, Query(description="预取下一份：号码打码，不记为查看")] = False,
) -> ReviewRead:
    return await service.review_one(session, actor=actor, registration_id=registration_id, wanted=wanted, ahead=ahead)


@router.post("/{registration_id}/open", summary="打开审核，查看完整号码")
async def open_review(registration_id: UUID, session: Session, actor: Reviewer) -> ReviewOpened:
    return await desk.open_review(session, actor=actor, registration_id=registration_id)


@router.put("/{registration_id}/presence", summary="正在审核")
async def stay_at_review(registration_id: UUID, session: Session, actor: Reviewer) -> list[Colleague]:
    return await desk.stay(session, actor=actor, registration_id=registration_id)


@router.delete("/{registration_id}/presence", status_code=204, summary="离开审核")
async def leave_review(registration_id: UUID, session: Session, actor: Reviewer) -> None:
    await desk.leave(session, actor=actor, registration_id=registration_id)

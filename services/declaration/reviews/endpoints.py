"""The review desk over HTTP. Those who only oversee read it; single steps are the actions of ``/api/declaration/declarations/{id}``."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from services.declaration.reviews import service
from services.declaration.reviews.filters import ReviewFilter
from services.declaration.reviews.regions import regions_below
from services.declaration.reviews.schemas import (
    ApprovalBatch,
    ApprovalsRead,
    ComparedToLast,
    DeclarationReviewListItem,
    DeclarationReviewRead,
    FlagRead,
    FlagUpdate,
    RegionsRead,
)
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.lists import PageOf
from shared.web.route import MAY_BE_LATE, Session

router = api_router(Service.DECLARATION, "reviews", "申报审核")
compared_router = api_router(Service.DECLARATION, "declarations", "职业病危害项目申报")
flags_router = api_router(Service.DECLARATION, "review-flags", "申报审核")
Employer = Annotated[Actor, caller(Permission.HAZARD_DECLARATION)]
Reviewer = Annotated[Actor, caller(Permission.DECLARATION_REVIEW)]
Superior = Annotated[Actor, caller(Permission.DECLARATION_OVERSIGHT)]
Reader = Annotated[Actor, caller(Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT)]
Wanted = Annotated[ReviewFilter, Query()]


@router.get("", summary="申报审核列表", dependencies=[MAY_BE_LATE])
async def list_declaration_reviews(
    session: Session, actor: Reader, page: PageOf, wanted: Wanted
) -> Page[DeclarationReviewListItem]:
    return await service.review_queue(session, actor=actor, wanted=wanted, page=page)


@router.get("/regions", summary="各地区的待审核、逾期等数量，每个数量可打开对应的列表")
async def count_reviews_by_region(
    session: Session,
    actor: Reader,
    region_code: Annotated[
        str, Query(max_length=6, pattern=r"^(\d{2}|\d{4}|\d{6})?$", description="行政区划代码的前几位")
    ] = "",
) -> RegionsRead:
    return await regions_below(session, actor=actor, begins=region_code)


@router.post("/batch", summary="批量审核通过没有提示的申报，逐条返回结果")
async def approve_declarations(body: ApprovalBatch, session: Session, actor: Reviewer) -> ApprovalsRead:
    return await service.approve_many(session, actor=actor, body=body)


@router.get("/{declaration_id}", summary="申报及其与上次审核通过的差异，查看不等于打开审核")
async def read_declaration_review(
    declaration_id: UUID, session: Session, actor: Reader, wanted: Wanted
) -> DeclarationReviewRead:
    return await service.review_one(session, actor=actor, declaration_id=declaration_id, wanted=wanted)


@compared_router.get("/{declaration_id}/differences", summary="本单位的申报与上次审核通过的差异")
async def compare_declaration(declaration_id: UUID, session: Session, actor: Employer) -> ComparedToLast:
    return await service.compare_to_last(session, actor=actor, declaration_id=declaration_id)


@flags_router.get("", summary="审核提示的规则")
async def list_review_flags(session: Session, actor: Reader) -> list[FlagRead]:
    return await service.list_flags(session, actor=actor)


@flags_router.put("/{code}", summary="开启或关闭一条审核提示")
async def switch_review_flag(
    code: Annotated[str, Path(max_length=40)], body: FlagUpdate, session: Session, actor: Superior
) -> list[FlagRead]:
    return await service.switch_flag(session, actor=actor, code=code, body=body)

"""The review desk over HTTP. Those who only oversee read it; single steps are the actions of ``/api/declaration/declarations/{id}``."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from services.declaration.reviews import service
from services.declaration.reviews.filters import ReviewFilter
from services.declaration.reviews.schemas import (
    ApprovalBatch,
    ApprovalsRead,
    DeclarationReviewListItem,
    DeclarationReviewRead,
    FlagRead,
    FlagUpdate,
)
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.lists import PageOf
from shared.web.route import Session

router = api_router(Service.DECLARATION, "reviews", "申报审核")
flags_router = api_router(Service.DECLARATION, "review-flags", "申报审核")
Reviewer = Annotated[Actor, caller(Permission.DECLARATION_REVIEW)]
Superior = Annotated[Actor, caller(Permission.DECLARATION_OVERSIGHT)]
Reader = Annotated[Actor, caller(Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT)]
Wanted = Annotated[ReviewFilter, Query()]


@router.get("", summary="申报审核列表")
async def list_declaration_reviews(
    session: Session, actor: Reader, page: PageOf, wanted: Wanted
) -> Page[DeclarationReviewListItem]:
    return await service.review_queue(session, actor=actor, wanted=wanted, page=page)


@router.post("/batch", summary="批量审核通过没有提示的申报，逐条返回结果")
async def approve_declarations(body: ApprovalBatch, session: Session, actor: Reviewer) -> ApprovalsRead:
    return await service.approve_many(session, actor=actor, body=body)


@router.get("/{declaration_id}", summary="申报及其与上次审核通过的差异，查看不等于打开审核")
async def read_declaration_review(
    declaration_id: UUID, session: Session, actor: Reader, wanted: Wanted
) -> DeclarationReviewRead:
    return await service.review_one(session, actor=actor, declaration_id=declaration_id, wanted=wanted)


@flags_router.get("", summary="审核提示的规则")
async def list_review_flags(session: Session, actor: Reader) -> list[FlagRead]:
    return await service.list_flags(session, actor=actor)


@flags_router.put("/{code}", summary="开启或关闭一条审核提示")
async def switch_review_flag(
    code: Annotated[str, Path(max_length=40)], body: FlagUpdate, session: Session, actor: Superior
) -> list[FlagRead]:
    return await service.switch_flag(session, actor=actor, code=code, body=body)

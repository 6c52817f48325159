"""The review desk (DECL-11…13): the queue of a region, one record beside the last approved one, many approved at once where nothing is odd.
Single steps are the actions of ``/api/declaration/declarations/{id}``.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.calendar.receipts import late_before, review_due
from services.declaration.calendar.service import calendar_of
from services.declaration.declarations.content import comparable
from services.declaration.declarations.guards import in_charge
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.presentation import list_item
from services.declaration.declarations.repository import require_declaration
from services.declaration.declarations.service import region_names, shown
from services.declaration.declarations.workflow import DECLARATION, DeclarationAction
from services.declaration.form.differences import differences
from services.declaration.form.flags import FLAGS, Flag
from services.declaration.orders.repository import open_order_of
from services.declaration.reviews import repository
from services.declaration.reviews.filters import ReviewFilter
from services.declaration.reviews.schemas import (
    ApprovalBatch,
    ApprovalResult,
    ApprovalsRead,
    ComparedToLast,
    DeclarationReviewListItem,
    DeclarationReviewRead,
    FlagRead,
    FlagUpdate,
    LastApproved,
    StandingOrder,
)
from shared.clock import beijing_today, now_utc
from shared.db.history import RecordType
from shared.db.paging import Page, PageRequest
from shared.errors import Forbidden, NotFound
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level
from shared.web.lists import page_of
from shared.wording import Word
from shared.workdays import Calendar
from shared.workflow.apply_all import apply_all
from shared.workflow.definition import Refusal, refusal_of

FLAG: Final = RecordType(
    "review_flag",
    words={"code": Word("审核提示", {each.code: each.label for each in FLAGS}.get), "enabled": Word("是否开启")},
)
_FLAGGED: Final = "有需要留意的提示（{words}），请打开逐条审核"


async def wanted_flags(session: AsyncSession, region_code: str) -> set[str]:
    """The codes that the province of that region wants."""
    return {each.code for each in FLAGS} - await repository.switched_off(session, region_code[:2])


async def review_queue(
    session: AsyncSession, *, actor: Actor, wanted: ReviewFilter, page: PageRequest
) -> Page[DeclarationReviewListItem]:
    """One page of what waits, or of what the filters ask for."""
    flags = await wanted_flags(session, actor.region_code)
    now, calendar = now_utc(), await calendar_of(session)
    odd = repository.Odd(flags, late_before(calendar, now))
    rows = await repository.list_reviews(session, actor, wanted, page, odd)
    names = await region_names(session, rows.items)
    return page_of(rows, lambda row: _item(row, names, actor, now, odd.flags, calendar))


async def review_one(
    session: AsyncSession, *, actor: Actor, declaration_id: UUID, wanted: ReviewFilter
) -> DeclarationReviewRead:
    """The record beside the last approved one; looking has no effect on it, so that the next one may be fetched ahead. Raises
    ``NotFound``."""
    declaration = await require_declaration(session, actor, declaration_id)
    flags = await wanted_flags(session, actor.region_code)
    last = await repository.approved_before(session, declaration)
    order = await open_order_of(session, declaration.id)
    odd = repository.Odd(flags, late_before(await calendar_of(session), now_utc()))
    around = await repository.neighbours(session, actor, wanted, declaration_id, odd)
    return DeclarationReviewRead(
        declaration=await shown(session, declaration, actor),
        last_approved=LastApproved.of(last) if last else None,
        differences=differences(comparable(last), comparable(declaration)) if last else [],
        flags=_flags(declaration, flags),
        order=StandingOrder.of(order) if order else None,
        previous=around[0],
        next=around[1],
    )


async def compare_to_last(session: AsyncSession, *, actor: Actor, declaration_id: UUID) -> ComparedToLast:
    """The employer's own record beside the last approved one, before and after it is submitted. Raises ``NotFound``."""
    declaration = await require_declaration(session, actor, declaration_id)
    last = await repository.approved_before(session, declaration)
    found = differences(comparable(last), comparable(declaration)) if last else []
    return ComparedToLast(last_approved=LastApproved.of(last) if last else None, differences=found)


async def approve_many(session: AsyncSession, *, actor: Actor, body: ApprovalBatch) -> ApprovalsRead:
    """Approves those whose status and guard allow it and that have no flag; the others say why, unknown and foreign ones
    ``not_found`` (BEY-11)."""
    now, flags = now_utc(), await wanted_flags(session, actor.region_code)
    held = await repository.lock_for_decision(session, actor, set(body.declaration_ids))
    refusals = {each.id: _refusal(each, actor, now, flags) for each in held}
    willing = [each for each in held if refusals[each.id] is None]
    await apply_all(session, DECLARATION, willing, DeclarationAction.APPROVE, actor=actor, now=now, held=True)
    found = {each.id: _result(each, refusals[each.id]) for each in held}
    results = [found.get(each) or _unknown(each) for each in dict.fromkeys(body.declaration_ids)]
    done = sum(each.done for each in results)
    return ApprovalsRead(done=done, refused=len(results) - done, results=results)


def _refusal(declaration: Declaration, actor: Actor, now: datetime, flags: Collection[str]) -> Refusal | None:
    if refusal := refusal_of(DECLARATION, declaration, DeclarationAction.APPROVE, actor, now):
        return refusal
    if odd := _flags(declaration, flags):
        return Refusal("flagged", _FLAGGED.format(words="；".join(each.words for each in odd)))
    if declaration.withdrawal_requested_at is not None:
        return Refusal("withdrawal_requested", "单位申请撤回，请打开后同意或不同意")
    return None


def _result(declaration: Declaration, refusal: Refusal | None) -> ApprovalResult:
    own = {"declaration_id": declaration.id, "employer_name": declaration.employer_name}
    if refusal:
        return ApprovalResult(**own, done=False, code=refusal.code, reason=refusal.reason)
    return ApprovalResult(**own, done=True, status=declaration.status)


def _unknown(declaration_id: UUID) -> ApprovalResult:
    return ApprovalResult(
        declaration_id=declaration_id, employer_name="", done=False, code=NotFound.code, reason=NotFound.detail
    )


def _flags(declaration: Declaration, wanted: Collection[str]) -> list[Flag]:
    return [Flag.model_validate(each) for each in declaration.flags if each["code"] in wanted]


def _item(
    declaration: Declaration,
    names: Mapping[str, str],
    actor: Actor,
    now: datetime,
    flags: Collection[str],
    calendar: Calendar,
) -> DeclarationReviewListItem:
    row: dict[str, Any] = dict(list_item(declaration, names, actor, now))
    since = declaration.pending_since
    due = review_due(calendar, since) if since else None
    return DeclarationReviewListItem.of(
        declaration,
        **row,
        due_on=due,
        days_left=(due - beijing_today(now)).days if due else None,
        resubmitted=declaration.returned_content is not None,
        in_charge=in_charge(declaration, actor, now) is None,
        flags=_flags(declaration, flags),
    )


async def list_flags(session: AsyncSession, *, actor: Actor) -> list[FlagRead]:
    """Every rule, and whether the caller's province wants it."""
    wanted = await wanted_flags(session, actor.region_code)
    can = actor.level is Level.PROVINCE
    return [FlagRead.of(each, bounds=dict(each.bounds), enabled=each.code in wanted, can_switch=can) for each in FLAGS]


async def switch_flag(session: AsyncSession, *, actor: Actor, code: str, body: FlagUpdate) -> list[FlagRead]:
    """By the province alone. Raises ``Forbidden``, ``NotFound``."""
    if actor.level is not Level.PROVINCE:
        raise Forbidden("只有省级卫生健康部门能开启或关闭审核提示")
    rule = next((each for each in FLAGS if each.code == code), None)
    if rule is None:
        raise NotFound("没有这一条审核提示")
    await repository.switch(session, actor.region_code[:2], code, actor, enabled=body.enabled)
    FLAG.note(session, new_id(), "switch", actor=actor, after={"code": code, "enabled": body.enabled})
    await session.flush()
    return await list_flags(session, actor=actor)

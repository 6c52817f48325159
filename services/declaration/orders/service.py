"""复核指令 (DECL-13, FAQ-D22): a superior who finds a decision wrong orders that it be looked at again, and does not decide itself; the
office in charge answers by a day. Both stand in the history of the order.
"""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations.repository import require_declaration
from services.declaration.orders import repository
from services.declaration.orders.announcements import ordered
from services.declaration.orders.filters import OrderFilter
from services.declaration.orders.models import ReviewOrder
from services.declaration.orders.schemas import OrderCreate, OrderRead
from services.declaration.orders.workflow import ORDER, OrderAction
from services.declaration.regions.repository import names_of
from shared.clock import beijing_today, now_utc
from shared.db.history import History, history_of
from shared.db.paging import Page, PageRequest
from shared.errors import Conflict, FieldError, InvalidInput
from shared.events.log import record
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level
from shared.web.lists import page_of
from shared.wording import words_of
from shared.workflow.apply import apply
from shared.workflow.buttons import allowed_actions
from shared.workflow.definition import ActionBody

LONGEST: Final = timedelta(days=60)
_RANK: Final = {Level.UNIT: 0, Level.COUNTY: 1, Level.CITY: 2, Level.PROVINCE: 3}
ORDER.words.update(words_of(OrderCreate))


class NotDecided(Conflict):
    code = "declaration_not_decided"
    detail = "该申报还没有审核结论，不需要复核；请等待审核，或联系负责审核的部门"


class OwnReview(Conflict):
    code = "own_review"
    detail = "该申报由本级负责审核，如有误请直接撤销审核"


class OrderStands(Conflict):
    code = "review_order_open"

    def __init__(self, order: ReviewOrder) -> None:
        words = f"{order.organisation_name}已下达复核指令，{order.due_on}前回复；请等待回复，或由其撤回后另行下达"
        super().__init__(words, extra={"review_order_id": str(order.id)})


async def give_order(session: AsyncSession, *, actor: Actor, body: OrderCreate) -> ReviewOrder:
    """Raises ``NotFound``, ``NotDecided``, ``OwnReview``, ``OrderStands``, ``InvalidInput`` for a day that is over or too far."""
    declaration = await require_declaration(session, actor, body.declaration_id, lock=True)
    if not declaration.status.is_decided:
        raise NotDecided
    if _RANK[actor.level] <= _RANK[declaration.review_level]:
        raise OwnReview
    if (standing := await repository.open_order_of(session, declaration.id)) is not None:
        raise OrderStands(standing)
    _check_day(body.due_on, beijing_today(now_utc()))
    order = ReviewOrder(
        id=new_id(),
        declaration_id=declaration.id,
        employer_name=declaration.employer_name,
        region_code=declaration.region_code,
        reason=body.reason,
        due_on=body.due_on,
        level=declaration.review_level,
        ordered_by=actor.account_id,
        ordered_by_name=actor.person_name,
        organisation_id=actor.organisation_id,
        organisation_name=actor.organisation_name,
    )
    session.add(order)
    told = {"due_on": body.due_on.isoformat(), "declaration_id": str(declaration.id)}
    ORDER.note(session, order.id, "create", actor=actor, after=told, reason=body.reason)
    record(session, ordered(order))
    await session.flush()
    await session.refresh(order)
    return order


def _check_day(due_on: date, today: date) -> None:
    if not today <= due_on <= today + LONGEST:
        words = f"回复截止日期应在今天至{today + LONGEST}之间"
        raise InvalidInput(errors=[FieldError("due_on", "due_on_out_of_range", words)])


async def list_orders(
    session: AsyncSession, *, actor: Actor, wanted: OrderFilter, page: PageRequest
) -> Page[OrderRead]:
    """One page of what ``actor`` may see."""
    rows = await repository.list_orders(session, actor, wanted, page, beijing_today(now_utc()))
    names = await names_of(session, {each.region_code for each in rows.items})
    return page_of(rows, lambda order: _read(order, names, actor))


async def read_order(session: AsyncSession, order: ReviewOrder, actor: Actor) -> OrderRead:
    return _read(order, await names_of(session, {order.region_code}), actor)


async def get_order(session: AsyncSession, *, actor: Actor, order_id: UUID) -> OrderRead:
    """Raises ``NotFound``."""
    return await read_order(session, await repository.require_order(session, actor, order_id), actor)


async def act_on_order(
    session: AsyncSession, actor: Actor, order_id: UUID, action: OrderAction, body: ActionBody
) -> OrderRead:
    """回复 or 撤回."""
    order = await repository.require_order(session, actor, order_id)
    await apply(session, ORDER, order, action, actor=actor, body=body)
    await session.refresh(order)
    return await read_order(session, order, actor)


async def follow(session: AsyncSession, employer_id: UUID) -> None:
    """An employer has moved, or its county was merged: orders about its declarations are where those are."""
    await repository.follow(session, employer_id)


async def history_of_order(session: AsyncSession, *, actor: Actor, order_id: UUID) -> list[History]:
    """Who did what and when, oldest first (PLAT-04). Raises ``NotFound``."""
    order = await repository.require_order(session, actor, order_id)
    return await history_of(session, ORDER, order.id)


@ORDER.effect("keep_answer")
async def keep_answer(_session: AsyncSession, order: ReviewOrder, actor: Actor, body: ActionBody) -> None:
    """The answer is the reason that comes with the step."""
    order.answer, order.answered_by_name, order.answered_at = body.reason, actor.person_name, now_utc()


def _read(order: ReviewOrder, names: dict[str, str], actor: Actor) -> OrderRead:
    now = now_utc()
    left = (order.due_on - beijing_today(now)).days if order.status.is_open else None
    return OrderRead.of(
        order,
        region_label=names.get(order.region_code, order.region_code),
        days_left=left,
        allowed_actions=allowed_actions(ORDER, order, actor, now),
    )

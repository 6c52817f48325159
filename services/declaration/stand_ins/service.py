"""代审: only by an order for one county and a period does its city decide there, and every order is in the history (DECL-13)."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.regions.repository import is_leaf, names_of
from services.declaration.stand_ins import repository
from services.declaration.stand_ins.models import StandIn
from services.declaration.stand_ins.schemas import StandInCreate, StandInRead
from shared.clock import beijing_today, now_utc
from shared.db.history import RecordType
from shared.errors import Conflict, FieldError, Forbidden, InvalidInput
from shared.identifiers import new_id
from shared.identity import Actor
from shared.reference.regions import scope_prefix
from shared.roles import Level, Permission
from shared.wording import words_of
from shared.workflow.buttons import button
from shared.workflow.definition import Refusal

LONGEST: Final = timedelta(days=92)
STAND_IN: Final = RecordType("stand_in")
STAND_IN.words.update(words_of(StandInCreate))


class StandInOverlaps(Conflict):
    code = "stand_in_overlaps"

    def __init__(self, other: StandIn) -> None:
        super().__init__(f"该区县{other.valid_from}至{other.valid_until}已由市级代审，请先提前结束，或另选日期")


class StandInOver(Conflict):
    code = "stand_in_over"
    detail = "代审已经结束，无需再次结束"


async def order_stand_in(session: AsyncSession, *, actor: Actor, body: StandInCreate) -> StandInRead:
    """By the city or the province above that county. Raises ``InvalidInput``, ``StandInOverlaps``, ``Forbidden``."""
    if actor.level not in {Level.CITY, Level.PROVINCE}:
        raise Forbidden
    today = beijing_today(now_utc())
    below = body.county_code.startswith(actor.region_prefix) and scope_prefix(body.county_code) == body.county_code
    if not below or not await is_leaf(session, body.county_code, today):
        words = "请选择本地区内的区县；没有区县的市由市级自行审核，无需代审"
        raise InvalidInput(errors=[FieldError("county_code", "region_not_valid", words)])
    _check_period(body, today)
    if other := await repository.overlapping(session, body.county_code, body.valid_from, body.valid_until):
        raise StandInOverlaps(other)
    row = StandIn(
        id=new_id(),
        **body.model_dump(),
        ordered_by=actor.account_id,
        ordered_by_name=actor.person_name,
        organisation_name=actor.organisation_name,
    )
    session.add(row)
    told = body.model_dump(mode="json", exclude={"reason"})
    STAND_IN.note(session, row.id, "create", actor=actor, after=told, reason=body.reason)
    await session.flush()
    await session.refresh(row)
    return await _read(session, row, actor)


def _check_period(body: StandInCreate, today: date) -> None:
    if body.valid_from < today:
        raise InvalidInput(errors=[FieldError("valid_from", "valid_from_past", "起始日期不能早于今天")])
    if not body.valid_from <= body.valid_until <= body.valid_from + LONGEST:
        words = f"截止日期应在起始日期至{body.valid_from + LONGEST}之间"
        raise InvalidInput(errors=[FieldError("valid_until", "valid_until_out_of_range", words)])


async def end_stand_in(session: AsyncSession, *, actor: Actor, stand_in_id: UUID) -> StandInRead:
    """Before its time. Raises ``NotFound``, ``StandInOver``."""
    row = await repository.require_stand_in(session, actor, stand_in_id)
    if _refusal(row):
        raise StandInOver
    row.ended_at = now_utc()
    STAND_IN.note(session, row.id, "end", actor=actor)
    await session.flush()
    await session.refresh(row)
    return await _read(session, row, actor)


async def list_stand_ins(session: AsyncSession, *, actor: Actor) -> list[StandInRead]:
    """Those of the caller's region, the newest first."""
    return [await _read(session, row, actor) for row in await repository.list_stand_ins(session, actor)]


def _refusal(row: StandIn) -> Refusal | None:
    over = row.ended_at is not None or row.valid_until < beijing_today(now_utc())
    return Refusal(StandInOver.code, StandInOver.detail) if over else None


async def _read(session: AsyncSession, row: StandIn, actor: Actor) -> StandInRead:
    names, refusal = await names_of(session, {row.county_code}), _refusal(row)
    ends = []
    if actor.may(Permission.DECLARATION_OVERSIGHT):
        offered = button("end", "提前结束", refusal, consequence="从现在起由区县自行审核。")
        ends = [offered.model_copy(update={"href": f"/api/declaration/stand-ins/{row.id}/end"})]
    return StandInRead.of(
        row,
        county_label=names.get(row.county_code, row.county_code),
        active=refusal is None and row.valid_from <= beijing_today(now_utc()),
        allowed_actions=ends,
    )

"""What a unit may see of results: sessions in which its own people sit, its own people's rows, and nothing before publication."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.seats.models import Seat
from services.training.plans.models import Plan, PlanType
from services.training.results.scores.models import Result, ScoreSheet
from services.training.results.scores.workflow import NEW_DAYS
from shared.clock import beijing_today, now_utc
from shared.days import Day
from shared.db.paging import Filter, PageRequest, Rows, fetch_page
from shared.errors import NotFound
from shared.identity import Actor
from shared.reference.pinyin import like_pattern


class ResultFilter(Filter):
    """培训开始日期 from … to, both included (CERT-01); while neither is given, sessions with new results are there as well; ``name`` is any
    part of a name or of its pinyin initials (PLAT-08)."""

    type_code: str | None = Field(default=None, max_length=50, description="培训班类型")
    name: str | None = Field(default=None, max_length=100, description="培训班名称，任意部分或拼音首字母")
    start_from: Day | None = Field(default=None, description="培训开始日期，默认本年1月1日；止在往年的，默认那年1月1日")
    start_to: Day | None = Field(default=None, description="培训开始日期，默认今天；起在今天之后的，默认不限")

    @property
    def days(self) -> tuple[date, date]:
        """1 January of this year to today, in Beijing, for whichever end is not given; never so that the end that is given lies outside."""
        today = beijing_today(now_utc())
        first = self.start_from or date(min(today, self.start_to or today).year, 1, 1)
        return first, self.start_to or (today if first <= today else date.max)

    @property
    def begun(self) -> ColumnElement[bool]:
        """On ``ClassSession`` and ``ScoreSheet``."""
        within = ClassSession.start_date.between(*self.days)
        if self.start_from or self.start_to:
            return within
        return or_(within, ScoreSheet.published_at >= now_utc() - timedelta(days=NEW_DAYS))


class SessionOfUnit(NamedTuple):
    """A class session with people of the unit; ``published_at`` is when their results came out."""

    class_session: ClassSession
    plan: Plan
    published_at: datetime | None


def visible_to(actor: Actor) -> Select[ClassSession, Plan, datetime | None]:
    """The columns of ``SessionOfUnit``, for the actor's unit."""
    unit = actor.organisation_id
    seated = exists().where(Seat.class_session_id == ClassSession.id, Seat.unit_id == unit)
    marked = exists().where(Result.sheet_id == ClassSession.id, Result.unit_id == unit)
    return (
        select(ClassSession, Plan)
        .add_columns(ScoreSheet.published_at)
        .join(Plan, Plan.id == ClassSession.plan_id)
        .join(PlanType, PlanType.code == Plan.type_code)
        .outerjoin(ScoreSheet, ScoreSheet.class_session_id == ClassSession.id)
        .where(or_(seated, marked))
    )


async def list_sessions(
    session: AsyncSession, actor: Actor, wanted: ResultFilter, page: PageRequest
) -> Rows[SessionOfUnit]:
    """By type and name (CERT-02), then 期次."""
    statement = visible_to(actor).where(wanted.begun)
    if wanted.type_code:
        statement = statement.where(Plan.type_code == wanted.type_code)
    if wanted.name:
        statement = statement.where(Plan.name_search.like(like_pattern(wanted.name), escape="\\"))
    columns = {
        "id": ClassSession.id,
        "type": PlanType.position,
        "name": Plan.name,
        "session_no": ClassSession.session_no,
        "start_date": ClassSession.start_date,
    }
    return await fetch_page(
        session, statement, columns=columns, default_sort="type,name,session_no", page=page, row=SessionOfUnit
    )


async def require_session(session: AsyncSession, actor: Actor, class_session_id: UUID) -> SessionOfUnit:
    """Raises ``NotFound`` when none of the unit's people sits there."""
    row = (await session.execute(visible_to(actor).where(ClassSession.id == class_session_id))).unique().one_or_none()
    if row is None:
        raise NotFound
    return SessionOfUnit(*row)

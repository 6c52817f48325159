"""The list of what is due in a region (BEY-10): how each stands, whom of the unit a notice reaches, who may be urged today; and the next
reminders, each claimed once.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Integer, and_, case, cast, exists, false, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.clock.filters import DueFilter
from services.declaration.clock.models import DeclarantAccount, DueDate, DueReminder
from services.declaration.clock.workflow import BY_CODE, MARKS, SOON_DAYS, DueState, Reach
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.workflow import DeclarationStatus
from services.declaration.employers.models import Employer
from services.declaration.employers.repository import named
from services.declaration.form.choices import ChangeReason, DeclarationKind
from shared.db.paging import Columns, PageRequest, Rows, fetch_page
from shared.errors import NotFound
from shared.identity import Actor
from shared.roles import Permission

_NEVER = date(2100, 12, 31)
_LAST = func.coalesce(DueDate.last_day, cast(literal(_NEVER), Date))
_COLUMNS: Columns = {
    "id": DueDate.id,
    "last_day": _LAST,
    "region_code": DueDate.region_code,
    "employer_name": Employer.name,
}


class DueRow(NamedTuple):
    """One row of the list."""

    due: DueDate
    employer: Employer
    submitted: bool
    reach: Reach


class Reminded(NamedTuple):
    """A reminder that has just been claimed."""

    employer_id: UUID
    kind: DeclarationKind
    change_reason: ChangeReason | None
    last_day: date
    mark: int


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Whoever reviews or oversees the region (PLAT-06)."""
    if actor.may(Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT) and actor.region_prefix:
        return DueDate.region_code.startswith(actor.region_prefix, autoescape=True)
    return false()


_submitted: ColumnElement[bool] = exists().where(
    Declaration.employer_id == DueDate.employer_id, Declaration.status.in_(DeclarationStatus.awaits_review)
)
_has_account = and_(DeclarantAccount.employer_id == DueDate.employer_id, DeclarantAccount.may_declare)
_reached = exists().where(_has_account)
_phoned = exists().where(_has_account, DeclarantAccount.has_phone)
_reach: ColumnElement[str] = case((_phoned, Reach.PHONE.value), (_reached, Reach.INBOX.value), else_=Reach.NOBODY.value)


def in_state(state: DueState, today: date) -> ColumnElement[bool]:
    """What ``service.state_of`` says, for a query."""
    soon = today + timedelta(days=SOON_DAYS)
    by_day: dict[DueState, ColumnElement[bool]] = {
        DueState.OVERDUE: DueDate.last_day < today,
        DueState.SOON: DueDate.last_day.between(today, soon),
        DueState.UNDATED: DueDate.last_day.is_(None),
        DueState.LATER: DueDate.last_day > soon,
    }
    return _submitted if state is DueState.SUBMITTED else and_(by_day[state], ~_submitted)


def _conditions(wanted: DueFilter, today: date) -> Iterator[ColumnElement[bool]]:
    yield or_(*(in_state(state, today) for state in wanted.state or DueState.asks_for_action))
    if wanted.kind:
        yield DueDate.kind.in_(wanted.kind)
    if wanted.region_code:
        yield DueDate.region_code.startswith(wanted.region_code, autoescape=True)
    if wanted.employer_name.strip():
        yield named(wanted.employer_name)
    if wanted.reach:
        yield _reach.in_([each.value for each in wanted.reach])
    if wanted.last_day_from:
        yield DueDate.last_day >= wanted.last_day_from
    if wanted.last_day_to:
        yield DueDate.last_day <= wanted.last_day_to
    if wanted.urged_today is not None:
        today_only = func.coalesce(DueDate.urged_on == today, False)
        yield today_only if wanted.urged_today else ~today_only


def _rows() -> Any:
    return select(DueDate, Employer, _submitted, _reach).join(Employer, Employer.id == DueDate.employer_id)


def _row(due: DueDate, employer: Employer, submitted: bool, reach: str) -> DueRow:
    return DueRow(due, employer, submitted, BY_CODE[reach])


async def list_due(
    session: AsyncSession, actor: Actor, wanted: DueFilter, page: PageRequest, today: date
) -> Rows[DueRow]:
    """One page, the earliest last day first; those without one last."""
    statement = _rows().where(visible_to(actor), *_conditions(wanted, today))
    return await fetch_page(session, statement, columns=_COLUMNS, default_sort="last_day,id", page=page, row=_row)


async def lock_rows(session: AsyncSession, actor: Actor, ids: Collection[UUID]) -> list[DueRow]:
    """Those of these that the actor may see, locked in id order until the transaction ends."""
    statement = _rows().where(DueDate.id.in_(ids), visible_to(actor)).order_by(DueDate.id)
    held = statement.with_for_update(of=DueDate).execution_options(populate_existing=True)
    return [_row(*row) for row in await session.execute(held)]


async def require_row(session: AsyncSession, actor: Actor, due_id: UUID) -> DueRow:
    """Raises ``NotFound``, also for another region's."""
    found = await lock_rows(session, actor, [due_id])
    if not found:
        raise NotFound
    return found[0]


async def of_employer(session: AsyncSession, employer_id: UUID) -> Sequence[DueDate]:
    """What is due of one unit, the earliest last day first."""
    mine = select(DueDate).where(DueDate.employer_id == employer_id).order_by(_LAST, DueDate.id)
    return (await session.scalars(mine)).all()


async def note_urged(session: AsyncSession, ids: Collection[UUID], today: date) -> None:
    """They have been urged today."""
    await session.execute(
        update(DueDate)
        .where(DueDate.id.in_(ids))
        .values(urged_on=today, urged_count=DueDate.urged_count + 1)
        .execution_options(synchronize_session=False)
    )


async def claim_reminders(session: AsyncSession, today: date, limit: int) -> list[Reminded]:
    """The next reminders whose mark has come; from now on they have gone out. The mark is the nearest: what was missed before it
    is not made up for. A unit whose record awaits review has done what it was to do. Whoever asks at the same time gets none of them."""
    left = cast(DueDate.last_day - today, Integer)
    mark = case(*((left <= each, each) for each in sorted(MARKS)))
    told = exists().where(
        DueReminder.employer_id == DueDate.employer_id,
        DueReminder.cause == DueDate.cause,
        DueReminder.last_day == DueDate.last_day,
        DueReminder.mark == mark,
    )
    ahead = DueDate.last_day.between(today, today + timedelta(days=max(MARKS)))
    due = (
        select(DueDate.employer_id, DueDate.cause, DueDate.last_day, mark.label("mark"))
        .where(ahead, ~_submitted, ~told)
        .order_by(DueDate.last_day, DueDate.id)
        .limit(limit)
    )
    claimed = (
        insert(DueReminder)
        .from_select(["employer_id", "cause", "last_day", "mark"], due)
        .on_conflict_do_nothing()
        .returning(DueReminder.employer_id, DueReminder.cause, DueReminder.last_day, DueReminder.mark)
        .cte("claimed")
    )
    rows = await session.execute(
        select(claimed.c.employer_id, DueDate.kind, DueDate.change_reason, claimed.c.last_day, claimed.c.mark)
        .join(DueDate, and_(DueDate.employer_id == claimed.c.employer_id, DueDate.cause == claimed.c.cause))
        .order_by(claimed.c.last_day, claimed.c.employer_id)
    )
    return [Reminded(*row) for row in rows]

"""Every query about declarations; what is listed or read is narrowed to what the caller may see (PLAT-06)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer, raiseload
from sqlalchemy.sql.base import ExecutableOption

from services.declaration.declarations.filters import DeclarationFilter
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.workflow import DECLARATION, DeclarationAction, DeclarationStatus
from services.declaration.employers.models import Employer
from services.declaration.employers.repository import named
from shared.db.history import History
from shared.db.paging import PageRequest, Rows, fetch_page
from shared.errors import NotFound
from shared.identity import Actor
from shared.roles import Permission

_WHOLE_CODE = 6
COLUMNS = {
    "id": Declaration.id,
    "declared_on": Declaration.declared_on,
    "employer_name": Declaration.employer_name,
    "region_code": Declaration.region_code,
    "kind": Declaration.kind,
    "status": Declaration.status,
}


def chosen(wanted: DeclarationFilter) -> list[ColumnElement[bool]]:
    """What the filters of every list of declarations ask for."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.status:
        conditions.append(Declaration.status.in_(wanted.status))
    if wanted.kind:
        conditions.append(Declaration.kind.in_(wanted.kind))
    if wanted.employer_name.strip():
        conditions.append(Declaration.employer_id.in_(select(Employer.id).where(named(wanted.employer_name))))
    if wanted.declared_on_from:
        conditions.append(Declaration.declared_on >= wanted.declared_on_from)
    if wanted.declared_on_to:
        conditions.append(Declaration.declared_on <= wanted.declared_on_to)
    return conditions


def in_region(prefix: str) -> ColumnElement[bool]:
    """Declared in a region whose code begins so. A whole code is compared as one: the planner knows how many there are."""
    if len(prefix) == _WHOLE_CODE:
        return Declaration.region_code == prefix
    return Declaration.region_code.startswith(prefix, autoescape=True)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """An employer sees its own; an authority its region's, once they have been submitted (a 暂存 record is nobody else's business)."""
    ways: list[ColumnElement[bool]] = []
    if actor.may(Permission.HAZARD_DECLARATION):
        ways.append(Declaration.employer_id == actor.organisation_id)
    if actor.may(Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT) and actor.region_prefix:
        ways.append(and_(in_region(actor.region_prefix), Declaration.status != DeclarationStatus.DRAFT))
    return or_(false(), *ways)


def of_a_row(actor: Actor) -> tuple[ExecutableOption, ...]:
    """What a row of a list needs not: to an office it shows no content, and no action that depends on it. An employer has few rows, and its
    提交 asks for all of it."""
    if actor.may(Permission.HAZARD_DECLARATION):
        return ()
    content = (Declaration.contact_phone, Declaration.sites, Declaration.products, Declaration.tests, Declaration.exams)
    left_out = (*content, Declaration.employer_declared_on)
    return raiseload(Declaration.hazards), *(defer(each, raiseload=True) for each in left_out)


async def list_declarations(
    session: AsyncSession, actor: Actor, *, wanted: DeclarationFilter, page: PageRequest
) -> Rows[Declaration]:
    """One page of what ``actor`` may see, newest 申报日期 first (DECL-11)."""
    statement = select(Declaration).where(visible_to(actor), *chosen(wanted)).options(*of_a_row(actor))
    return await fetch_page(session, statement, columns=COLUMNS, default_sort="-declared_on,-id", page=page)


async def require_declaration(
    session: AsyncSession, actor: Actor, declaration_id: UUID, *, lock: bool = False
) -> Declaration:
    """The record with its hazards; ``lock`` holds it until the end of the transaction and reads it anew, its hazards too.
    Raises ``NotFound`` for a stranger's."""
    statement = select(Declaration).where(Declaration.id == declaration_id, visible_to(actor))
    if lock:
        statement = statement.with_for_update(of=Declaration).execution_options(populate_existing=True)
    found = await session.scalar(statement)
    if found is None:
        raise NotFound
    return found


async def was_withdrawn(session: AsyncSession, actor: Actor, declaration_id: UUID) -> bool:
    """Whether the record is one of the actor's region that its employer has taken back: it has been in the queue there."""
    if not actor.may(Permission.DECLARATION_REVIEW) or not actor.region_prefix:
        return False
    taken_back = exists().where(
        History.record_type == DECLARATION.name,
        History.record_id == Declaration.id,
        History.action.in_([DeclarationAction.WITHDRAW.value, DeclarationAction.GRANT_WITHDRAWAL.value]),
    )
    statement = select(Declaration.id).where(
        Declaration.id == declaration_id,
        Declaration.status == DeclarationStatus.DRAFT,
        Declaration.region_code.startswith(actor.region_prefix, autoescape=True),
        taken_back,
    )
    return await session.scalar(statement) is not None


async def get_open(session: AsyncSession, employer_id: UUID) -> Declaration | None:
    """The employer's record that is not 已审核; there is at most one (DECL-03)."""
    statement = select(Declaration).where(
        Declaration.employer_id == employer_id, Declaration.status != DeclarationStatus.APPROVED
    )
    found: Declaration | None = await session.scalar(statement)
    return found


async def get_open_locked(session: AsyncSession, employer_id: UUID) -> Declaration | None:
    """As ``get_open``, locked, so that it stays in its status until the transaction ends."""
    statement = (
        select(Declaration)
        .where(Declaration.employer_id == employer_id, Declaration.status != DeclarationStatus.APPROVED)
        .with_for_update(of=Declaration)
        .execution_options(populate_existing=True)
    )
    found: Declaration | None = await session.scalar(statement)
    return found


async def get_last_approved(session: AsyncSession, employer_id: UUID) -> Declaration | None:
    """The employer's newest 已审核 record, with its hazards."""
    statement = (
        select(Declaration)
        .where(Declaration.employer_id == employer_id, Declaration.status == DeclarationStatus.APPROVED)
        .order_by(Declaration.declared_on.desc(), Declaration.id.desc())
        .limit(1)
    )
    found: Declaration | None = await session.scalar(statement)
    return found


async def get_editable_locked(session: AsyncSession, employer_id: UUID) -> Declaration | None:
    """The employer's 暂存 or 已驳回 record, locked, for changes of its basics (DECL-15)."""
    statement = (
        select(Declaration)
        .where(Declaration.employer_id == employer_id, Declaration.status.in_(DeclarationStatus.is_editable))
        .with_for_update(of=Declaration)
        .execution_options(populate_existing=True)
    )
    found: Declaration | None = await session.scalar(statement)
    return found


async def list_elsewhere_locked(session: AsyncSession, employer: Employer) -> Sequence[Declaration]:
    """What the employer has submitted and cannot edit that stands in another region than it does, locked in the order of ids."""
    statement = (
        select(Declaration)
        .where(Declaration.employer_id == employer.id, Declaration.region_code != employer.region_code)
        .where(Declaration.status.not_in(DeclarationStatus.is_editable))
        .order_by(Declaration.id)
        .with_for_update(of=Declaration)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(statement)).all()


async def list_pending_since_before(session: AsyncSession, moment: datetime, limit: int) -> Sequence[Declaration]:
    """Records 待审核 that have waited since before ``moment``, longest first."""
    statement = (
        select(Declaration)
        .where(Declaration.status == DeclarationStatus.PENDING, Declaration.pending_since < moment)
        .order_by(Declaration.pending_since)
        .limit(limit)
    )
    return (await session.scalars(statement)).all()

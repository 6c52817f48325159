"""Every query about groups; what is listed or read is narrowed to what the caller may see (PLAT-06)."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.clock.models import DueDate
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.workflow import DeclarationStatus
from services.declaration.employers.models import Employer
from services.declaration.employers.repository import named
from services.declaration.groups.filters import MemberFilter, MembershipFilter
from services.declaration.groups.models import Group, GroupMember
from services.declaration.groups.workflow import MemberStatus
from shared.db.paging import PageRequest, Rows, fetch_page
from shared.errors import NotFound
from shared.identity import Actor
from shared.reference.pinyin import folded
from shared.roles import Permission

COLUMNS = {"id": GroupMember.id, "credit_code": GroupMember.credit_code, "status": GroupMember.status}


def _of_head(actor: Actor) -> ColumnElement[bool]:
    """The members of the actor's own group."""
    if not actor.may(Permission.HAZARD_DECLARATION):
        return false()
    return GroupMember.group_id.in_(select(Group.id).where(Group.head_id == actor.organisation_id))


def _of_others(actor: Actor) -> ColumnElement[bool]:
    """Those of a branch itself; those of a county that has been asked."""
    ways: list[ColumnElement[bool]] = []
    if actor.may(Permission.HAZARD_DECLARATION):
        ways.append(GroupMember.employer_id == actor.organisation_id)
    if actor.may(Permission.DECLARATION_REVIEW) and actor.region_prefix:
        here = select(Employer.id).where(Employer.region_code.startswith(actor.region_prefix, autoescape=True))
        ways.append(and_(GroupMember.county_asked, GroupMember.employer_id.in_(here)))
    return or_(false(), *ways)


async def group_of(session: AsyncSession, head_id: UUID, *, lock: bool = False) -> Group | None:
    """The group that this company has made."""
    statement = select(Group).where(Group.head_id == head_id)
    if lock:
        statement = statement.with_for_update(of=Group).execution_options(populate_existing=True)
    found: Group | None = await session.scalar(statement)
    return found


async def count_members(session: AsyncSession, group_id: UUID) -> tuple[int, int]:
    """(members, asked)."""
    counted = select(
        func.count().filter(GroupMember.status == MemberStatus.JOINED),
        func.count().filter(GroupMember.status == MemberStatus.INVITED),
    ).where(GroupMember.group_id == group_id)
    joined, asked = (await session.execute(counted)).one()
    return joined, asked


async def list_members(
    session: AsyncSession, actor: Actor, wanted: MemberFilter, page: PageRequest
) -> Rows[GroupMember]:
    """One page of the actor's own group."""
    conditions = [_of_head(actor)]
    if wanted.status:
        conditions.append(GroupMember.status.in_(wanted.status))
    if wanted.name.strip():
        # By what was typed: how a branch is called now is for its group alone to know.
        conditions.append(
            or_(
                GroupMember.name.contains(wanted.name.strip(), autoescape=True),
                and_(
                    GroupMember.status == MemberStatus.JOINED,
                    GroupMember.employer_id.in_(select(Employer.id).where(named(wanted.name))),
                ),
            )
        )
    statement = select(GroupMember).where(*conditions)
    return await fetch_page(session, statement, columns=COLUMNS, default_sort="id", page=page)


async def list_memberships(
    session: AsyncSession, actor: Actor, wanted: MembershipFilter, page: PageRequest
) -> Rows[GroupMember]:
    """One page of what a branch or its county is asked or has answered, the newest first."""
    conditions = [_of_others(actor)]
    if wanted.status:
        conditions.append(GroupMember.status.in_(wanted.status))
    statement = select(GroupMember).where(*conditions)
    return await fetch_page(session, statement, columns=COLUMNS, default_sort="-id", page=page)


async def require_membership(session: AsyncSession, actor: Actor, member_id: UUID) -> GroupMember:
    """For the head, the branch, or its county where that has been asked. Raises ``NotFound``."""
    visible = or_(_of_head(actor), _of_others(actor))
    found = await session.scalar(select(GroupMember).where(GroupMember.id == member_id, visible))
    if found is None:
        raise NotFound
    return found


async def require_member(session: AsyncSession, actor: Actor, member_id: UUID, *, lock: bool = False) -> GroupMember:
    """A branch that is a member of the actor's group now; ``lock`` holds it there until the transaction ends, against its leaving.
    Raises ``NotFound``."""
    statement = select(GroupMember).where(
        GroupMember.id == member_id, _of_head(actor), GroupMember.status.in_(MemberStatus.is_member)
    )
    if lock:
        statement = statement.with_for_update(of=GroupMember, read=True).execution_options(populate_existing=True)
    found = await session.scalar(statement)
    if found is None:
        raise NotFound
    return found


async def joined_of(
    session: AsyncSession, actor: Actor, *, ids: Collection[UUID] | None = None, credit_code: str = ""
) -> Sequence[GroupMember]:
    """The members of the actor's group, by credit code; ``ids`` and ``credit_code`` narrow them."""
    statement = select(GroupMember).where(_of_head(actor), GroupMember.status.in_(MemberStatus.is_member))
    if ids is not None:
        statement = statement.where(GroupMember.id.in_(ids))
    if credit_code:
        same = select(Employer.id).where(Employer.credit_code == credit_code)
        statement = statement.where(GroupMember.employer_id.in_(same))
    return (await session.scalars(statement.order_by(GroupMember.credit_code, GroupMember.id))).all()


async def pair_of(session: AsyncSession, group_id: UUID, employer_id: UUID) -> GroupMember | None:
    """What stands between these two already."""
    found: GroupMember | None = await session.scalar(
        select(GroupMember).where(GroupMember.group_id == group_id, GroupMember.employer_id == employer_id)
    )
    return found


async def employer_called(session: AsyncSession, credit_code: str, name: str) -> Employer | None:
    """The employer with both; branches without a code of their own stand under that of their company."""
    found: Employer | None = await session.scalar(
        select(Employer)
        .where(Employer.credit_code == credit_code, Employer.name_folded == folded(name), Employer.active)
        .order_by(Employer.id)
        .limit(1)
    )
    return found


async def declarations_of(
    session: AsyncSession, employer_ids: Collection[UUID]
) -> tuple[dict[UUID, Declaration], dict[UUID, Declaration]]:
    """(the record that is not 已审核, the last one that is), each by employer."""
    open_ones = select(Declaration).where(
        Declaration.employer_id.in_(employer_ids), Declaration.status.not_in(DeclarationStatus.is_settled)
    )
    last = (
        select(Declaration)
        .ext(distinct_on(Declaration.employer_id))
        .where(Declaration.employer_id.in_(employer_ids), Declaration.status.in_(DeclarationStatus.is_settled))
        .order_by(Declaration.employer_id, Declaration.declared_on.desc(), Declaration.id.desc())
    )
    return (
        {each.employer_id: each for each in await session.scalars(open_ones)},
        {each.employer_id: each for each in await session.scalars(last)},
    )


async def due_of(session: AsyncSession, employer_ids: Collection[UUID]) -> dict[UUID, DueDate]:
    """What is due first of each."""
    first = (
        select(DueDate)
        .ext(distinct_on(DueDate.employer_id))
        .where(DueDate.employer_id.in_(employer_ids))
        .order_by(DueDate.employer_id, DueDate.last_day.asc().nulls_last(), DueDate.id)
    )
    return {each.employer_id: each for each in await session.scalars(first)}

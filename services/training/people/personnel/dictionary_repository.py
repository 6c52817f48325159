"""Queries of the dictionaries of 人员信息 that the administration keeps."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.personnel.dictionary_models import Department, Duty
from services.training.people.personnel.models import StaffMember
from shared.errors import NotFound

E = TypeVar("E", Department, Duty)
Used = Callable[[AsyncSession, Collection[str]], Awaitable[set[str]]]


async def entries_of(session: AsyncSession, model: type[E]) -> Sequence[E]:
    """All of them in their order, out of use or not."""
    return (await session.scalars(select(model).order_by(model.position, model.code))).all()


async def require_entry(session: AsyncSession, model: type[E], code: str) -> E:
    """One entry. Raises ``NotFound``."""
    found = await session.get(model, code, populate_existing=True)
    if found is None:
        raise NotFound
    return found


async def other_with(session: AsyncSession, model: type[E], code: str, label: str) -> E | None:
    """Another entry that is called so already."""
    found: E | None = await session.scalar(select(model).where(model.label == label, model.code != code).limit(1))
    return found


async def departments_in_files(session: AsyncSession, labels: Collection[str]) -> set[str]:
    """Those of these departments that stand in somebody's file."""
    of_these = StaffMember.departments.overlap(list(labels))
    found = await session.scalars(select(func.unnest(StaffMember.departments)).where(of_these).distinct())
    return set(found) & set(labels)


async def duties_in_files(session: AsyncSession, labels: Collection[str]) -> set[str]:
    """Those of these duties that stand in somebody's file."""
    return {
        each
        for each in await session.scalars(select(StaffMember.duty).where(StaffMember.duty.in_(labels)).distinct())
        if each
    }


async def delete_entry(session: AsyncSession, found: Department | Duty) -> None:
    """An entry that stands in no file."""
    await session.delete(found)
    await session.flush()

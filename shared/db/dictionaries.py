"""Rows of a dictionary that the administration keeps: a code that stays, a name, a place in the order, in use or not. How often an entry
has been written, and whether it came with the platform, its history knows, where its code is an id.
"""

from collections.abc import Collection, Iterable
from itertools import count
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db.history import History, RecordType
from shared.reference.pinyin import initials

STEP, LAST = 10, 10_000
_LONGEST = 30


class InDictionary:
    """One that is not ``active`` is chosen for nothing new, and stays where it was chosen."""

    code: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True, server_default="true")


def record_id(kind: RecordType, code: str) -> UUID:
    """The id under which the history knows an entry: its key is a code."""
    return uuid5(NAMESPACE_OID, f"{kind.name}:{code}")


async def hold(session: AsyncSession, *tables: type[DeclarativeBase]) -> None:
    """Others who change these dictionaries wait until the transaction ends; readers do not."""
    names = ", ".join(each.__tablename__ for each in tables)
    await session.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))


async def versions_of(session: AsyncSession, kind: RecordType, codes: Collection[str]) -> dict[str, int]:
    """How often each entry has been written; those that were shipped begin with 0."""
    ids = {record_id(kind, code): code for code in codes}
    written = (
        select(History.record_id, func.count())
        .where(History.record_type == kind.name, History.record_id.in_(ids))
        .group_by(History.record_id)
    )
    return dict.fromkeys(codes, 0) | {ids[each]: number for each, number in await session.execute(written)}


async def created_of(session: AsyncSession, kind: RecordType, codes: Collection[str]) -> set[str]:
    """Those that somebody has created; the others came with the platform."""
    ids = {record_id(kind, code): code for code in codes}
    created = select(History.record_id).where(
        History.record_type == kind.name, History.record_id.in_(ids), History.action == "create"
    )
    return {ids[each] for each in await session.scalars(created)}


def letters(label: str) -> str:
    """The label's initials as far as they are letters and digits, in capitals."""
    return "".join(char for char in initials(label).upper() if char.isascii() and char.isalnum())


def unused_code(label: str, taken: Collection[str]) -> str:
    """A code made of the label's initials that is not ``taken``: nobody has to think of one."""
    base = f"x_{letters(label).lower()}"[:_LONGEST].rstrip("_")
    return next(code for number in count(1) if (code := f"{base}_{number}") not in taken)


def behind(known: Iterable[InDictionary]) -> int:
    """The place behind all of these."""
    return min(LAST, max((each.position for each in known), default=0) + STEP)

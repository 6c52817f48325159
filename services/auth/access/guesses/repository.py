"""Every query about guesses; the one that decides whether a guess may be evaluated is a single statement."""

from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.guesses.models import Guesses


async def charge(session: AsyncSession, name_index: bytes, *, cap: int, lock: timedelta) -> int | None:
    """Counts a guess before it is evaluated: its number since the last success, or None when the name is locked.

    The row's lock orders parallel guesses, so that of any number of them exactly ``cap`` get a number (AUTH-27).
    """
    lock_is_over = Guesses.locked_until <= func.now()
    row = insert(Guesses).values(name_index=name_index, charged=1)
    counted = row.on_conflict_do_update(
        index_elements=[Guesses.name_index],
        set_={
            "charged": case((lock_is_over, 1), else_=Guesses.charged + 1),
            "locked_until": case((lock_is_over, None), (Guesses.charged + 1 >= cap, func.now() + lock), else_=None),
            "changed_at": func.now(),
        },
        where=or_(Guesses.locked_until.is_(None), lock_is_over),
    )
    return await session.scalar(counted.returning(Guesses.charged))


async def locked_until(session: AsyncSession, name_index: bytes) -> datetime | None:
    """When the lock ends; None when there is none now."""
    return await session.scalar(
        select(Guesses.locked_until).where(Guesses.name_index == name_index, Guesses.locked_until > func.now())
    )


async def hold(session: AsyncSession, name_index: bytes) -> None:
    """Locks the name's row for this transaction, so that the history of a name is written by one at a time."""
    await session.execute(select(Guesses.charged).where(Guesses.name_index == name_index).with_for_update())


async def forget(session: AsyncSession, name_index: bytes) -> None:
    """The password was right: the row of wrong ones is over."""
    await session.execute(delete(Guesses).where(Guesses.name_index == name_index))


async def forget_older_than(session: AsyncSession, age: timedelta) -> None:
    """Lets go of names that nobody has tried for so long, unless they are still locked."""
    await session.execute(
        delete(Guesses).where(
            Guesses.changed_at < func.now() - age,
            or_(Guesses.locked_until.is_(None), Guesses.locked_until <= func.now()),
        )
    )

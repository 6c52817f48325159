"""Every query about guesses; the one that decides whether a guess may be evaluated is a single UPDATE."""

from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.guesses.models import Guesses

# Longer than any guess is looked at: a place that is held for longer was left by a process that died, and nobody was told anything.
LOST = timedelta(minutes=2)


async def take_place(session: AsyncSession, name_index: bytes, *, cap: int) -> bool:
    """Takes a place for a guess before it is evaluated; False when the name is locked, or when as many are being looked at as may still
    turn out wrong.

    The row's lock orders parallel guesses, so that of any number of wrong ones exactly ``cap`` are evaluated (AUTH-27).
    """
    await _make(session, name_index)
    lock_is_over = Guesses.locked_until <= func.now()
    wrong = case((lock_is_over, 0), else_=Guesses.wrong)
    held = case((Guesses.changed_at < func.now() - LOST, 0), else_=Guesses.held)
    taken = (
        update(Guesses)
        .where(Guesses.name_index == name_index)
        .where(or_(Guesses.locked_until.is_(None), lock_is_over), wrong + held < cap)
        .values(
            name_index=name_index,
            wrong=wrong,
            held=held + 1,
            locked_until=case((lock_is_over, None), else_=Guesses.locked_until),
            changed_at=func.now(),
        )
    )
    return await session.scalar(taken.returning(Guesses.held)) is not None


async def _make(session: AsyncSession, name_index: bytes) -> None:
    """A row for a name that has none; not one with what follows, because two unique places may say that there is one (ADR 20)."""
    await session.execute(insert(Guesses).values(name_index=name_index).on_conflict_do_nothing())


async def count_wrong(session: AsyncSession, name_index: bytes) -> int:
    """The guess was wrong: its place is free and it counts. Gives its number since the last right one; the row stays locked until the
    transaction ends, so that the history of a name is written by one at a time."""
    number: int | None = None
    while number is None:  # somebody who is let in may have taken the row away in between
        await _make(session, name_index)
        own = update(Guesses).where(Guesses.name_index == name_index)
        counted = own.values(wrong=Guesses.wrong + 1, held=func.greatest(Guesses.held - 1, 0), changed_at=func.now())
        number = await session.scalar(counted.returning(Guesses.wrong))
    return number


async def count_right(session: AsyncSession, name_index: bytes) -> None:
    """The guess was right: its place is free and counting begins anew. A lock stays, should there be one by now."""
    own = update(Guesses).where(Guesses.name_index == name_index)
    await session.execute(own.values(wrong=0, held=func.greatest(Guesses.held - 1, 0)))


async def lock(session: AsyncSession, name_index: bytes, until: datetime) -> None:
    """Nobody guesses at this name until then."""
    await _make(session, name_index)
    await session.execute(update(Guesses).where(Guesses.name_index == name_index).values(locked_until=until))


async def locked_until(session: AsyncSession, name_index: bytes) -> datetime | None:
    """When the lock ends; None when there is none now."""
    return await session.scalar(
        select(Guesses.locked_until).where(Guesses.name_index == name_index, Guesses.locked_until > func.now())
    )


async def forget(session: AsyncSession, name_index: bytes) -> None:
    """Counting begins anew, and a lock is over."""
    await session.execute(delete(Guesses).where(Guesses.name_index == name_index))


async def forget_older_than(session: AsyncSession, age: timedelta) -> None:
    """Lets go of names that nobody has tried for so long, unless they are still locked."""
    await session.execute(
        delete(Guesses).where(
            Guesses.changed_at < func.now() - age,
            or_(Guesses.locked_until.is_(None), Guesses.locked_until <= func.now()),
        )
    )

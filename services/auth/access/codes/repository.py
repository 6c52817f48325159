"""Every query about SMS codes. The limits are counted in PostgreSQL, under a lock of the number and of the address, so that neither an
emptied Redis nor many requests at once pass them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.codes.models import Code, Purpose


async def hold(session: AsyncSession, phone_index: bytes, address: str) -> None:
    """Lets requests for one number, and from one address, go one after the other until the transaction ends."""
    for name in (f"code-phone:{phone_index.hex()}", f"code-address:{address}"):
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def last_unused(session: AsyncSession, phone_index: bytes, within: timedelta) -> datetime | None:
    """When the newest code of this number was asked for, if so lately and if nobody has used it."""
    newest = (
        select(Code.created_at, Code.used_at)
        .where(Code.phone_index == phone_index, Code.created_at > func.now() - within)
        .order_by(Code.created_at.desc(), Code.id.desc())
        .limit(1)
    )
    row = (await session.execute(newest)).one_or_none()
    return row.created_at if row and row.used_at is None else None


async def sent_to(session: AsyncSession, phone_index: bytes, within: timedelta) -> tuple[int, datetime | None]:
    """How many codes this number was sent within that time, and when the oldest of them was."""
    return await _count(session, Code.phone_index == phone_index, within)


async def asked_from(session: AsyncSession, address: str, within: timedelta) -> tuple[int, datetime | None]:
    """How many codes were asked for from this address within that time, and when the oldest of them was."""
    return await _count(session, Code.address == address, within)


async def _count(session: AsyncSession, whose: object, within: timedelta) -> tuple[int, datetime | None]:
    counted = select(func.count(), func.min(Code.created_at)).where(whose, Code.created_at > func.now() - within)  # type: ignore[arg-type]
    number, oldest = (await session.execute(counted)).one()
    return number, oldest


async def texts_of(session: AsyncSession, purpose: Purpose, phone_index: bytes, within: timedelta) -> Sequence[UUID]:
    """The messages of this number's codes for this purpose, sent or not."""
    texts = select(Code.text_id).where(
        Code.purpose == purpose,
        Code.phone_index == phone_index,
        Code.created_at > func.now() - within,
        Code.text_id.is_not(None),
    )
    return [text_id for text_id in await session.scalars(texts) if text_id]


async def charge_try(session: AsyncSession, purpose: Purpose, phone_index: bytes, *, cap: int) -> Code | None:
    """Counts a try of the newest code of this number for this purpose, before it is compared; None when there is none to try. An older
    code is not tried even when the newest has been used."""
    newest = (
        select(Code.id)
        .where(Code.purpose == purpose, Code.phone_index == phone_index)
        .order_by(Code.created_at.desc(), Code.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    charged: Code | None = await session.scalar(
        update(Code)
        .where(Code.id == newest, Code.tries < cap, Code.expires_at > func.now(), Code.used_at.is_(None))
        .values(tries=Code.tries + 1)
        .returning(Code)
        .execution_options(populate_existing=True)
    )
    return charged


async def forget_older_than(session: AsyncSession, age: timedelta) -> None:
    """Lets go of rows that no limit counts any more."""
    await session.execute(delete(Code).where(Code.created_at < func.now() - age))

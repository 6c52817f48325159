"""Every query about SMS codes. The limits are counted in PostgreSQL, under a lock of the number and of the address, so that neither an
emptied Redis nor many requests at once pass them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.codes.models import Code, Purpose
from shared.blind_index import is_same, parts_of


async def hold(session: AsyncSession, phone_index: bytes, address: str) -> None:
    """Lets requests for one number, and from one address, go one after the other until the transaction ends."""
    phones = sorted(f"code-phone:{part.hex()}" for part in parts_of(phone_index))
    for name in (*phones, f"code-address:{address}"):
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


@dataclass(frozen=True)
class Wanted:
    """For what a code is asked for, and by whom. Those that nobody got count for who is answered alike, and for nobody who gets one."""

    purpose: Purpose
    phone_index: bytes
    named: bytes
    address: str
    known: bool

    def earlier(self, within: timedelta) -> Sequence[ColumnElement[bool]]:
        """As SQL: the codes before it that its limits count."""
        own = Code.purpose == self.purpose, Code.phone_index == self.phone_index, Code.named == self.named
        sent = (Code.text_id.is_not(None),) if self.known else ()
        return *own, *sent, Code.created_at > func.now() - within


async def last_unused(session: AsyncSession, wanted: Wanted, within: timedelta) -> datetime | None:
    """When the newest such code was asked for, if so lately and if nobody has used it."""
    newest = (
        select(Code.created_at, Code.used_at)
        .where(*wanted.earlier(within))
        .order_by(Code.created_at.desc(), Code.id.desc())
        .limit(1)
    )
    row = (await session.execute(newest)).one_or_none()
    return row.created_at if row and row.used_at is None else None


async def asked_for(session: AsyncSession, wanted: Wanted, within: timedelta) -> tuple[int, datetime | None]:
    """How many such codes were asked for within that time, and when the oldest of them was."""
    return await _count(session, *wanted.earlier(within))


async def asked_by(session: AsyncSession, wanted: Wanted, within: timedelta) -> tuple[int, datetime | None]:
    """The same, of those that were asked for from this address."""
    return await _count(session, *wanted.earlier(within), Code.address == wanted.address)


async def asked_from(
    session: AsyncSession, purposes: Collection[Purpose], address: str, within: timedelta
) -> tuple[int, datetime | None]:
    """How many codes for these purposes were asked for from this address within that time, and when the oldest of them was."""
    return await _count(
        session, Code.address == address, Code.purpose.in_(purposes), Code.created_at > func.now() - within
    )


async def _count(session: AsyncSession, *which: ColumnElement[bool]) -> tuple[int, datetime | None]:
    counted = select(func.count(), func.min(Code.created_at)).where(*which)
    number, oldest = (await session.execute(counted)).one()
    return number, oldest


async def asked_by_number(
    session: AsyncSession, purpose: Purpose, phone_indexes: Collection[bytes], within: timedelta
) -> dict[bytes, int]:
    """How many codes for this purpose each of these numbers was asked for within that time."""
    mine = Code.purpose == purpose, Code.phone_index.in_(phone_indexes), Code.created_at > func.now() - within
    found = (
        await session.execute(select(Code.phone_index, func.count()).where(*mine).group_by(Code.phone_index))
    ).all()
    return {index: sum(number for of, number in found if is_same(of, index)) for index in phone_indexes}


async def texts_of(session: AsyncSession, wanted: Wanted, within: timedelta) -> Sequence[UUID]:
    """The messages of such codes that were asked for from this address, sent or not."""
    texts = select(Code.text_id).where(*wanted.earlier(within), Code.address == wanted.address)
    return [text_id for text_id in await session.scalars(texts) if text_id]


async def hold_newest(session: AsyncSession, purpose: Purpose, phone_index: bytes) -> Sequence[Code]:
    """Of everybody who asked, the newest code of this number for this purpose, if it is still good, locked until the transaction ends. An
    older one of the same asker is not tried even when the newest has been used."""
    newest = (
        select(Code.id)
        .where(Code.purpose == purpose, Code.phone_index == phone_index)
        .ext(distinct_on(Code.address))
        .order_by(Code.address, Code.created_at.desc(), Code.id.desc())
    )
    good = select(Code).where(Code.id.in_(newest), Code.expires_at > func.now(), Code.used_at.is_(None))
    held = good.order_by(Code.id).with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(held)).all()


async def hold_unused(session: AsyncSession, code_id: UUID) -> Code | None:
    """A code that was not used since it was found right, locked until the transaction ends."""
    found: Code | None = await session.scalar(
        select(Code).where(Code.id == code_id, Code.used_at.is_(None)).with_for_update()
    )
    return found


async def forget(session: AsyncSession, purposes: Collection[Purpose], phone_index: bytes) -> int:
    """Lets go of this number's codes for these purposes; gives how many there were."""
    gone = delete(Code).where(Code.purpose.in_(purposes), Code.phone_index == phone_index)
    return len((await session.scalars(gone.returning(Code.id))).all())


async def forget_older_than(session: AsyncSession, age: timedelta) -> None:
    """Lets go of rows that no limit counts any more."""
    await session.execute(delete(Code).where(Code.created_at < func.now() - age))

"""Every query about employers. The directory is not listed: it is looked up by its own services, and one employer by the offices above."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.employers.models import Employer
from shared.errors import NotFound, Unavailable
from shared.identity import Actor
from shared.reference.pinyin import folded, query_pieces

UNTOLD = "单位信息正在同步，请稍后重试"


async def get_employer(session: AsyncSession, employer_id: UUID) -> Employer | None:
    """The employer with auth's organisation id; None before the directory's event has arrived."""
    return await session.get(Employer, employer_id)


async def require_employer(session: AsyncSession, employer_id: UUID) -> Employer:
    """The employer; raises ``Unavailable`` while the directory has not told of it: it will within seconds."""
    found = await get_employer(session, employer_id)
    if found is None:
        raise Unavailable(UNTOLD)
    return found


async def get_locked(session: AsyncSession, employer_id: UUID) -> Employer | None:
    """The employer's row as it is now, locked until the transaction ends; None before the directory's event has arrived."""
    found: Employer | None = await session.scalar(
        select(Employer).where(Employer.id == employer_id).with_for_update().execution_options(populate_existing=True)
    )
    return found


async def require_locked(session: AsyncSession, employer_id: UUID) -> Employer:
    """The employer's row, locked, so that two requests of one employer go one after the other.
    Raises ``Unavailable`` while the directory has not told of it: it will within seconds."""
    found = await get_locked(session, employer_id)
    if found is None:
        raise Unavailable(UNTOLD)
    return found


async def require_in_region(session: AsyncSession, actor: Actor, employer_id: UUID, *, lock: bool = False) -> Employer:
    """The employer, for an office of its region (PLAT-06). Raises ``NotFound``."""
    mine = select(Employer).where(
        Employer.id == employer_id, Employer.region_code.startswith(actor.region_prefix, autoescape=True)
    )
    if lock:
        mine = mine.with_for_update().execution_options(populate_existing=True)
    found = await session.scalar(mine) if actor.region_prefix else None
    if found is None:
        raise NotFound
    return found


def is_declarant() -> ColumnElement[bool]:
    """Whether an employer has anything to declare (BEY-10, STAFF-12): the directory says that it employs, an account of it may declare, or
    it has declared. A hospital that is in the directory for its training alone has not. The database's own function, because figures ask
    it too."""
    return func.is_declarant(Employer.id, Employer.kinds)


async def declares(session: AsyncSession, employer_id: UUID) -> bool:
    """The same of one; no before the directory has told of it."""
    return bool(await session.scalar(select(is_declarant()).where(Employer.id == employer_id)))


def named(query: str) -> ColumnElement[bool]:
    """Employers whose name contains ``query`` in any part, or whose pinyin initials do (PLAT-08)."""
    pieces, part = query_pieces(query), folded(query)
    # A single piece says all. Of more it is asked where they stand, and not by LIKE, of which the planner expects so few rows that it
    # reads every employer of a common word (有限公司) before it sorts.
    if len(pieces) == 1:
        return Employer.name_pieces.contains(pieces)
    stands = [func.strpos(name, part) > 0 for name in (Employer.name_folded, Employer.name_initials)]
    return and_(Employer.name_pieces.contains(pieces), or_(*stands))

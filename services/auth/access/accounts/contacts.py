"""Who extends and opens accounts in a region, in words for whoever is refused or warned (AUTH-05). How the refusal reads is not here."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts import repository


async def account_manager_contact(session: AsyncSession, region_code: str) -> str:
    """The city's account managers with their number; the form's foot where the city has none yet."""
    manager = await repository.account_manager_of(session, region_code)
    if manager is None:
        return "所在地市疾控中心账号管理人员（联系方式见账号申请表最下方）"
    return f"{manager.name}账号管理人员（{f'电话 {manager.phone}' if manager.phone else '联系方式见账号申请表最下方'}）"


def expired_words(valid_until: date, contact: str) -> str:
    """What the holder of an account that has expired is told."""
    return f"账号有效期已于 {valid_until:%Y-%m-%d} 到期，请联系{contact}办理延期"

"""Who has what lies in a region, in words for whoever is refused, warned or waits (AUTH-05, AUTH-07). How the refusal reads is not here."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts import repository
from services.auth.access.accounts.desk_models import MANAGERS, SUPERIOR, Rights
from services.auth.directory.organisations.models import Organisation
from shared.roles import Level

_NOBODY = {
    Level.CITY: "所在地市疾控中心账号管理人员（联系方式见账号申请表最下方）",
    Level.PROVINCE: "省级账号管理人员（联系方式见账号申请表最下方）",
}


async def body_at_desk(
    session: AsyncSession, rights: Rights, region_code: str, lowest: Level = Level.COUNTY
) -> Organisation | None:
    """The body that has a matter of this region, which belongs to the lowest level or to the next one up that has somebody; None where
    nobody has it."""
    return await repository.desk_of(session, rights, region_code, lowest)


async def account_manager_contact(session: AsyncSession, region_code: str, level: Level = Level.UNIT) -> str:
    """The account managers above an organisation of this level in this region with their number; the form's foot where there are none."""
    superior = SUPERIOR[level]
    manager = await body_at_desk(session, MANAGERS, region_code, superior)
    if manager is None:
        return _NOBODY[superior]
    return f"{manager.name}账号管理人员（{f'电话 {manager.phone}' if manager.phone else '联系方式见账号申请表最下方'}）"


def name_and_phone(body: Organisation | None) -> str:
    """A body with its public number; empty for none."""
    return " ".join(filter(None, (body.name, body.phone))) if body else ""


def expired_words(valid_until: date, contact: str) -> str:
    """What the holder of an account that has expired is told."""
    return f"账号有效期已于 {valid_until:%Y-%m-%d} 到期，请联系{contact}办理延期"

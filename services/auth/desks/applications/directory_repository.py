"""What the directory says about an application: regions of today, who manages accounts where, which organisation has a credit code, which
phones and login names are taken. Queries over the tables of other domains, which stay theirs.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.auth.access.accounts.contacts import body_at_desk, name_and_phone
from services.auth.access.accounts.desk_models import MANAGERS, SUPERIOR
from services.auth.access.accounts.models import Account
from services.auth.access.accounts.workflow import AccountStatus
from services.auth.access.codes.service import phone_index
from services.auth.desks.applications.form_schemas import ApplicationDraft
from services.auth.desks.applications.rules import Facts, KnownRegion, stands_at
from services.auth.directory.accepted import service as accepted
from services.auth.directory.organisations.models import Organisation
from services.auth.directory.organisations.workflow import OrganisationStatus
from services.auth.directory.regions.models import Region
from shared.clock import beijing_today, now_utc
from shared.roles import Grant, Level, Portal

COUNTY = 3


def _valid_on(region: type[Region], day: date) -> ColumnElement[bool]:
    return (region.valid_from <= day) & or_(region.valid_until.is_(None), region.valid_until >= day)


async def known_regions(session: AsyncSession, codes: Iterable[str | None], today: date) -> dict[str, KnownRegion]:
    """Those of the codes that exist today (ORG-13)."""
    below = aliased(Region)
    has_below = exists().where(below.parent == Region.code, _valid_on(below, today))
    wanted = [code for code in codes if code]
    rows = await session.execute(
        select(Region.code, Region.name, Region.level, has_below).where(
            Region.code.in_(wanted), _valid_on(Region, today)
        )
    )
    return {
        code: KnownRegion(code, name, level == COUNTY or not has_counties) for code, name, level, has_counties in rows
    }


async def facts_for(session: AsyncSession, form: ApplicationDraft) -> Facts:
    """What the rules need to know of today to judge this form."""
    today = beijing_today(now_utc())
    regions = await known_regions(session, (form.district_code, form.jurisdiction_code), today)
    judged = (
        await accepted.code_problem(session, form.credit_code, form.unit_name or ""),
        await accepted.id_problem(session, form.resident_id, form.person_name or ""),
    )
    unproven = tuple(each for each in judged if each)
    return Facts(today, regions, name_and_phone(await desk_for(session, form)), unproven)


async def desk_for(session: AsyncSession, form: ApplicationDraft) -> Organisation | None:
    """The body whose account managers would have this form; None where nobody has it, or no district is chosen."""
    level, _ = stands_at(form)
    return await body_at_desk(session, MANAGERS, form.district_code, SUPERIOR[level]) if form.district_code else None


async def region_names(session: AsyncSession, codes: Iterable[str | None]) -> dict[str, str]:
    """Names for reading, with those of the regions above; also of regions that are no more."""
    wanted = {code for code in codes if code}
    above = wanted | {f"{code[:2]}0000" for code in wanted} | {f"{code[:4]}00" for code in wanted}
    rows = (await session.execute(select(Region.code, Region.name).where(Region.code.in_(above)))).all()
    names = {row.code: row.name for row in rows}
    chains = {code: dict.fromkeys((f"{code[:2]}0000", f"{code[:4]}00", code)) for code in wanted}
    return {code: "".join(names.get(part, "") for part in chain) or code for code, chain in chains.items()}


async def account_managers(session: AsyncSession, region_code: str | None = None) -> Sequence[Organisation]:
    """The bodies of cities whose account managers open accounts (AUTH-07), or those of this one city or province."""
    manages = exists().where(
        Account.organisation_id == Organisation.id,
        Account.status.in_(AccountStatus.is_usable),
        Account.grants.contains([Grant.ACCOUNT_MANAGEMENT.value]),
    )
    here = Organisation.level == Level.CITY if region_code is None else Organisation.region_code == region_code
    found = await session.scalars(
        select(Organisation)
        .where(
            here,
            Organisation.level.in_((Level.CITY, Level.PROVINCE)),
            Organisation.status.in_(OrganisationStatus.takes_part),
            manages,
        )
        .order_by(Organisation.region_code, Organisation.id)
    )
    return found.all()


async def organisation_of(session: AsyncSession, credit_code: str, name: str) -> Organisation | None:
    """The organisation that an application of this unit belongs to: among those that share the code the one of that name, else the
    head office (X22, AUTH-08)."""
    found = await session.scalars(select(Organisation).where(Organisation.credit_code == credit_code))
    rows = found.all()
    named = [row for row in rows if row.name == name]
    return next(iter([*named, *(row for row in rows if not row.branch_no)]), None)


async def is_phone_taken(session: AsyncSession, phone: str, *portals: Portal) -> bool:
    """Whether an active account of one of these portals has the number (X18)."""
    taken = exists().where(
        Account.phone_index == phone_index(phone),
        Account.portal.in_(portals),
        Account.status.in_(AccountStatus.is_usable),
    )
    return bool(await session.scalar(select(taken)))

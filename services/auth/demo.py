"""The demo organisations and accounts: one of each kind, the same on every machine, so that other services' demo data can refer to them.
Loaded only where the setting ``PLATFORM_DEMO`` says so.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.editing import make_first
from services.auth.access.accounts.passwords import hash_password
from services.auth.access.accounts.repository import get_by_login_name, require_account
from services.auth.access.accounts.schemas import AccountOpen
from services.auth.access.accounts.service import open_account
from services.auth.directory.organisations.models import Organisation
from services.auth.directory.organisations.schemas import OrganisationOpen
from services.auth.directory.organisations.service import open_organisation
from services.auth.directory.organisations.workflow import OrganisationKind
from services.auth.directory.registry.stock import seed_registry
from shared.clock import beijing_today, now_utc
from shared.identity import SYSTEM
from shared.roles import Grant, Level, Portal

# For anyone to see, on platforms that hold nothing real; it satisfies every portal's policy (AUTH-13…15, AUTH-24).
DEMO_PASSWORD = "Demo#2580"  # noqa: S105
_NAMESPACE = UUID("6f0d2c0e-5c6b-5f0e-9a43-3f2f6a1d7c11")
_VALID = timedelta(days=3 * 365)


@dataclass(frozen=True)
class DemoAccount:
    """What is printed for whoever tries the platform; ``role`` says in Chinese what the account is for."""

    login_name: str
    password: str
    role: str
    person_name: str
    organisation_id: UUID
    organisation_name: str


@dataclass(frozen=True)
class _Demo:
    login_name: str
    role: str
    person_name: str
    mobile: str
    portal: Portal
    grants: frozenset[Grant]
    organisation: OrganisationOpen
    # Whose organisation it is, where it is not this account's own.
    colleague: str = ""


# The province's first account, which has somebody of its own organisation administer the platform (AUTH-31).
_FIRST = "province02"


def demo_id(name: str) -> UUID:
    """The account id of a demo login name; ``demo_id("unit01/organisation")`` is the id of its organisation."""
    return uuid5(_NAMESPACE, name)


_UNIT_GRANTS = frozenset({Grant.GROUP_REGISTRATION, Grant.HEALTH_EXAMINATION})
_COMMISSION = OrganisationOpen(
    name="江苏省卫生健康委员会",
    short_name="江苏省卫健委",
    credit_code="11320000MB1957183B",
    level=Level.PROVINCE,
    region_code="320000",
    kinds=(OrganisationKind.HEALTH_ADMINISTRATION,),
    phone="025-83620528",
)
DEMO: tuple[_Demo, ...] = (
    _Demo(
        "unit01",
        "培训单位（南京，集体报名）",
        "周晓慧",
        "13851420617",
        Portal.TRAINING,
        _UNIT_GRANTS,
        OrganisationOpen(
            name="南京市玄武区职业病防治院",
            short_name="玄武职防院",
            credit_code="123201024660238511",
            level=Level.UNIT,
            region_code="320102",
            kinds=(OrganisationKind.EXAMINATION,),
            phone="025-83361207",
        ),
    ),
    _Demo(
        "unit02",
        "培训单位（苏州，集体报名）",
        "顾建明",
        "13962173085",
        Portal.TRAINING,
        _UNIT_GRANTS,
        OrganisationOpen(
            name="苏州市姑苏区健康体检中心",
            short_name="姑苏体检中心",
            credit_code="12320500466955274Y",
            level=Level.UNIT,
            region_code="320508",
            kinds=(OrganisationKind.EXAMINATION,),
            phone="0512-65238816",
        ),
    ),
    _Demo(
        "unit03",
        "培训单位（无锡，集体报名）",
        "许文静",
        "13915270846",
        Portal.TRAINING,
        _UNIT_GRANTS,
        OrganisationOpen(
            name="无锡市梁溪区疾病防治院",
            short_name="梁溪防治院",
            credit_code="123202004666051246",
            level=Level.UNIT,
            region_code="320213",
            kinds=(OrganisationKind.EXAMINATION,),
            phone="0510-82706413",
        ),
    ),
    _Demo(
        "province01",
        "省疾控（培训计划、审核、分班、成绩、证书）",
        "陈立新",
        "13951803462",
        Portal.OFFICIALS,
        frozenset({Grant.DISEASE_CONTROL}),
        OrganisationOpen(
            name="江苏省疾病预防控制中心",
            short_name="江苏省疾控",
            credit_code="12320000466008916L",
            level=Level.PROVINCE,
            region_code="320000",
            kinds=(OrganisationKind.DISEASE_CONTROL,),
            phone="025-83759310",
        ),
    ),
    _Demo(
        "city01",
        "市疾控（账号管理）",
        "孙玉兰",
        "13770652938",
        Portal.OFFICIALS,
        frozenset({Grant.DISEASE_CONTROL, Grant.ACCOUNT_MANAGEMENT}),
        OrganisationOpen(
            name="南京市疾病预防控制中心",
            short_name="南京市疾控",
            credit_code="12320100466002397P",
            level=Level.CITY,
            region_code="320100",
            kinds=(OrganisationKind.DISEASE_CONTROL,),
            phone="025-83538362",
        ),
    ),
    _Demo(
        "county01",
        "区卫健委（申报审核）",
        "韩志远",
        "13815897204",
        Portal.OFFICIALS,
        frozenset({Grant.HEALTH_ADMINISTRATION}),
        OrganisationOpen(
            name="南京市玄武区卫生健康委员会",
            short_name="玄武区卫健委",
            credit_code="113201020142631582",
            level=Level.COUNTY,
            region_code="320102",
            kinds=(OrganisationKind.HEALTH_ADMINISTRATION,),
            phone="025-83682417",
        ),
    ),
    _Demo(
        "province02",
        "省卫健委（账号与行政区划管理、申报复核）",
        "林若梅",
        "13905187326",
        Portal.OFFICIALS,
        frozenset({Grant.HEALTH_ADMINISTRATION, Grant.ACCOUNT_MANAGEMENT}),
        _COMMISSION,
    ),
    _Demo(
        "admin01",
        "平台管理（班次类型、字典、操作记录、运行状况）",
        "沈国梁",
        "13770915824",
        Portal.OFFICIALS,
        frozenset({Grant.PLATFORM_ADMINISTRATION}),
        _COMMISSION,
        colleague=_FIRST,
    ),
    _Demo(
        "employer01",
        "用人单位（职业病危害申报）",
        "马文静",
        "15295510746",
        Portal.ENTERPRISE,
        frozenset({Grant.HAZARD_DECLARATION}),
        OrganisationOpen(
            name="南京钟山精密铸造有限公司",
            short_name="钟山精铸",
            credit_code="91320115MA1MK7H368",
            level=Level.UNIT,
            region_code="320102",
            kinds=(OrganisationKind.EMPLOYER,),
            phone="025-84352690",
        ),
    ),
)


async def seed_demo(session: AsyncSession) -> list[DemoAccount]:
    """Opens what is not there yet and gives all of it. May be called again at any time."""
    today = beijing_today(now_utc())
    for demo in DEMO:
        if await get_by_login_name(session, demo.login_name) is None:
            await _open(session, demo, today)
    await make_first(session, await require_account(session, demo_id(_FIRST)))
    await seed_registry(session)
    return [_shown(demo) for demo in DEMO]


async def _open(session: AsyncSession, demo: _Demo, today: date) -> None:
    organisation = await _organisation(session, demo)
    body = AccountOpen(
        login_name=demo.login_name,
        person_name=demo.person_name,
        phone=demo.mobile,
        email=f"{demo.login_name}@platform.invalid",
        portal=demo.portal,
        grants=demo.grants,
        password_hash=await hash_password(DEMO_PASSWORD),
        valid_from=today,
        valid_until=today + _VALID,
    )
    account_id = demo_id(demo.login_name)
    await open_account(session, actor=SYSTEM, organisation=organisation, body=body, account_id=account_id)


async def _organisation(session: AsyncSession, demo: _Demo) -> Organisation:
    if demo.colleague:
        return (await require_account(session, demo_id(demo.colleague))).organisation
    identity = _organisation_id(demo)
    return await open_organisation(session, actor=SYSTEM, body=demo.organisation, organisation_id=identity)


def _organisation_id(demo: _Demo) -> UUID:
    return demo_id(f"{demo.colleague or demo.login_name}/organisation")


def _shown(demo: _Demo) -> DemoAccount:
    return DemoAccount(
        login_name=demo.login_name,
        password=DEMO_PASSWORD,
        role=demo.role,
        person_name=demo.person_name,
        organisation_id=_organisation_id(demo),
        organisation_name=demo.organisation.name,
    )

"""Employers of the demo with declarations in every state, so that the desk of review and the employer's pages have something to show. They
are opened in the directory, as every unit is; their records go through the same use cases as those of people. May be run again at any time.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from ops.journey.play import until
from services.auth.demo import demo_id
from services.auth.directory.organisations.repository import get_by_code
from services.auth.directory.organisations.schemas import OrganisationOpen
from services.auth.directory.organisations.service import open_organisation
from services.auth.directory.organisations.workflow import OrganisationKind
from services.declaration.bindings import WORKFLOWS
from services.declaration.declarations.bodies import DeclarationCreate
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.repository import get_last_approved, get_open
from services.declaration.declarations.service import act_on_declaration, create_declaration
from services.declaration.declarations.standing import StandingUpdate, keep_standing
from services.declaration.declarations.workflow import DeclarationAction, RejectBody
from services.declaration.employers.models import Affiliation
from services.declaration.employers.repository import get_employer
from services.declaration.form.choices import ChangeReason, DeclarationKind
from shared.clock import beijing_today, now_utc
from shared.db.session import Database
from shared.identity import SYSTEM, Actor
from shared.roles import Level, Permission, Portal
from shared.runtime import open_runtime
from shared.services import Service
from shared.workflow.definition import ActionBody

assert WORKFLOWS  # imported, they bind what a step brings with it
REGION = "320102"
_A, _K = DeclarationAction, DeclarationKind
WHOLE: Mapping[str, Any] = {
    "size": "3",
    "industry": "C33",
    "economic_type": "150",
    "sites": [{"address": "南京市玄武区钟灵街 18 号", "name": "主厂区"}],
    "contact_name": "沈佳怡",
    "contact_phone": "13814520736",
    "staff_count": 126,
    "outsourced_count": 18,
    "exposed_count": 72,
    "disease_count": 0,
    "leader_trained": True,
    "manager_trained": True,
    "trained_count": 72,
    "products": [{"product": "铸钢件", "output": "3200", "unit": "吨"}],
    "hazards": [
        {
            "class_code": "dust",
            "exposed_count": 46,
            "factors": [{"factor_code": "A001", "exposed_count": 31}, {"factor_code": "A011"}],
        },
        {"class_code": "phys", "exposed_count": 65, "factors": [{"factor_code": "C001", "exposed_count": 65}]},
    ],
    "tested": True,
    "test_org": "江苏安环职业卫生检测有限公司",
    "test_report_no": "AHJC-2026-0418",
    "tests": [
        {"item": "dust", "measured": 12, "over": 1},
        {"item": "silica", "measured": 6, "over": 1},
        {"item": "phys", "measured": 15, "over": 2},
        {"item": "noise", "measured": 15, "over": 2},
    ],
    "surveillance_done": True,
    "exam_org": "南京市职业病防治院",
    "exam_report_no": "宁职检〔2026〕第 0233 号",
    "exams": [
        {"item": "dust", "due": 46, "done": 45},
        {"item": "silica", "due": 31, "done": 31},
        {"item": "phys", "due": 65, "done": 64},
        {"item": "noise", "due": 65, "done": 64},
    ],
}
_UNTESTED: Mapping[str, Any] = {"tested": False, "test_org": None, "test_report_no": None, "tests": []}


@dataclass(frozen=True)
class Begun:
    """One record: what it begins with, and the steps that are taken, by the employer's or the county's hand; so many days ago."""

    kind: DeclarationKind
    content: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[tuple[DeclarationAction, str], ...] = ()
    days_ago: int = 0


@dataclass(frozen=True)
class DemoEmployer:
    name: str
    credit_code: str
    legal_representative: str
    records: tuple[Begun, ...]
    affiliation: Affiliation = Affiliation.LOCAL

    @property
    def id(self) -> UUID:
        return demo_id(f"declaring/{self.credit_code}")


_SENT = ((_A.SUBMIT, ""),)
_OPENED = (*_SENT, (_A.OPEN, ""))
_APPROVED = (*_OPENED, (_A.APPROVE, ""))
_FIRST = Begun(_K.INITIAL, WHOLE, _APPROVED)
_RETURNED = (*_OPENED, (_A.REJECT, "噪声接触人数与检测点位不符，请核对"))
EMPLOYERS = (
    DemoEmployer("南京紫金精密机械有限公司", "91320102MA1DEM0014", "赵启航", (Begun(_K.INITIAL, {"staff_count": 80}),)),
    DemoEmployer("南京玄武湖木业有限公司", "91320102MA1DEM0027", "钱文博", (Begun(_K.INITIAL, WHOLE),)),
    DemoEmployer("南京金陵家具制造有限公司", "91320102MA1DEM003A", "孙立群", (Begun(_K.INITIAL, WHOLE, _SENT),)),
    DemoEmployer("南京孝陵卫电镀有限公司", "91320102MA1DEM004D", "周海燕", (Begun(_K.INITIAL, WHOLE, _OPENED),)),
    DemoEmployer(
        "南京锁金印刷有限公司",
        "91320102MA1DEM005G",
        "吴建明",
        (Begun(_K.INITIAL, WHOLE, (*_OPENED, (_A.REQUEST_WITHDRAWAL, "在册人数漏填了新招的 12 人"))),),
    ),
    DemoEmployer("南京岗子汽修有限公司", "91320102MA1DEM006K", "郑国强", (Begun(_K.INITIAL, WHOLE, _RETURNED),)),
    DemoEmployer("南京后宰门食品有限公司", "91320102MA1DEM007N", "王秀英", (_FIRST,)),
    DemoEmployer(
        "南京樱驼花园石材有限公司",
        "91320102MA1DEM008R",
        "冯志刚",
        (replace(_FIRST, days_ago=360), Begun(_K.ANNUAL, {**_UNTESTED, "staff_count": 1260}, _SENT)),
    ),
    DemoEmployer(
        "南京板仓涂料有限公司",
        "91320102MA1DEM009W",
        "陈晓东",
        (_FIRST, Begun(_K.CHANGE, {"change_reason": ChangeReason.PROCESS})),
    ),
    DemoEmployer(
        "南京卫岗特种装备有限公司",
        "91320102MA1DEM0102",
        "褚卫国",
        (Begun(_K.INITIAL, {**WHOLE, "confidential": True}, _SENT),),
    ),
    DemoEmployer(
        "中铁钟山轨道装备有限公司",
        "91320102MA1DEM0115",
        "卫明远",
        (Begun(_K.INITIAL, WHOLE, _SENT),),
        Affiliation.CENTRAL,
    ),
    DemoEmployer(
        "南京太平门纺织有限公司",
        "91320102MA1DEM0128",
        "蒋玉梅",
        (_FIRST, Begun(_K.CANCELLATION, {"ended_on": "2026-01-31"}, _APPROVED)),
    ),
)


def _actor(account: UUID, person: str, organisation: UUID, name: str, level: Level, permission: Permission) -> Actor:
    return Actor(
        account_id=account,
        account_name=person,
        person_name=person,
        organisation_id=organisation,
        organisation_name=name,
        level=level,
        portal=Portal.ENTERPRISE if level is Level.UNIT else Portal.OFFICIALS,
        region_code=REGION,
        region_prefix="" if level is Level.UNIT else REGION,
        permissions=frozenset({permission}),
        session_id=demo_id("declaring"),
    )


COUNTY = _actor(
    demo_id("county01"),
    "韩志远",
    demo_id("county01/organisation"),
    "南京市玄武区卫生健康委员会",
    Level.COUNTY,
    Permission.DECLARATION_REVIEW,
)


async def open_employers(session: AsyncSession) -> None:
    """In the directory of auth, which tells declaration of them."""
    for each in EMPLOYERS:
        if await get_by_code(session, each.credit_code, "") is None:
            body = OrganisationOpen(
                name=each.name,
                short_name=each.name.removesuffix("有限公司")[2:],
                credit_code=each.credit_code,
                level=Level.UNIT,
                region_code=REGION,
                kinds=(OrganisationKind.EMPLOYER,),
                address="南京市玄武区钟灵街 18 号",
                legal_representative=each.legal_representative,
            )
            await open_organisation(session, actor=SYSTEM, body=body, organisation_id=each.id)


async def declare(database: Database, employer: DemoEmployer) -> None:
    """Its records, one after the other; nothing where it has any."""
    own = _actor(
        demo_id(f"{employer.id}/account"),
        employer.legal_representative,
        employer.id,
        employer.name,
        Level.UNIT,
        Permission.HAZARD_DECLARATION,
    )
    async with database.unit_of_work() as session:
        if await get_open(session, employer.id) or await get_last_approved(session, employer.id):
            return
        await _classify(session, employer)
    for record in employer.records:
        async with database.unit_of_work() as session:
            body = DeclarationCreate.model_validate({"kind": record.kind, **record.content})
            made = (await create_declaration(session, actor=own, content=body)).id
        for action, reason in record.steps:
            by_employer = action in {_A.SUBMIT, _A.REQUEST_WITHDRAWAL}
            fields = ["hazards", "tests"] if action is _A.REJECT else []
            given = RejectBody(reason=reason, fields=fields) if fields else ActionBody(reason=reason or None)
            async with database.unit_of_work() as session:
                await act_on_declaration(
                    session, actor=own if by_employer else COUNTY, declaration_id=made, action=action, body=given
                )
        if record.days_ago:
            day = beijing_today(now_utc()) - timedelta(days=record.days_ago)
            async with database.unit_of_work() as session:
                await session.execute(update(Declaration).where(Declaration.id == made).values(declared_on=day))


async def _classify(session: AsyncSession, employer: DemoEmployer) -> None:
    known = await get_employer(session, employer.id)
    if known is not None and employer.affiliation is not Affiliation.LOCAL:
        body = StandingUpdate(affiliation=employer.affiliation, product_readers=[])
        await keep_standing(session, actor=COUNTY, employer_id=known.id, body=body, expected=known.version)


async def add_declarations() -> None:
    """All of it, in a platform that runs: declaration hears of the employers by itself."""
    async with open_runtime(Service.AUTH, pool_size=2, lanes={}) as auth, auth.database.unit_of_work() as session:
        await open_employers(session)
    async with open_runtime(Service.DECLARATION, pool_size=2, lanes={}) as runtime:
        for each in EMPLOYERS:
            await until(_hears(runtime.database, each.id), f"declaration knows {each.name}")
            await declare(runtime.database, each)


def _hears(database: Database, employer_id: UUID) -> Callable[[], Awaitable[bool]]:
    async def known() -> bool:
        async with database.unit_of_work() as session:
            return await get_employer(session, employer_id) is not None

    return known

"""Records of training as tests need them, put straight into the tables; what a rule does with them goes through the API."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.registrations.models import Registration, RegistrationSpecialty
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.filings.models import Filing
from services.training.people.filings.workflow import FilingKind
from services.training.people.institutions.models import Institution
from services.training.people.personnel.models import Person, StaffMember
from services.training.plans.choices import Lodging, TrainingKind
from services.training.plans.models import NO_SPECIALTY, Plan, PlanSpecialty
from services.training.plans.workflow import PlanStatus
from shared.clock import beijing_today, now_utc
from shared.db.types import field_cipher
from shared.identifiers import new_id
from shared.identity import Actor
from shared.reference.pinyin import search_pieces, search_text, sort_key

_SERIALS: defaultdict[tuple[date, str], "count[int]"] = defaultdict(count)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def today() -> date:
    return beijing_today(now_utc())


def resident_id(birth: date, region: str = "320102") -> str:
    """A number that passes the check, of somebody born that day, and that nobody else has: a thousand a day and region."""
    further, serial = divmod(next(_SERIALS[birth, region]), 1000)
    first = f"{int(region) + further}{birth:%Y%m%d}{serial:03}"
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, _WEIGHTS, strict=True)) % 11]


async def add_institution(session: AsyncSession, actor: Actor) -> Institution:
    """The actor's unit, as auth's event would have made it."""
    row = Institution(
        id=actor.organisation_id,
        name=actor.organisation_name,
        name_search=search_text(actor.organisation_name),
        credit_code="1232000046600701XH",
        region_code=actor.region_code,
        active=True,
    )
    return await session.merge(row)


async def add_filing(session: AsyncSession, actor: Actor, **changes: Any) -> Filing:
    """The unit's saved 资质申报, without which it has no 人员信息 (ORG-04)."""
    values: dict[str, Any] = {
        "institution_id": actor.organisation_id,
        "kind": FilingKind.EXAMINATION,
        "name": actor.organisation_name,
        "address": "",
        "legal_representative": "",
        "legal_representative_title": "",
        "contact_name": "周晓慧",
        "contact_mobile": "13851420617",
        "unfiled": True,
        "services": [],
        "instruments": [],
        "items": [],
    }
    filing = Filing(**{**values, **changes})
    session.add(filing)
    await session.flush()
    return filing


async def add_staff(session: AsyncSession, actor: Actor, name: str = "张三", **changes: Any) -> StaffMember:
    """A person and the unit's file of that person, complete; somebody of about thirty unless ``birth_date`` is given."""
    born = changes.get("birth_date") or date(1986, 1, 1) + timedelta(days=new_id().int % 5000)
    number = changes.pop("resident_id", None) or resident_id(born)
    person = Person(resident_id=number, id_index=field_cipher().blind_index(number))
    session.add(person)
    await session.flush()
    values: dict[str, Any] = {
        "unit_id": actor.organisation_id,
        "person_id": person.id,
        "name": name,
        "name_key": sort_key(name),
        "name_pieces": search_pieces(name),
        "sex": "男",
        "birth_date": date(1985, 6, 15),
        "mobile": "13800138000",
        "email": None,
        "postcode": "210009",
        "address": "南京市玄武区珠江路1号",
        "education": "21",
        "title": "233",
        "title_level": "3",
        "post": "职业健康检查",
        "work_years": 8,
        "attributes": ["检查医生"],
        "physician_number": "110320000123456",
        "physician_issued_on": date(2012, 12, 1),
        "physician_category": "1",
        "practice_category": "1",
        "practice_place": "南京市职业病防治院",
    }
    staff = StaffMember(**{**values, **changes})
    session.add(staff)
    await session.flush()
    await session.refresh(staff, ["person"])
    return staff


async def add_plan(session: AsyncSession, *specialties: str, **changes: Any) -> Plan:
    """A published plan that is open for ten days; without specialties it is of the type that has none."""
    values: dict[str, Any] = {
        "status": PlanStatus.PUBLISHED,
        "type_code": "diagnosis_physician" if specialties else "skills_training",
        "name": f"培训计划{new_id().hex[-8:]}",
        "audience": "职业病诊断医师",
        "content": "法规与诊断标准",
        "other_matters": "",
        "notice": "请携带身份证",
        "registration_deadline": today() + timedelta(days=10),
        "age_limit": 60,
        "minimum_title_level": "3" if specialties else None,
        "hours": 40,
        "validity_years": 4,
        "pass_mark": Decimal(60),
        "contact_name": "李老师",
        "contact_phone": "025-83759999",
        "created_by": new_id(),
        "published_at": datetime.now(UTC),
    }
    plan = Plan(**{**values, **changes}, specialties=[PlanSpecialty(specialty_code=code) for code in specialties])
    session.add(plan)
    await session.flush()
    await session.refresh(plan, ["type", "specialties"])
    return plan


async def add_registration(
    session: AsyncSession, actor: Actor, plan: Plan, staff: StaffMember, *specialties: str, **changes: Any
) -> Registration:
    """One person of the actor's unit in the plan, 审核通过 and complete unless said otherwise."""
    values: dict[str, Any] = {
        "plan_id": plan.id,
        "unit_id": actor.organisation_id,
        "unit_name": actor.organisation_name,
        "region_code": actor.region_code,
        "staff_id": staff.id,
        "person_id": staff.person_id,
        "status": RegistrationStatus.APPROVED,
        "needs_credit": True,
        "training_kind": TrainingKind.INITIAL,
        "lodging": Lodging.NONE,
        "recipient_name": staff.name,
        "recipient_phone": staff.mobile,
        "recipient_postcode": staff.postcode,
        "recipient_address": staff.address,
        "submitted_at": datetime.now(UTC),
        "return_fields": [],
    }
    codes = specialties or (NO_SPECIALTY,)
    registration = Registration(
        **{**values, **changes}, specialties=[RegistrationSpecialty(specialty_code=code) for code in codes]
    )
    session.add(registration)
    await session.flush()
    await session.refresh(registration, ["plan", "staff", "specialties"])
    return registration

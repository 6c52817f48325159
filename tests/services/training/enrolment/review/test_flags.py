"""What a reviewer is told to look at before a decision: each flag with what sets it and what does not (STAFF-02, TRN-39, TRN-40)."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.personnel.choices import AttachmentKind
from services.training.people.personnel.models import Qualification
from services.training.people.personnel.workflow import EMPLOYMENT, EmploymentStatus
from services.training.plans.models import Plan
from shared.attachments import Attachment
from shared.identifiers import new_id
from tests.services.training.enrolment.registrations.stage import Stage
from tests.services.training.records import add_institution, add_registration, add_staff, today

pytestmark = pytest.mark.req("STAFF-02")
S = RegistrationStatus
REVIEWS = "/api/training/reviews"
DIAGNOSIS = "职业病诊断医师"


async def flags(stage: Stage, row: Registration) -> dict[str, str]:
    """{code: detail}, the same in the queue and on the desk."""
    read = (await stage.province.get(f"{REVIEWS}/{row.id}")).json()["flags"]
    listed = (await stage.province.get(REVIEWS, params={"plan_id": str(row.plan_id)})).json()["items"]
    assert next(each["flags"] for each in listed if each["registration_id"] == str(row.id)) == read
    return {each["code"]: each["detail"] for each in read}


async def sent(
    stage: Stage, plan: Plan | None = None, *, person: dict[str, Any] | None = None, **form: Any
) -> Registration:
    plan = plan or await stage.plan()
    staff = await stage.staff(**(person or {}))
    async with stage.work() as session:
        return await add_registration(session, stage.actor, plan, staff, **{"status": S.SUBMITTED, **form})


async def certify(stage: Stage, row: Registration, **values: Any) -> None:
    own = {
        "person_id": row.person_id,
        "category": row.plan.type_label,
        "number": f"证{new_id().hex[-8:]}",
        "issued_on": date(2020, 1, 1),
        "scope": [],
    }
    async with stage.work() as session:
        session.add(Qualification(**{**own, **values}))


async def upload(stage: Stage, row: Registration, *kinds: AttachmentKind) -> None:
    async with stage.work() as session:
        for kind in kinds:
            session.add(
                Attachment(
                    owner_id=stage.actor.account_id,
                    organisation_id=stage.actor.organisation_id,
                    name="扫描件.pdf",
                    content_type="application/pdf",
                    size=1,
                    storage_key=f"training/{new_id()}",
                    record_type=EMPLOYMENT.name,
                    record_id=row.staff_id,
                    kind=kind.value,
                )
            )


async def test_age_and_level_are_told_with_their_bounds(stage: Stage) -> None:
    plan = await stage.plan(age_limit=20, minimum_title_level="5")
    found = await flags(stage, await sent(stage, plan))
    assert "不超过 20 岁" in found["age_over_limit"]
    easy = await flags(stage, await sent(stage, await stage.plan(age_limit=70)))
    assert not {"age_over_limit", "title_level_below"} & easy.keys()


@pytest.mark.parametrize(
    ("days", "kind", "flag"),
    [
        (-1, "refresher", "certificate_expired"),
        (0, "refresher", None),
        (None, "refresher", None),
        (400, "initial", "initial_with_certificate"),
    ],
)
async def test_certificates_of_the_plans_category(stage: Stage, days: int | None, kind: str, flag: str | None) -> None:
    row = await sent(stage, await stage.plan("pneumoconiosis"), training_kind=kind)
    ends = today() + timedelta(days=days) if days is not None else None
    await certify(stage, row, expires_on=ends)
    about = {"certificate_expired", "initial_with_certificate", "refresher_without_certificate"}
    assert set(await flags(stage, row)) & about == ({flag} if flag else set())


async def test_a_later_certificate_counts_and_a_revoked_or_foreign_one_does_not(stage: Stage) -> None:
    plan = await stage.plan("pneumoconiosis")
    row = await sent(stage, plan, training_kind="refresher")
    await certify(stage, row, category="放射专业技术人员", expires_on=today() + timedelta(days=9))
    assert "refresher_without_certificate" in await flags(stage, row)
    await certify(stage, row, expires_on=today() - timedelta(days=9))
    assert "certificate_expired" in await flags(stage, row)
    await certify(stage, row, expires_on=today() + timedelta(days=9))
    assert "certificate_expired" not in await flags(stage, row)


async def test_what_is_not_uploaded_is_named_until_it_is(stage: Stage) -> None:
    row = await sent(stage)
    assert "身份证复印件" in (await flags(stage, row))["attachment_missing"]
    await upload(stage, row, AttachmentKind.ID_CARD, AttachmentKind.TITLE, AttachmentKind.PHYSICIAN)
    assert "attachment_missing" not in await flags(stage, row)


async def test_the_same_person_in_another_plan_or_unit_is_named(stage: Stage) -> None:
    row = await sent(stage)
    assert "person_elsewhere" not in await flags(stage, row)
    other = await stage.plan(name=f"另一培训{new_id().hex[-6:]}")
    async with stage.work() as session:
        await add_institution(session, stage.other)
        theirs = await add_staff(session, stage.other, "张三")
        theirs.person_id = row.person_id
        await session.flush()
        await add_registration(session, stage.other, other, theirs, status=S.DRAFT, person_id=row.person_id)
    found = (await flags(stage, row))["person_elsewhere"]
    assert stage.other.organisation_name in found
    assert other.name not in found
    async with stage.work() as session:
        theirs = await session.merge(theirs)
        theirs.status = EmploymentStatus.LEFT
    assert "person_elsewhere" not in await flags(stage, row)


async def test_somebody_who_has_left_is_told(stage: Stage) -> None:
    row = await sent(stage, person={"status": EmploymentStatus.LEFT})
    assert "person_left" in await flags(stage, row)

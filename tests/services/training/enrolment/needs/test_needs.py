"""What a new unit is told before it asks (FAQ-M1)."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.main import app
from services.training.people.personnel.models import Qualification, StaffMember
from services.training.people.personnel.workflow import EmploymentStatus
from shared.clock import now_utc
from shared.identifiers import new_id
from shared.roles import Level, Permission
from tests.services.training.records import add_filing, add_institution, add_plan, add_registration, add_staff, today

pytestmark = pytest.mark.req("FAQ-M1")
GRANTED = (Permission.GROUP_REGISTRATION, Permission.INSTITUTION_FILING)


async def add_certificate(
    session: AsyncSession, staff: StaffMember, category: str, expires_on: date | None, **more: Any
) -> None:
    values = {
        "known_to": [staff.unit_id],
        "number": f"证{new_id().hex[-8:]}",
        "issued_on": date(2020, 1, 1),
        "scope": [],
        **more,
    }
    session.add(Qualification(person_id=staff.person_id, category=category, expires_on=expires_on, **values))


class TestFirstSteps:
    async def test_each_step_is_done_when_it_is_done(
        self, unfiled_client_for: Any, make_actor: Any, open_app: Any
    ) -> None:
        actor = make_actor(*GRANTED, level=Level.UNIT, region="320102")
        client = await unfiled_client_for(app, actor)
        runtime = await open_app(app)
        async with runtime.database.unit_of_work() as session:
            await add_institution(session, actor)

        async def done() -> list[bool]:
            return [step["done"] for step in (await client.get("/api/training/first-steps")).json()]

        assert await done() == [False, False, False]
        async with runtime.database.unit_of_work() as session:
            await add_filing(session, actor)
        assert await done() == [True, False, False]
        async with runtime.database.unit_of_work() as session:
            staff = await add_staff(session, actor)
        assert await done() == [True, True, False]
        async with runtime.database.unit_of_work() as session:
            await add_registration(session, actor, await add_plan(session), staff)
        assert await done() == [True, True, True]


class TestNeeds:
    async def test_the_certificates_say_who_needs_the_plan(
        self, client_for: Any, make_actor: Any, open_app: Any
    ) -> None:
        actor = make_actor(*GRANTED, level=Level.UNIT, region="320102")
        stranger = make_actor(*GRANTED, level=Level.UNIT, region="320102")
        client = await client_for(app, actor)
        runtime = await open_app(app)
        async with runtime.database.unit_of_work() as session:
            await add_institution(session, actor)
            await add_institution(session, stranger)
            plan = await add_plan(session, "skin")
            label = plan.type.label
            never, over, soon, long, ever, revoked, other = [
                await add_staff(session, actor, name)
                for name in ("从未", "过期", "将到期", "还有效", "长期", "已撤销", "别的类")
            ]
            await add_staff(session, stranger, "别家的人")
            await add_staff(session, actor, "已离职", status="left")
            await add_certificate(session, over, label, today() - timedelta(days=1))
            await add_certificate(session, soon, label, today() + timedelta(days=30))
            await add_certificate(session, long, label, today() - timedelta(days=1))
            await add_certificate(session, long, label, today() + timedelta(days=900))
            await add_certificate(session, ever, label, None)
            await add_certificate(session, revoked, label, today() + timedelta(days=900), revoked_at=now_utc())
            await add_certificate(session, other, "别的类型", today() + timedelta(days=900))
            await add_registration(session, actor, plan, soon, "skin")
        rows = (await client.get(f"/api/training/plans/{plan.id}/needs")).json()
        assert {row["name"]: row["kind_label"] for row in rows} == {
            "从未": "初训",
            "过期": "复训",
            "将到期": "复训",
            "还有效": "暂不需要",
            "长期": "暂不需要",
            "已撤销": "初训",
            "别的类": "初训",
        }
        assert [row["kind_label"] for row in rows[:2]] == ["复训", "复训"]
        assert {row["name"]: row["registration_status"] for row in rows}["将到期"] == "审核通过"
        assert never.id


class TestPublication:
    @pytest.mark.req("STAFF-01", "NOTE-01")
    async def test_it_says_who_is_due_and_what_to_think_of(
        self, client_for: Any, make_actor: Any, open_app: Any
    ) -> None:
        one, other, idle = (make_actor(*GRANTED, level=Level.UNIT, region="320102") for _ in range(3))
        province = await client_for(app, make_actor(Permission.PLAN_MANAGEMENT, level=Level.PROVINCE))
        runtime = await open_app(app)
        async with runtime.database.unit_of_work() as session:
            for actor in (one, other, idle):
                await add_institution(session, actor)
            plan = await add_plan(session, "skin", status="draft")
        address = f"/api/training/plans/{plan.id}/publication"
        before = (await province.get(address)).json()
        async with runtime.database.unit_of_work() as session:
            label = plan.type.label
            soon, over, renewed, ever, gone = [
                await add_staff(session, one, name) for name in ("将到期", "过期", "已复训", "长期", "离职")
            ]
            theirs = await add_staff(session, other, "别家的")
            gone.status = EmploymentStatus.LEFT
            near = today() + timedelta(days=30)
            for staff in (soon, renewed, ever, gone, theirs):
                await add_certificate(session, staff, label, near)
            await add_certificate(session, over, label, today() - timedelta(days=1))
            await add_certificate(session, renewed, label, today() + timedelta(days=900))
            await add_certificate(session, ever, label, None)
        shown = (await province.get(address)).json()
        assert [shown[each] - before[each] for each in ("units_due", "people_due")] == [2, 3]
        assert shown["units_told"] >= 3
        assert "no_attachments" in {each["code"] for each in shown["notes"]}

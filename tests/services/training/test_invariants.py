"""What must hold is looked for, and what does not hold is found."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI

from services.training.classes.class_sessions.models import ClassSession, Schedule, SessionSpecialty
from services.training.invariants import check_invariants, passed_without_certificate
from services.training.main import app
from services.training.plans.choices import TrainingKind
from services.training.results.scores.models import IssuedCertificate, Result, ScoreSheet
from services.training.results.scores.workflow import ScoreSheetStatus
from shared.clock import now_utc
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from tests.services.training.records import add_institution, add_plan, add_registration, add_staff, today


@pytest.mark.req("PLAT-11")
class TestPassedWithoutCertificate:
    async def test_a_passed_result_that_nobody_certified_is_found_after_ten_minutes(
        self, open_app: Callable[[FastAPI], Awaitable[Runtime]], make_actor: Callable[..., Actor]
    ) -> None:
        runtime, actor = await open_app(app), make_actor(Permission.GROUP_REGISTRATION)
        async with runtime.database.unit_of_work() as session:
            await add_institution(session, actor)
            plan = await add_plan(session, "skin")
            staff = await add_staff(session, actor)
            registration = await add_registration(session, actor, plan, staff, "skin")
            schedule = Schedule(plan_id=plan.id)
            session.add(schedule)
            await session.flush()
            days = {"start_date": today(), "end_date": today(), "days": 1, "selection_deadline": today()}
            row = ClassSession(
                schedule_id=schedule.id,
                plan_id=plan.id,
                session_no=1,
                training_kind=TrainingKind.INITIAL,
                capacity=1,
                location="南京",
                specialties=[SessionSpecialty(specialty_code="skin", places=1)],
                **days,
            )
            session.add(row)
            await session.flush()
            sheet = ScoreSheet(class_session_id=row.id, status=ScoreSheetStatus.PUBLISHED, published_at=now_utc())
            session.add(sheet)
            await session.flush()
            session.add(
                Result(
                    sheet_id=sheet.id,
                    registration_id=registration.id,
                    unit_id=actor.organisation_id,
                    specialty_code="skin",
                    score=None,
                    passed=True,
                )
            )
            await session.flush()

            async def found() -> bool:
                await session.flush()
                return str(registration.id) in {
                    finding.subject for finding in await passed_without_certificate(session)
                }

            assert not await found()
            sheet.published_at = now_utc() - timedelta(minutes=11)
            assert await found()
            session.add(
                IssuedCertificate(
                    registration_id=registration.id, class_session_id=row.id, certificate_id=new_id(), number="苏-1"
                )
            )
            assert not await found()
        await check_invariants(runtime)

"""The tables of training hold what the rules promise, whatever the code does."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from services.training.classes.class_sessions.models import ClassSession, Schedule, SessionSpecialty
from services.training.classes.seats.models import Seat
from services.training.main import app
from services.training.plans.choices import TrainingKind
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from tests.services.training.records import add_institution, add_plan, add_registration, add_staff, today


@pytest.mark.req("BEY-01", "TRN-72")
class TestSeatConstraints:
    async def test_the_database_refuses_what_is_oversold(
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
            start = today() + timedelta(days=20)
            days = {"start_date": start, "end_date": start + timedelta(days=2), "days": 3, "selection_deadline": start}
            first, second = (
                ClassSession(
                    schedule_id=schedule.id,
                    plan_id=plan.id,
                    session_no=number,
                    training_kind=TrainingKind.INITIAL,
                    capacity=1,
                    location="南京",
                    specialties=[SessionSpecialty(specialty_code="skin", places=1)],
                    **days,
                )
                for number in (1, 2)
            )
            session.add_all((first, second))
            await session.flush()
            with pytest.raises(IntegrityError, match="never_oversold"):
                async with session.begin_nested():
                    first.taken = 2
                    await session.flush()
            await session.refresh(first)
            common = {
                "person_id": staff.person_id,
                "registration_id": registration.id,
                "unit_id": actor.organisation_id,
            }
            during = Range(start, start + timedelta(days=3))
            session.add(Seat(class_session_id=first.id, during=during, **common))
            await session.flush()
            with pytest.raises(IntegrityError, match="ex_seats_person_during"):
                async with session.begin_nested():
                    session.add(Seat(class_session_id=second.id, during=during, **common))
                    await session.flush()

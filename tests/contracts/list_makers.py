"""Rows for every list of the platform, with somebody who sees them. A list without a row of this table fails its contract test."""

from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

from ops.catalogue import APPS
from services.auth.desks.applications.models import Application
from services.auth.desks.applications.workflow import ApplicationStatus
from services.auth.desks.cases.models import Case
from services.auth.desks.cases.workflow import CaseKind
from services.declaration.consumers import organisation_changed
from services.notifications.notices import tasks as notice_tasks
from services.training.classes.waiting.models import WaitingEntry, WaitingPerson
from services.training.desk.identities.models import IdentityCorrection
from services.training.desk.transfers.models import Transfer
from services.training.enrolment.late_entries.models import LateEntry
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.personnel.models import Qualification
from services.training.plans.models import NO_SPECIALTY
from shared.clock import now_utc
from shared.identifiers import new_id
from shared.roles import Level
from shared.runtime import Runtime
from shared.services import Service
from tests.contracts.group_makers import group_members, group_memberships
from tests.contracts.hook_lists import hook_sendings
from tests.contracts.kit_lists import audit, jobs
from tests.contracts.legacy_lists import legacy_rows
from tests.contracts.list_worlds import ROWS, Made, Maker, World
from tests.contracts.notice_lists import broadcasts, deliveries, own_texts, recipients, unreached
from tests.contracts.problems import all_powerful
from tests.services.auth.records import add_account
from tests.services.certificates.records import issued
from tests.services.declaration.records import COMPLETE, an_order, organisation
from tests.services.notifications.arrivals import an_account, arrive, returned
from tests.services.training.classes.selection.classes import add_class, add_people, add_schedule
from tests.services.training.classes.selection.test_placing import put
from tests.services.training.records import (
    add_filing,
    add_institution,
    add_plan,
    add_registration,
    add_staff,
    today,
)


async def personnel(world: World) -> Made:
    async with world.rows(Service.TRAINING) as session:
        for _ in range(ROWS):
            staff = await add_staff(session, world.unit)
            about = {"person_id": staff.person_id, "category": "其他", "scope": [], "certificate_id": new_id()}
            about["known_to"] = [staff.unit_id]
            ends = today() + timedelta(days=30)
            session.add(Qualification(**about, number=new_id().hex, issued_on=date(2022, 1, 1), expires_on=ends))
    return world.unit, {}


async def plans(world: World) -> Made:
    async with world.rows(Service.TRAINING) as session:
        for _ in range(ROWS):
            await add_plan(session, "skin", "eye")
    return world.unit, {}


async def candidates(world: World) -> Made:
    async with world.rows(Service.TRAINING) as session:
        plan = await add_plan(session, "skin")
    await personnel(world)
    return world.unit, {"plan_id": plan.id}


async def reviews(world: World) -> Made:
    async with world.rows(Service.TRAINING) as session:
        plan = await add_plan(session, "skin", "eye")
        for _ in range(ROWS):
            staff = await add_staff(session, world.unit)
            await add_registration(session, world.unit, plan, staff, "skin", status=RegistrationStatus.SUBMITTED)
    return world.office, {}


async def late_entries(world: World) -> Made:
    unit = world.unit
    named = {"unit_id": unit.organisation_id, "unit_name": unit.organisation_name, "region_code": unit.region_code}
    async with world.rows(Service.TRAINING) as session:
        for _ in range(ROWS):
            plan = await add_plan(session, "skin")
            session.add(LateEntry(plan_id=plan.id, **named, reason="新入职"))
    return unit, {}


async def class_sessions(world: World) -> Made:
    """Each of a plan of its own, with somebody of the unit in it."""
    client = await world.client(Service.TRAINING, world.unit)
    for _ in range(ROWS):
        async with world.rows(Service.TRAINING) as session:
            plan = await add_plan(session)
            row = await add_class(session, await add_schedule(session, plan))
            people = await add_people(session, world.unit, plan, 1)
        assert (await put(client, row, NO_SPECIALTY, people))[0] == 200
    return world.office, {}


async def selection_progress(world: World) -> Made:
    """A plan with one person each of many units."""
    async with world.rows(Service.TRAINING) as session:
        plan = await add_plan(session)
        await add_class(session, await add_schedule(session, plan))
        for _ in range(ROWS):
            await add_people(session, all_powerful(Level.UNIT), plan, 1)
    return world.office, {"plan_id": plan.id}


async def selections(world: World) -> Made:
    await class_sessions(world)
    return world.unit, {}


async def results(world: World) -> Made:
    await class_sessions(world)
    return world.unit, {"start_from": str(today()), "start_to": str(today() + timedelta(days=365))}


async def waiting_entries(world: World) -> Made:
    async with world.rows(Service.TRAINING) as session:
        for _ in range(ROWS):
            plan = await add_plan(session, "skin")
            row = await add_class(session, await add_schedule(session, plan), {"skin": None})
            (one,) = await add_people(session, world.unit, plan, 1, "skin")
            entry = WaitingEntry(
                unit_id=world.unit.organisation_id,
                plan_id=plan.id,
                class_session_id=row.id,
                specialty_code="skin",
                size=1,
                people=[WaitingPerson(registration_id=one.id, specialty_code="skin")],
            )
            session.add(entry)
    return world.unit, {}


async def identity_corrections(world: World) -> Made:
    async with world.rows(Service.TRAINING) as session:
        for _ in range(ROWS):
            staff = await add_staff(session, world.unit)
            about = {"person_id": staff.person_id, "unit_id": world.unit.organisation_id, "unit_name": "甲"}
            names = {"old_name": staff.name, "new_name": "李四", "old_resident_id": staff.resident_id}
            session.add(IdentityCorrection(**about, **names, reason="录入有误"))
    return world.unit, {}


async def transfers(world: World) -> Made:
    async with world.rows(Service.TRAINING) as session:
        await add_filing(session, world.unit)
        for _ in range(ROWS):
            other = all_powerful(Level.UNIT)
            await add_institution(session, other)
            await add_filing(session, other)
            staff = await add_staff(session, other)
            ways = {"from_unit_id": other.organisation_id, "to_unit_id": world.unit.organisation_id}
            about = {"person_id": staff.person_id, "person_name": staff.name, "note": ""}
            session.add(Transfer(**ways, **about, proposed_by=other.organisation_id))
    return world.unit, {}


async def accounts(world: World) -> Made:
    runtime = await world.runtime(Service.AUTH)
    for _ in range(ROWS):
        await add_account(runtime)
    return world.office, {}


async def cases(world: World) -> Made:
    values = {"region_code": "320102", "kind": CaseKind.APPEAL, "details": "{}"}
    values |= {"level": Level.COUNTY, "told_level": Level.COUNTY}
    said = {"organisation_name": "某厂", "applicant_name": "王某", "new_phone": "13900000000", "reason": "手机丢失"}
    async with world.rows(Service.AUTH) as session:
        session.add_all(Case(number=new_id().hex[-24:], key_hash=new_id().hex, **values, **said) for _ in range(ROWS))
    return all_powerful(Level.COUNTY), {}


async def applications(world: World) -> Made:
    form = '{"unit_name": "某医院"}'
    values: dict[str, Any] = {
        "status": ApplicationStatus.SUBMITTED,
        "form": form,
        "submitted_form": form,
        "region_code": "320102",
    }
    values |= {"submitted_at": now_utc()}
    async with world.rows(Service.AUTH) as session:
        session.add_all(Application(number=new_id().hex[-24:], key_hash=new_id().hex, **values) for _ in range(ROWS))
    return all_powerful(Level.CITY), {}


async def certificates(world: World) -> Made:
    runtime = await world.runtime(Service.CERTIFICATES)
    for _ in range(ROWS):
        await issued(runtime)
    return world.office, {}


async def declarations(world: World) -> Made:
    for _ in range(ROWS):
        employer = all_powerful(Level.UNIT)
        async with world.rows(Service.DECLARATION) as session:
            await organisation_changed(session, organisation(employer, level=Level.UNIT))
        client = await world.client(Service.DECLARATION, employer)
        made = await client.post("/api/declaration/declarations", json=COMPLETE)
        assert (await client.post(f"{made.headers['location']}/submit")).status_code == 200
    return world.office, {}


async def due_dates(world: World) -> Made:
    runtime = await world.runtime(Service.DECLARATION)
    async with runtime.database.unit_of_work() as session:
        for _ in range(ROWS):
            await organisation_changed(session, organisation(all_powerful(Level.UNIT), level=Level.UNIT))
    return world.office, {}


async def review_orders(world: World) -> Made:
    async with world.rows(Service.DECLARATION) as session:
        session.add_all(an_order(all_powerful(Level.UNIT)) for _ in range(ROWS))
    return world.office, {}


async def expand_all(runtime: Runtime) -> None:
    """However slow the machine is: a run of the worker ends early, so that codes get their turn."""
    with patch.object(notice_tasks, "RUN_SECONDS", 60):
        await notice_tasks.expand_notices(runtime)


async def messages(world: World) -> Made:
    runtime = await world.runtime(Service.NOTIFICATIONS)
    account = an_account(account_id=world.unit.account_id, organisation_id=world.unit.organisation_id)
    await arrive(runtime.database, [account])
    await arrive(runtime.database, [returned(world.unit.organisation_id) for _ in range(ROWS)])
    await expand_all(runtime)
    return world.unit, {}


async def message_lines(world: World) -> Made:
    """Each of another plan, so that none is folded into another's line."""
    runtime = await world.runtime(Service.NOTIFICATIONS)
    account = an_account(account_id=world.unit.account_id, organisation_id=world.unit.organisation_id)
    await arrive(runtime.database, [account])
    unit = world.unit.organisation_id
    await arrive(runtime.database, [returned(unit).model_copy(update={"plan_id": new_id()}) for _ in range(ROWS)])
    await expand_all(runtime)
    return world.unit, {}


MAKERS: dict[str, Maker] = {
    **{f"/api/{service}/audit": audit(service) for service in Service},
    "/api/auth/accounts": accounts,
    "/api/auth/organisations": accounts,
    "/api/auth/cases": cases,
    "/api/auth/texts": own_texts,
    "/api/auth/applications": applications,
    "/api/training/personnel": personnel,
    "/api/training/expiring-qualifications": personnel,
    "/api/training/plans": plans,
    "/api/training/group-registrations": plans,
    "/api/training/group-registrations/{plan_id}/candidates": candidates,
    "/api/training/late-entries": late_entries,
    "/api/training/reviews": reviews,
    "/api/training/class-sessions": class_sessions,
    "/api/training/schedules": class_sessions,
    "/api/training/score-sheets": class_sessions,
    "/api/training/selections": selections,
    "/api/training/selection-progress/{plan_id}/units": selection_progress,
    "/api/training/results": results,
    "/api/training/waiting-entries": waiting_entries,
    "/api/training/transfers": transfers,
    "/api/training/identity-corrections": identity_corrections,
    "/api/certificates/certificates": certificates,
    "/api/declaration/declarations": declarations,
    "/api/declaration/reviews": declarations,
    "/api/declaration/review-orders": review_orders,
    "/api/declaration/due-dates": due_dates,
    "/api/declaration/legacy-imports": legacy_rows,
    "/api/declaration/legacy-rows": legacy_rows,
    "/api/declaration/group-members": group_members,
    "/api/declaration/group-memberships": group_memberships,
    "/api/declaration/figures/units": due_dates,
    "/api/notifications/broadcasts": broadcasts,
    "/api/notifications/broadcasts/{broadcast_id}/recipients": recipients,
    "/api/notifications/deliveries": deliveries,
    "/api/notifications/messages": messages,
    "/api/notifications/unreached": unreached,
    "/api/notifications/messages/lines": message_lines,
    "/api/notifications/hooks/{hook_id}/sendings": hook_sendings,
    **{f"/api/{each}/jobs": jobs(each, APPS[each].state.jobs) for each in Service},
    **{f"/api/{each}/jobs/all": jobs(each, APPS[each].state.jobs, of_all=True) for each in Service},
}

"""What a plan takes over from another one, and how far it is, as officials see it in the list (STAFF-01, STAFF-12)."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from services.training.classes.class_sessions.workflow import ClassSessionStatus
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.main import app
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from tests.services.auth.applicants import PNG
from tests.services.training.classes.selection.classes import add_class, add_schedule
from tests.services.training.plans.test_plans import PLANS, OpenApp, change, fields, form
from tests.services.training.records import add_institution, add_plan, add_registration, add_staff

OK, SENT = RegistrationStatus.APPROVED, RegistrationStatus.SUBMITTED


@pytest.mark.req("STAFF-01")
async def test_a_copy_has_attachments_of_its_own(
    client_for: Callable[..., Awaitable[httpx.AsyncClient]], make_actor: Callable[..., Actor]
) -> None:
    province = await client_for(app, make_actor(Permission.PLAN_MANAGEMENT, level=Level.PROVINCE))
    given = {"file": ("通知.png", PNG, "image/png")}
    file = (await province.post("/api/training/attachments", files=given)).json()["id"]
    first = (await province.post(PLANS, json=form(attachment_ids=[file]))).json()
    made = await province.post(PLANS, json=form(attachments_of=first["id"]))
    assert made.status_code == 201, made.text
    (copy,) = made.json()["attachments"]
    assert (copy["name"], copy["size"]) == ("通知.png", first["attachments"][0]["size"])
    assert (await change(province, first["id"], first["version"], attachment_ids=[])).status_code == 200
    content = await province.get(f"/api/training/attachments/{copy['id']}")
    assert (content.status_code, content.content[1:4]) == (200, b"PNG")
    unknown = await province.post(PLANS, json=form(attachments_of=str(new_id())))
    assert (unknown.status_code, fields(unknown)) == (422, {"attachments_of"})


@pytest.mark.req("STAFF-12", "PLAT-06")
async def test_officials_see_how_far_a_plan_is_in_their_region(
    client_for: Callable[..., Awaitable[httpx.AsyncClient]],
    make_actor: Callable[..., Actor],
    open_app: OpenApp,
) -> None:
    units = [make_actor(Permission.GROUP_REGISTRATION, region=region) for region in ("320102", "320102", "320903")]
    runtime = await open_app(app)
    async with runtime.database.unit_of_work() as session:
        plan = await add_plan(session, "skin")
        for unit, statuses in zip(units, ((OK, SENT), (OK,), (SENT, RegistrationStatus.DRAFT)), strict=True):
            await add_institution(session, unit)
            for status in statuses:
                staff = await add_staff(session, unit)
                await add_registration(session, unit, plan, staff, "skin", status=status)
        schedule = await add_schedule(session, plan)
        await add_class(session, schedule, {"skin": None})
        await add_class(
            session, schedule, {"skin": None}, start_in=40, session_no=2, status=ClassSessionStatus.CALLED_OFF
        )

    async def seen(*permissions: Permission, **of: Any) -> Any:
        client = await client_for(app, make_actor(*permissions, **of))
        (row,) = (await client.get(PLANS, params={"name": plan.name})).json()["items"]
        return row["figures"]

    whole = {"people": 4, "units": 3, "approved": 2, "seats": 5}
    assert await seen(Permission.PLAN_MANAGEMENT, level=Level.PROVINCE) == whole
    city = await seen(Permission.TRAINING_OVERSIGHT, level=Level.CITY, region="320900")
    assert city == {"people": 1, "units": 1, "approved": 0, "seats": 5}
    assert await seen(Permission.GROUP_REGISTRATION) is None

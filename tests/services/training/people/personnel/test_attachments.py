"""Uploaded files: judged by content, seen by who may see the record, swept when nobody claims them."""

import io
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from PIL import Image

from services.training.main import app
from services.training.people.personnel.workflow import EMPLOYMENT
from services.training.plans.workflow import PLAN, PlanStatus
from services.training.worker import WORKER
from shared.attachments import Attachment, claim
from shared.clock import now_utc
from shared.db.history import history_of
from shared.housekeeping import tidy_up
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.records import add_institution, add_plan, add_staff

MakeActor = Callable[..., Actor]
OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
ATTACHMENTS = "/api/training/attachments"
FILING, GROUP = Permission.INSTITUTION_FILING, Permission.GROUP_REGISTRATION


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(out, "PNG")
    return out.getvalue()


async def upload(client: AsyncClient, data: bytes | None = None, name: str = "职称证书.png") -> Response:
    return await client.post(ATTACHMENTS, files={"file": (name, data or picture(), "application/octet-stream")})


@pytest.mark.req("PLAT-07", "TRN-16")
class TestUpload:
    async def test_a_picture_is_kept_and_comes_back(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        client = await client_for(app, make_actor(FILING))
        answer = await upload(client)
        told = answer.json()
        assert (answer.status_code, told["name"], told["content_type"]) == (201, "职称证书.png", "image/png")
        content = await client.get(answer.headers["location"])
        assert (content.status_code, content.headers["content-type"]) == (200, "image/png")
        assert len(content.content) == told["size"]
        assert Image.open(io.BytesIO(content.content)).size == (20, 10)

    @pytest.mark.parametrize(
        ("data", "name", "status"),
        [(b"MZ\x90 a program", "photo.pdf", 422), (b"%PDF-1.7\nbroken", "photo.pdf", 422), (b"MZ\x90", "a.exe", 415)],
    )
    async def test_what_is_not_what_its_name_says_is_refused(
        self, client_for: ClientFor, make_actor: MakeActor, data: bytes, name: str, status: int
    ) -> None:
        answer = await upload(await client_for(app, make_actor(FILING)), data, name)
        assert answer.status_code == status
        assert any("一" <= char <= "鿿" for char in answer.json()["detail"])

    async def test_who_has_no_part_in_training_puts_up_nothing(
        self, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        answer = await upload(await client_for(app, make_actor(Permission.HAZARD_DECLARATION)))
        assert answer.status_code == 403


@pytest.mark.req("PLAT-07", "PLAT-06")
class TestWhoSees:
    async def test_an_unclaimed_file_is_its_organisations_alone(
        self, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        actor = make_actor(FILING)
        address = (await upload(await client_for(app, actor))).headers["location"]
        colleague = make_actor(GROUP, organisation_id=actor.organisation_id)
        province = make_actor(Permission.PROVINCE_REVIEW, level=Level.PROVINCE, region="320000")
        seen = [
            (await (await client_for(app, each)).get(address)).status_code
            for each in (colleague, make_actor(FILING), province)
        ]
        assert seen == [200, 404, 404]

    async def test_a_persons_file_is_seen_by_who_sees_the_person(
        self, client_for: ClientFor, make_actor: MakeActor, open_app: OpenApp
    ) -> None:
        actor = make_actor(FILING, region="320102")
        made = await upload(await client_for(app, actor))
        async with (await open_app(app)).database.unit_of_work() as session:
            await add_institution(session, actor)
            staff = await add_staff(session, actor)
            ids = [UUID(made.json()["id"])]
            await claim(session, EMPLOYMENT, staff.id, ids, actor=actor, field="attachments", kind="id_card")
        city = make_actor(Permission.TRAINING_OVERSIGHT, level=Level.CITY, region="320100")
        elsewhere = make_actor(Permission.TRAINING_OVERSIGHT, level=Level.CITY, region="320500")
        seen = [
            (await (await client_for(app, each)).get(made.headers["location"])).status_code
            for each in (actor, city, elsewhere, make_actor(FILING))
        ]
        assert seen == [200, 200, 404, 404]
        async with (await open_app(app)).database.unit_of_work() as session:
            rows = await history_of(session, EMPLOYMENT, staff.id)
        looks = [(row.actor_id, row.after) for row in rows if row.action == "view_file"]
        told = {"file_id": made.json()["id"], "kind": "id_card"}
        assert looks == [(each.account_id, told) for each in (actor, city)]

    @pytest.mark.parametrize(("status", "seen"), [(PlanStatus.PUBLISHED, 200), (PlanStatus.DRAFT, 404)])
    async def test_a_plans_file_is_seen_by_all_once_it_is_published(
        self, client_for: ClientFor, make_actor: MakeActor, open_app: OpenApp, status: PlanStatus, seen: int
    ) -> None:
        manager = make_actor(Permission.PLAN_MANAGEMENT, level=Level.PROVINCE, region="320000")
        made = await upload(await client_for(app, manager))
        async with (await open_app(app)).database.unit_of_work() as session:
            plan = await add_plan(session, "skin", status=status)
            ids = [UUID(made.json()["id"])]
            await claim(session, PLAN, plan.id, ids, actor=manager, field="attachments")
        address = made.headers["location"]
        assert (await (await client_for(app, manager)).get(address)).status_code == 200
        assert (await (await client_for(app, make_actor(GROUP))).get(address)).status_code == seen
        async with (await open_app(app)).database.unit_of_work() as session:
            assert await history_of(session, PLAN, plan.id) == []


@pytest.mark.req("PLAT-07")
class TestSweep:
    async def test_what_nobody_claimed_for_a_day_goes(
        self, client_for: ClientFor, make_actor: MakeActor, open_app: OpenApp
    ) -> None:
        client, runtime = await client_for(app, make_actor(FILING)), await open_app(app)
        old, new = [(await upload(client)).headers["location"] for _ in range(2)]
        async with runtime.database.unit_of_work() as session:
            row = await session.get_one(Attachment, UUID(old.rpartition("/")[2]))
            row.created_at = now_utc() - timedelta(days=1, minutes=1)
            key = row.storage_key
        await tidy_up(runtime)
        assert [(await client.get(address)).status_code for address in (old, new)] == [404, 200]
        assert not await runtime.storage.exists(key)

    def test_it_is_done_every_hour(self) -> None:
        assert [task.every for task in WORKER.all_tasks() if task.name == "training.tidy_up"] == [3600]

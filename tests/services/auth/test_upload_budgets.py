"""How much people put up: so much for a record, for an address a day, for an organisation a day, however many send at once (PLAT-07)."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select, update

from services.auth.access.uploads import tasks
from services.auth.access.uploads.models import PutUp
from services.auth.desks.applications import tasks as application_tasks
from services.auth.desks.applications.models import Application
from services.auth.main import app
from services.auth.settings import auth_settings
from shared.attachments import Attachment
from shared.clock import beijing_today, now_utc
from shared.roles import Permission
from shared.runtime import Runtime
from shared.settings import platform_settings
from tests.conftest import ClientFor, make_actor
from tests.services.auth.applicants import Applicant, id_of
from tests.services.auth.case_records import scan, upload
from tests.services.auth.conftest import NewVisitor

pytestmark = pytest.mark.req("PLAT-07")
MB = 1024 * 1024
Budget = Callable[..., None]


@pytest.fixture
def budget(monkeypatch: pytest.MonkeyPatch) -> Iterator[Budget]:
    def change(**settings: int) -> None:
        for name, value in settings.items():
            monkeypatch.setenv(name, str(value))
        auth_settings.cache_clear()
        platform_settings.cache_clear()

    yield change
    monkeypatch.undo()
    auth_settings.cache_clear()
    platform_settings.cache_clear()


def heavy(mb: float) -> bytes:
    """A picture that comes with so many bytes more, which are not kept."""
    return scan() + b"\0" * int(mb * MB)


async def put_up(runtime: Runtime, address: str) -> int:
    async with runtime.database.unit_of_work() as session:
        return await session.scalar(select(PutUp.size).where(PutUp.address == address)) or 0


async def attach(person: Applicant, data: bytes) -> httpx.Response:
    return await person.call("POST", "/attachments", data={"kind": "evidence"}, files={"file": ("证明.png", data)})


async def as_if_of(runtime: Runtime, person: Applicant, size: int) -> None:
    """The draft's files are so large."""
    own = await id_of(runtime, person)
    async with runtime.database.unit_of_work() as session:
        await session.execute(update(Attachment).where(Attachment.record_id == own).values(size=size))


class TestAddress:
    async def test_an_address_puts_up_so_much_a_day_however_many_proofs_it_has(
        self, runtime: Runtime, visitor: NewVisitor, budget: Budget
    ) -> None:
        budget(AUTH_UPLOADS_PER_ADDRESS_A_DAY_MB=3)
        person = visitor()
        assert (await upload(person, heavy(2))).status_code == 201
        refused = await upload(person, heavy(2))
        assert (refused.status_code, refused.json()["code"]) == (429, "address_uploads_used_up")
        assert "明天再上传" in refused.json()["detail"]
        assert 0 < int(refused.headers["Retry-After"]) <= 86400
        assert (await upload(visitor(), heavy(2))).status_code == 201
        assert 2 * MB < await put_up(runtime, person.address) < 3 * MB

    async def test_of_many_at_once_no_more_fit(self, runtime: Runtime, visitor: NewVisitor, budget: Budget) -> None:
        budget(AUTH_UPLOADS_PER_ADDRESS_A_DAY_MB=3)
        person = visitor()
        answers = await asyncio.gather(*(upload(person, heavy(0.9)) for _ in range(8)))
        assert Counter(answer.status_code for answer in answers) == {201: 3, 429: 5}

    async def test_drafts_of_one_address_share_it(self, runtime: Runtime, visitor: NewVisitor, budget: Budget) -> None:
        budget(AUTH_UPLOADS_PER_ADDRESS_A_DAY_MB=3)
        at_home = visitor()
        outcomes = []
        for _ in range(3):
            person = Applicant(runtime, at_home)
            await person.create()
            outcomes.append((await attach(person, heavy(1.4))).status_code)
        assert outcomes == [201, 201, 429]

    async def test_days_that_are_over_are_let_go(self, runtime: Runtime, visitor: NewVisitor) -> None:
        person = visitor()
        await upload(person)
        yesterday = beijing_today(now_utc()) - timedelta(days=1)
        async with runtime.database.unit_of_work() as session:
            session.add(PutUp(address=person.address, day=yesterday, size=1))
        await tasks.sweep(runtime)
        async with runtime.database.unit_of_work() as session:
            days = set(await session.scalars(select(PutUp.day).where(PutUp.address == person.address)))
        assert days == {beijing_today(now_utc())}


class TestRecord:
    async def test_a_draft_has_its_own_budget(self, runtime: Runtime, visitor: NewVisitor, budget: Budget) -> None:
        budget(AUTH_UPLOADS_PER_RECORD_MB=2)
        person = Applicant(runtime, visitor())
        await person.create()
        assert (await attach(person, scan())).status_code == 201
        await as_if_of(runtime, person, 2 * MB)
        refused = await attach(person, scan())
        assert (refused.status_code, refused.json()["code"]) == (429, "uploads_used_up")

    async def test_taking_files_away_makes_no_room(self, runtime: Runtime, visitor: NewVisitor, budget: Budget) -> None:
        budget(AUTH_UPLOADS_PER_RECORD_MB=2)
        person = Applicant(runtime, visitor())
        await person.create()
        kept = (await attach(person, scan())).json()
        await as_if_of(runtime, person, 2 * MB)
        await person.call("DELETE", f"/attachments/{kept['id']}")
        assert (await attach(person, scan())).status_code == 429

    async def test_so_has_the_evidence_of_a_case_to_come(
        self, runtime: Runtime, visitor: NewVisitor, budget: Budget
    ) -> None:
        budget(AUTH_UPLOADS_PER_RECORD_MB=2)
        person = visitor()
        first = (await upload(person)).json()
        async with runtime.database.unit_of_work() as session:
            await session.execute(update(Attachment).where(Attachment.id == first["id"]).values(size=2 * MB))
        person.client.headers["X-Applicant-Key"] = first["key"]
        assert (await upload(person)).json()["code"] == "uploads_used_up"


class TestOrganisation:
    async def test_who_is_signed_in_has_a_budget_by_organisation_and_day(
        self, runtime: Runtime, client_for: ClientFor, budget: Budget
    ) -> None:
        budget(PLATFORM_UPLOADS_A_DAY_MB=1)
        actor = make_actor(Permission.HAZARD_DECLARATION)
        client = await client_for(app, actor)
        path, files = "/api/auth/cases/corrections/attachments", {"file": ("执照.png", scan())}
        assert (await client.post(path, files=files)).status_code == 201
        mine = update(Attachment).where(Attachment.organisation_id == actor.organisation_id)
        async with runtime.database.unit_of_work() as session:
            await session.execute(mine.values(size=MB))
        refused = await client.post(path, files=files)
        assert (refused.status_code, refused.json()["code"]) == (429, "uploads_used_up")
        assert "1 MB" in refused.json()["detail"]
        async with runtime.database.unit_of_work() as session:
            own = select(func.count()).where(Attachment.organisation_id == actor.organisation_id)
            assert await session.scalar(own) == 1


@pytest.mark.parametrize(("days", "submitted", "goes"), [(6, False, False), (8, False, True), (8, True, False)])
async def test_a_draft_whose_phone_nobody_proved_goes_after_a_week(
    runtime: Runtime, visitor: NewVisitor, days: int, submitted: bool, goes: bool
) -> None:
    person = Applicant(runtime, visitor())
    await person.create()
    await attach(person, scan())
    own = await id_of(runtime, person)
    old = {"updated_at": now_utc() - timedelta(days=days), "submitted_at": now_utc() if submitted else None}
    async with runtime.database.unit_of_work() as session:
        await session.execute(update(Application).where(Application.id == own).values(**old))
    await application_tasks.sweep(runtime)
    async with runtime.database.unit_of_work() as session:
        assert (await session.get(Application, own) is None) is goes
        files = select(func.count()).where(Attachment.record_id == own)
        assert await session.scalar(files) == (0 if goes else 1)

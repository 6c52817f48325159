"""A record that is deleted while somebody acts on it is answered as one that is not there, and never as a fault (PLAT-01)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.main import app
from shared.identity import Actor
from tests.conftest import ClientFor
from tests.held import overtaken_by
from tests.services.training.desk.transfers.moves import TRANSFERS, between_units
from tests.services.training.enrolment.registrations.stage import Stage, set_stage

pytestmark = pytest.mark.req("PLAT-01")
S = RegistrationStatus
REGISTRATION, PERSON = "/api/training/registrations", "/api/training/personnel"
WHY = {"kind": "material_missing", "reason": "缺少职称证书", "fields": ["title_level"]}
OF_UNIT: list[tuple[S, str, str, Any]] = [
    (S.DRAFT, "POST", "/submit", None),
    (S.SUBMITTED, "POST", "/cancel", {"reason": "不参加"}),
    (S.SUBMITTED, "POST", "/request_return", {"reason": "填写有误"}),
    (S.DRAFT, "PATCH", "", {"lodging": "double"}),
    (S.DRAFT, "DELETE", "", None),
]
OF_PROVINCE = [(S.SUBMITTED, "approve", None), (S.SUBMITTED, "return", WHY), (S.APPROVED, "undo_review", None)]
OF_PEOPLE = [("POST", "/leave", None), ("PATCH", "", {"postcode": "210008"}), ("DELETE", "", None)]


@pytest.fixture
async def stage(open_app: Any, client_for: ClientFor, make_actor: Callable[..., Actor]) -> Stage:
    return await set_stage(open_app, client_for, make_actor)


async def while_deleted(
    stage: Stage, table: str, record_id: UUID, client: httpx.AsyncClient, method: str, path: str, **sent: Any
) -> httpx.Response:
    gone = f"DELETE FROM {table} WHERE id = :id"
    late = client.request(method, path, **sent)
    return await overtaken_by(stage.runtime.database, gone, {"id": record_id}, late)


def assert_not_found(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), answer.text


class TestRegistrations:
    @pytest.mark.parametrize(("status", "method", "end", "body"), OF_UNIT)
    async def test_its_unit(self, stage: Stage, status: S, method: str, end: str, body: Any) -> None:
        made = await stage.registered(await stage.plan(), status=status)
        headers = {"If-Match": f'"{made.version}"'}
        path = f"{REGISTRATION}/{made.id}{end}"
        answer = await while_deleted(
            stage, "registrations", made.id, stage.unit, method, path, json=body, headers=headers
        )
        assert_not_found(answer)

    @pytest.mark.parametrize(("status", "action", "body"), OF_PROVINCE)
    async def test_the_reviewer(self, stage: Stage, status: S, action: str, body: Any) -> None:
        made = await stage.registered(await stage.plan(), status=status)
        path = f"{REGISTRATION}/{made.id}/{action}"
        answer = await while_deleted(stage, "registrations", made.id, stage.province, "POST", path, json=body)
        assert_not_found(answer)

    async def test_one_of_a_batch(self, stage: Stage) -> None:
        plan = await stage.plan()
        made, other = [await stage.registered(plan, status=S.SUBMITTED) for _ in range(2)]
        body = {"registration_ids": [str(made.id), str(other.id)], "action": "approve"}
        path = "/api/training/reviews/batch"
        answer = await while_deleted(stage, "registrations", made.id, stage.province, "POST", path, json=body)
        assert answer.status_code == 200, answer.text
        assert [(each["done"], each.get("code")) for each in answer.json()["results"]][0] == (False, "not_found")
        assert answer.json()["results"][1]["done"]


class TestPeople:
    @pytest.mark.parametrize(("method", "end", "body"), OF_PEOPLE)
    async def test_its_unit(
        self, open_app: Any, client_for: ClientFor, stage: Stage, method: str, end: str, body: Any
    ) -> None:
        move = await between_units(await open_app(app), client_for)
        path, headers = f"{PERSON}/{move.staff_id}{end}", {"If-Match": f'"{move.person["version"]}"'}
        answer = await while_deleted(
            stage, "staff_members", move.staff_id, move.at_old, method, path, json=body, headers=headers
        )
        assert_not_found(answer)

    async def test_who_agrees_to_a_transfer(self, open_app: Any, client_for: ClientFor, stage: Stage) -> None:
        move = await between_units(await open_app(app), client_for)
        path = f"{TRANSFERS}/{(await move.ask()).json()['id']}/accept"
        answer = await while_deleted(stage, "staff_members", move.staff_id, move.at_old, "POST", path)
        assert answer.status_code == 409, answer.text
        assert answer.json()["code"] not in {"conflict", "internal"}

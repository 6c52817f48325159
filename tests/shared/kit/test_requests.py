"""What every route of every service owes its caller, shown on the sample service."""

import asyncio
import json
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from shared.db.session import Database
from shared.disks import Room
from shared.identity import Actor
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.shared.kit.sample import CDC, UNIT, Note, app

MakeActor = Callable[..., Actor]


@pytest.fixture(autouse=True)
def _tables(sample: Runtime) -> None:
    """Every test here needs the sample's tables."""


@pytest.mark.req("PLAT-02", "PLAT-19")
class TestLittleRoom:
    """A disk that is nearly full."""

    async def test_changes_are_refused_in_words_and_reading_and_signing_in_go_on(
        self, client_for: ClientFor, make_actor: MakeActor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = await client_for(app, make_actor(UNIT))
        monkeypatch.setattr(Room, "is_little", lambda *_: True)
        refused = await client.post("/api/training/notes", json={"text": "ok"})
        assert (refused.status_code, refused.json()["code"]) == (503, "disk_nearly_full")
        assert "只能查看" in refused.json()["detail"]
        assert int(refused.headers["retry-after"]) > 0
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.post("/api/auth/sessions", json={})).status_code == 404, "let through, to whom it is for"
        monkeypatch.undo()
        assert (await client.post("/api/training/notes", json={"text": "ok"})).status_code == 201


@pytest.mark.req("PLAT-01")
class TestProblems:
    @pytest.mark.parametrize(
        ("body", "status", "code", "field"),
        [
            (b"{not json", 400, "malformed_body", None),
            (b"{}", 422, "invalid_input", "text"),
            (b'{"text": 5}', 422, "invalid_input", "text"),
            (b'{"text": "ok", "count": 0}', 422, "invalid_input", "count"),
            (b'{"text": "a\\u0000b"}', 422, "invalid_input", "text"),
            (b'{"text": "\\ud800"}', 422, "invalid_input", "text"),
        ],
    )
    async def test_bad_input_is_named_in_chinese(
        self, client_for: ClientFor, make_actor: MakeActor, body: bytes, status: int, code: str, field: str | None
    ) -> None:
        client = await client_for(app, make_actor(UNIT))
        answer = await client.post("/api/training/notes", content=body, headers={"Content-Type": "application/json"})
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"
        assert problem["correlation_id"] == answer.headers["x-request-id"]
        if field:
            assert [error["field"] for error in problem["errors"]] == [field]
            assert any("一" <= char <= "鿿" for char in problem["errors"][0]["message"])

    async def test_a_defect_shows_nothing_of_itself(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        client = await client_for(app, make_actor(UNIT))
        answer = await client.post("/api/training/notes/broken")
        assert (answer.status_code, answer.json()["code"]) == (500, "internal")
        assert "secret" not in answer.text

    @pytest.mark.parametrize(
        ("column", "value", "status", "code"),
        [
            ("line", "-1", 422, "invalid_input"),  # a bound of what people type
            ("line", "7", 409, "conflict"),  # a key that is taken
            ("line", "13", 500, "internal"),  # a bound of what the platform writes
            ("status", "unheard_of", 500, "internal"),  # a code that its column does not know
        ],
    )
    async def test_what_a_broken_constraint_means(
        self,
        client_for: ClientFor,
        make_actor: MakeActor,
        caplog: pytest.LogCaptureFixture,
        column: str,
        value: str,
        status: int,
        code: str,
    ) -> None:
        client = await client_for(app, make_actor(UNIT))
        first, note = [
            (await client.post("/api/training/notes", json={"text": text})).json()["id"] for text in ("one", "two")
        ]
        await client.post(f"/api/training/notes/{first}/past-the-form?column=line&value=7")
        answer = await client.post(f"/api/training/notes/{note}/past-the-form?column={column}&value={value}")
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        told = [(each["field"], each["code"]) for each in answer.json()["errors"]]
        assert told == ([("line", "line_out_of_bounds")] if status == 422 else [])
        faults = [record for record in caplog.records if record.levelname == "ERROR"]
        assert len(faults) == (status == 500)
        assert "Failing row" not in caplog.text

    async def test_an_unknown_address_is_a_problem_too(self, client_for: ClientFor) -> None:
        client = await client_for(app, None)
        answer = await client.get("/api/training/nothing")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

    async def test_a_body_without_end_is_refused(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        client = await client_for(app, make_actor(UNIT))
        answer = await client.post("/api/training/notes", content=b"x" * (13 * 1024 * 1024))
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


class TestCallers:
    async def test_nobody_is_asked_to_sign_in(self, client_for: ClientFor) -> None:
        answer = await (await client_for(app, None)).post("/api/training/notes", json={"text": "x"})
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")

    async def test_without_the_permission_it_is_forbidden(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        answer = await (await client_for(app, make_actor(CDC))).post("/api/training/notes", json={"text": "x"})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")

    @pytest.mark.req("AUTH-12")
    async def test_an_initial_password_opens_nothing(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        client = await client_for(app, make_actor(UNIT, must_change_password=True))
        answer = await client.post("/api/training/notes", json={"text": "x"})
        assert (answer.status_code, answer.json()["code"]) == (403, "password_change_required")

    async def test_a_cookie_from_another_site_is_refused(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        client = await client_for(app, make_actor(UNIT))
        token = client.headers.pop("Authorization").removeprefix("Bearer ")
        client.cookies.set("session", token)
        for site, status in (("cross-site", 403), ("same-origin", 201)):
            answer = await client.post("/api/training/notes", json={"text": "x"}, headers={"Sec-Fetch-Site": site})
            assert answer.status_code == status


@pytest.mark.req("PLAT-03")
class TestRepeats:
    async def test_the_same_key_acts_once(
        self, client_for: ClientFor, make_actor: MakeActor, database: Database
    ) -> None:
        actor = make_actor(UNIT)
        client = await client_for(app, actor)
        key = {"Idempotency-Key": "k1"}
        answers = await asyncio.gather(
            *(client.post("/api/training/notes", json={"text": "一次"}, headers=key) for _ in range(4))
        )
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert {answer.headers["location"] for answer in answers} == {answers[0].headers["location"]}
        async with database.unit_of_work() as session:
            count = select(func.count()).select_from(Note).where(Note.owner_id == actor.organisation_id)
            assert await session.scalar(count) == 1

    async def test_a_key_is_for_one_request(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        client = await client_for(app, make_actor(UNIT))
        key = {"Idempotency-Key": "k2"}
        await client.post("/api/training/notes", json={"text": "甲"}, headers=key)
        answer = await client.post("/api/training/notes", json={"text": "乙"}, headers=key)
        assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")

    async def test_the_second_editor_is_told(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        client = await client_for(app, make_actor(UNIT))
        created = await client.post("/api/training/notes", json={"text": "甲"})
        address, tag = created.headers["location"], {"If-Match": created.headers["etag"]}
        assert (await client.patch(address, json={"text": "乙"})).status_code == 428
        assert (await client.patch(address, json={"text": "乙"}, headers=tag)).json()["version"] == 2
        late = await client.patch(address, json={"text": "丙"}, headers=tag)
        assert (late.status_code, late.json()["code"]) == (412, "version_mismatch")
        told = late.json()["changes"][0]
        assert (told["field"], told["label"], told["before"], told["after"]) == ("text", "内容", "甲", "乙")
        assert all(word in late.json()["detail"] for word in (told["actor_name"], "“内容”由“甲”改为“乙”"))

    async def test_what_was_changed_before_one_read_is_not_told(
        self, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        client = await client_for(app, make_actor(UNIT))
        created = await client.post("/api/training/notes", json={"text": "甲"})
        address = created.headers["location"]
        for version, text in enumerate("乙丙丁", 1):
            changed = await client.patch(address, json={"text": text}, headers={"If-Match": f'"{version}"'})
            assert changed.status_code == 200
        assert (await client.post(f"{address}/send")).status_code == 200
        for version, before in enumerate("甲乙丙", 1):
            late = await client.patch(address, json={"text": "戊"}, headers={"If-Match": f'"{version}"'})
            told = {each["label"]: (each["before"], each["after"]) for each in late.json()["changes"]}
            assert told == {"内容": (before, "丁"), "状态": ("草稿", "已发")}
        late = await client.patch(address, json={"text": "戊"}, headers={"If-Match": '"4"'})
        assert [(each["label"], each["after"]) for each in late.json()["changes"]] == [("状态", "已发")]

    async def test_what_was_changed_back_is_not_told(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        client = await client_for(app, make_actor(UNIT))
        created = await client.post("/api/training/notes", json={"text": "甲"})
        address = created.headers["location"]
        for version, text in enumerate("乙甲", 1):
            await client.patch(address, json={"text": text}, headers={"If-Match": f'"{version}"'})
        late = await client.patch(address, json={"text": "戊"}, headers={"If-Match": '"1"'})
        assert (late.status_code, late.json()["changes"]) == (412, [])

    async def test_two_at_the_same_moment_cannot_both_win(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        client = await client_for(app, make_actor(UNIT))
        created = await client.post("/api/training/notes", json={"text": "甲"})
        tag = {"If-Match": created.headers["etag"]}
        answers = await asyncio.gather(
            *(client.patch(created.headers["location"], json={"text": f"乙{n}"}, headers=tag) for n in range(4))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]


class TestActions:
    async def test_an_action_moves_the_record(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        client = await client_for(app, make_actor(UNIT))
        address = (await client.post("/api/training/notes", json={"text": "甲"})).headers["location"]
        assert (await client.post(f"{address}/send")).json()["status"] == "sent"
        again = await client.post(f"{address}/send")
        assert (again.status_code, again.json()["code"]) == (409, "status_is_sent")
        assert json.loads(again.content)["detail"] == "已经发出，如需修改请联系省疾控收回"

    async def test_a_reason_is_asked_for(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        address = (
            await (unit := await client_for(app, make_actor(UNIT))).post("/api/training/notes", json={"text": "甲"})
        ).headers["location"]
        await unit.post(f"{address}/send")
        client = await client_for(app, make_actor(CDC))
        bare = await client.post(f"{address}/recall")
        assert (bare.status_code, bare.json()["errors"][0]["field"]) == (422, "reason")
        assert (await client.post(f"{address}/recall", json={"reason": "有误"})).json()["status"] == "draft"

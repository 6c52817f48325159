"""A file in a request: looked at after whoever sends it may and has paid, without a connection, beside everybody else's requests; and once,
however often the request comes.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Form, Request
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.app import api_router, create_app
from shared.bounded import Work, run, work
from shared.errors import Forbidden, Overtaken
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from shared.services import Service
from shared.tasks.spec import WorkerSpec
from shared.web.callers import SignedIn, caller
from shared.web.route import Session
from shared.web.uploads import uploaded
from tests.conftest import ClientFor
from tests.shared.bounded.deeds import Lines

pytestmark = pytest.mark.req("PLAT-07", "PLAT-17")
MakeActor = Callable[..., Actor]
FILES = "/api/training/files"
happened: list[Any] = []
SMALL = 200 * 1024 * 1024


async def note(data: bytes, name: str) -> str:
    """Reads nothing: only tells that it would, and how many connections are out meanwhile."""
    happened.append(("read", name, pool().checkedout()))
    return data.decode()


def pool() -> Any:
    runtime: Runtime = app.state.runtime
    return runtime.database.engine.pool


async def grow(data: bytes, _name: str) -> Any:
    return await run(Work("tests.shared.bounded.deeds:wait_and_grow", seconds=20, memory=SMALL), data)


async def spin(data: bytes, _name: str) -> Any:
    return await run(Work("tests.shared.bounded.deeds:wait_and_spin", seconds=2, memory=SMALL), data)


async def pay(request: Request, session: AsyncSession) -> None:
    await session.execute(text("SELECT 1"))
    happened.append(("pay", (await request.form())["proof"]))
    if (await request.form())["proof"] != "good":
        raise Forbidden


router = api_router(Service.TRAINING, "files", "文件")


@router.post("/paid/{number}")
async def paid(
    number: int,
    file: Annotated[str, uploaded(note, admit=pay)],
    session: Session,
    proof: Annotated[str, Form(max_length=10)],
) -> str:
    await session.execute(text("SELECT 1"))
    happened.append(("kept", proof))
    return file


@router.post("/own")
async def own(file: Annotated[str, uploaded(note)], actor: Annotated[Actor, caller(Permission.SCORE_ENTRY)]) -> str:
    return file


@router.post("/overtaken")
async def overtaken(file: Annotated[str, uploaded(note)], actor: SignedIn) -> str:
    happened.append("tried")
    if happened.count("tried") < 3:
        raise Overtaken
    return file


@router.post("/grow")
async def growing(file: Annotated[Any, uploaded(grow)], actor: SignedIn) -> str:
    return "never"


@router.post("/spin")
async def spinning(file: Annotated[Any, uploaded(spin)], actor: SignedIn) -> str:
    return "never"


@router.get("/others")
async def others(session: Session, actor: SignedIn) -> str:
    await session.execute(text("SELECT 1"))
    return "answered"


app = create_app(WorkerSpec(Service.TRAINING, ()), [router], title="文件")


@pytest.fixture(autouse=True)
def _nothing_yet() -> None:
    happened.clear()


@pytest.fixture
async def client(client_for: ClientFor, make_actor: MakeActor) -> httpx.AsyncClient:
    return await client_for(app, make_actor())


def sent(content: bytes = b"words") -> dict[str, Any]:
    return {"file": ("a.txt", content)}


class TestOrder:
    async def test_paid_then_read_without_a_connection_then_kept(self, client: httpx.AsyncClient) -> None:
        answer = await client.post(f"{FILES}/paid/1", files=sent(), data={"proof": "good"})
        assert (answer.status_code, answer.json()) == (200, "words")
        assert happened == [("pay", "good"), ("read", "a.txt", 0), ("kept", "good")]

    async def test_what_is_not_paid_for_is_not_read(self, client: httpx.AsyncClient) -> None:
        answer = await client.post(f"{FILES}/paid/1", files=sent(), data={"proof": "bad"})
        assert (answer.status_code, happened) == (403, [("pay", "bad")])

    @pytest.mark.parametrize(
        ("path", "form", "field"),
        [("paid/x", {"proof": "good"}, "number"), ("paid/1", {}, "proof"), ("paid/1", {"proof": "g" * 11}, "proof")],
    )
    async def test_a_request_that_is_refused_anyway_costs_nothing(
        self, client: httpx.AsyncClient, path: str, form: dict[str, str], field: str
    ) -> None:
        answer = await client.post(f"{FILES}/{path}", files=sent(), data=form)
        assert [each["field"] for each in answer.json()["errors"]] == [field]
        assert happened == []

    async def test_whoever_may_not_send_one_has_it_not_read(
        self, client: httpx.AsyncClient, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        nobody = await client_for(app, None)
        assert (await nobody.post(f"{FILES}/own", files=sent())).status_code == 401
        assert (await client.post(f"{FILES}/own", files=sent())).status_code == 403
        assert happened == []
        allowed = await client_for(app, make_actor(Permission.SCORE_ENTRY))
        assert (await allowed.post(f"{FILES}/own", files=sent())).json() == "words"
        assert happened == [("read", "a.txt", 0)]

    async def test_a_form_without_its_file_is_told(self, client: httpx.AsyncClient) -> None:
        for form in ({"proof": "good"}, {"proof": "good", "file": "text"}):
            answer = await client.post(f"{FILES}/paid/1", data=form)
            assert [each["field"] for each in answer.json()["errors"]] == ["file"]
        assert happened == []


class TestOnce:
    @pytest.mark.req("PLAT-03")
    async def test_a_repetition_is_neither_paid_for_nor_read_again(self, client: httpx.AsyncClient) -> None:
        key = {"Idempotency-Key": new_id().hex}
        body = {"proof": "good"}
        request = client.build_request("POST", f"{FILES}/paid/1", files=sent(), data=body, headers=key)
        content = await request.aread()
        kind = {"Content-Type": request.headers["Content-Type"]}
        first, again = [await client.post(f"{FILES}/paid/1", content=content, headers=key | kind) for _ in range(2)]
        assert (first.json(), again.json()) == ("words", "words")
        assert again.headers["Idempotency-Replayed"] == "true"
        assert len(happened) == 3

    @pytest.mark.req("PLAT-11")
    async def test_a_unit_of_work_that_is_done_again_does_not_read_again(self, client: httpx.AsyncClient) -> None:
        assert (await client.post(f"{FILES}/overtaken", files=sent())).json() == "words"
        assert happened == [("read", "a.txt", 0), "tried", "tried", "tried"]


def waiting_child(nursery: int) -> int | None:
    """The nursery's child that has stopped to wait, if there is one by now."""
    with suppress(OSError):
        for child in Path(f"/proc/{nursery}/task/{nursery}/children").read_text().split():
            if Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] == "T":
                return int(child)
    return None


class TestBesideOthers:
    @pytest.mark.parametrize(("path", "how"), [("grow", "memory"), ("spin", "time")])
    async def test_others_are_answered_while_a_child_works_and_its_death_is_an_answer(
        self, client: httpx.AsyncClient, path: str, how: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (nursery, _), _ = await run(Work("tests.shared.bounded.deeds:pid"), b"")
        monkeypatch.setattr(work, "log", lines := Lines())
        uploading = asyncio.create_task(client.post(f"{FILES}/{path}", files=sent()))
        # It is another process that is waited for.
        while (child := waiting_child(nursery)) is None and not uploading.done():  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        assert child is not None
        assert pool().checkedout() == 0
        assert (await client.get(f"{FILES}/others")).json() == "answered"
        assert not uploading.done()
        os.kill(child, signal.SIGCONT)
        answer = await uploading
        assert (answer.status_code, answer.json()["code"]) == (422, "file_too_complicated")
        assert [each["how"] for each in lines] == [how]

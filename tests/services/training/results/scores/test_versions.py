"""Two who enter or correct scores of one sheet: what the first has written is never written over unseen (PLAT-03)."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.training.main import app
from services.training.results.scores.sheet import COLUMNS
from shared.roles import Level, Permission
from shared.runtime import Runtime
from shared.sheets import parse_sheet, write_sheet
from tests.conftest import ClientFor, make_actor
from tests.services.training.results.scores.sheets import Seated, grid, publish, save, seat_people, seen

pytestmark = pytest.mark.req("PLAT-03", "STAFF-08", "STAFF-09")
OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
Marks = list[dict[str, Any]]


@pytest.fixture
async def seated(open_app: OpenApp, client_for: ClientFor) -> Seated:
    return await seat_people(await open_app(app), client_for, 3)


@pytest.fixture
async def second(client_for: ClientFor) -> httpx.AsyncClient:
    """Another person of the same office."""
    return await client_for(app, make_actor(Permission.SCORE_ENTRY, level=Level.PROVINCE, person_name="李第二"))


def mark(shown: dict[str, Any], at: int, **values: Any) -> dict[str, Any]:
    return {"result_id": shown["results"][at]["result_id"], **values}


def scores(shown: dict[str, Any]) -> list[float | None]:
    return [row["score"] for row in shown["results"]]


async def test_a_sheet_says_its_version_and_a_change_must_say_one(seated: Seated) -> None:
    answer = await seated.office.get(seated.sheet)
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
    for path, body in (("results", []), (f"results/{seated.row.id}/correct", {"score": 1, "reason": "x"})):
        send = seated.office.post if path.endswith("correct") else seated.office.patch
        refused = await send(f"{seated.sheet}/{path}", json=body)
        assert (refused.status_code, refused.json()["code"]) == (428, "version_missing")


async def test_the_second_is_told_what_changed_and_by_whom(seated: Seated, second: httpx.AsyncClient) -> None:
    read = await grid(seated)
    version = read["version"]
    first = await second.patch(
        f"{seated.sheet}/results",
        json=[mark(read, 0, score=85.5), mark(read, 1, passed=False)],
        headers=seen(version),
    )
    assert first.status_code == 200
    assert first.headers["etag"] == f'"{first.json()["version"]}"'
    assert first.json()["version"] > version
    late = [mark(read, 0, score=40), mark(read, 1, score=90), mark(read, 2, score=70)]
    refused = await save(seated, late, version)
    assert (refused.status_code, refused.json()["code"]) == (412, "version_mismatch")
    told = [(e["field"], e["message"].split("从")[1].split("，")[0]) for e in refused.json()["errors"]]
    assert told == [
        ("0.score", "“未录入”改为“85.5”"),
        ("0.passed", "“未录入”改为“合格”"),
        ("1.passed", "“未录入”改为“不合格”"),
    ]
    assert all("李第二" in each["message"] for each in refused.json()["errors"])
    changes = {(each["result_id"], each["field"]): each for each in refused.json()["changes"]}
    assert changes[late[0]["result_id"], "score"]["after"] == "85.5"
    assert scores(await grid(seated)) == [85.5, None, None]
    assert (await save(seated, late)).status_code == 200


async def test_who_enters_other_rows_or_the_same_mark_is_not_in_the_way(
    seated: Seated, second: httpx.AsyncClient
) -> None:
    read = await grid(seated)
    body = [mark(read, 0, score=85)]
    assert (await second.patch(f"{seated.sheet}/results", json=body, headers=seen(read["version"]))).status_code == 200
    answer = await save(seated, [mark(read, 0, score=85), mark(read, 2, score=60)], read["version"])
    assert answer.status_code == 200
    assert scores(await grid(seated)) == [85, None, 60]


@pytest.mark.req("STAFF-08", "PLAT-03")
async def test_an_entry_answers_with_what_is_another_now_and_nothing_else(
    seated: Seated, second: httpx.AsyncClient
) -> None:
    read = await grid(seated)
    await second.patch(f"{seated.sheet}/results", json=[mark(read, 0, score=85)], headers=seen(read["version"]))
    answer = (await save(seated, [mark(read, 2, conclusion="不合格")], read["version"])).json()
    # The other's row comes along: whoever goes on from this version has seen it.
    assert {row["result_id"]: (row["score"], row["conclusion"]) for row in answer["results"]} == {
        mark(read, 0)["result_id"]: (85, "合格"),
        mark(read, 2)["result_id"]: (None, "不合格"),
    }
    assert (answer["entered"], answer["total"]) == (2, 3)
    alone = (await save(seated, [mark(read, 1, score=10)], answer["version"])).json()
    assert [row["score"] for row in alone["results"]] == [10]
    refused = await save(seated, [mark(read, 1, conclusion="优秀")], alone["version"])
    assert [each["field"] for each in refused.json()["errors"]] == ["0.conclusion"]


async def test_a_change_of_a_change_is_told_from_what_was_read(seated: Seated, second: httpx.AsyncClient) -> None:
    await save(seated, [mark(await grid(seated), 0, score=50)])
    read = await grid(seated)
    for score in (51, 52):
        body = [mark(read, 0, score=score)]
        await second.patch(f"{seated.sheet}/results", json=body, headers=seen((await grid(seated))["version"]))
    refused = await save(seated, [mark(read, 0, score=None)], read["version"])
    (change,) = [each for each in refused.json()["changes"] if each["field"] == "score"]
    assert (change["before"], change["after"]) == ("50", "52")


async def test_of_two_corrections_the_later_is_refused(seated: Seated, second: httpx.AsyncClient) -> None:
    await save(seated, [mark(await grid(seated), at, score=50) for at in range(3)])
    read = await publish(seated)

    def path(at: int) -> str:
        return f"{seated.sheet}/results/{read['results'][at]['result_id']}/correct"

    version = seen(read["version"])
    first = await second.post(path(0), json={"score": 80, "reason": "漏加"}, headers=version)
    assert first.status_code == 200
    refused = await seated.office.post(path(0), json={"score": 61, "reason": "阅卷"}, headers=version)
    assert refused.status_code == 412
    assert [each["field"] for each in refused.json()["errors"]] == ["score", "passed"]
    assert "李第二" in refused.json()["errors"][0]["message"]
    other = await seated.office.post(path(1), json={"score": 61, "reason": "阅卷"}, headers=version)
    assert other.status_code == 200
    assert scores(other.json()) == [80, 61, 50]


async def send(seated: Seated, data: bytes) -> dict[str, Any]:
    files = {"file": ("成绩.xlsx", data, "application/octet-stream")}
    answer = await seated.office.post(f"{seated.sheet}/import", params={"mode": "good_rows"}, files=files)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.parametrize("version", ["as downloaded", "", "不知道", "no such column"])
async def test_a_file_does_not_write_over_what_was_entered_after_its_download(seated: Seated, version: str) -> None:
    downloaded = parse_sheet((await seated.office.get(f"{seated.sheet}/template")).content, COLUMNS)
    changed = {} if version == "as downloaded" else {"version": version}
    rows = [row.values | {"score": "80"} | changed for row in downloaded.rows]
    read = await grid(seated)
    assert (await save(seated, [mark(read, 1, score=30)])).status_code == 200
    columns = COLUMNS[:-1] if version == "no such column" else COLUMNS
    report = await send(seated, write_sheet("成绩", columns, rows))
    (error,) = report["errors"]
    assert (error["row"], error["code"]) == (3, "changed_meanwhile")
    assert "从“未录入 未录入”改为“30 不合格”" in error["reason"]
    assert (report["ready"], scores(await grid(seated))) == (2, [80, 30, 80])

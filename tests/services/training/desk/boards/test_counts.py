"""The counted numbers of the boards (ADR 28): equal to a recount after whatever was done, folded or not, with a worker that is killed in
the middle, and with many who change at once."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text, update

from services.training.desk.boards import counts_repository as counts
from services.training.desk.boards import tasks
from services.training.desk.boards.models import BoardCell, BoardDelta
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from shared.errors import Unavailable
from shared.findings import list_findings
from tests.services.training.desk.boards.test_province import board_of
from tests.services.training.enrolment.registrations.stage import Stage

pytestmark = pytest.mark.req("STAFF-12", "PLAT-11")
S = RegistrationStatus
NOW = datetime.now(UTC)


async def findings(stage: Stage) -> list[str]:
    async with stage.work() as session:
        return [row.subject for row in await list_findings(session) if row.check == tasks.BoardCheck.BOARD_DRIFTED]


async def drift(stage: Stage) -> list[counts.Drift]:
    async with stage.work() as session:
        return list(await counts.drift(session))


async def totals(stage: Stage) -> dict[str, int]:
    return {each["key"]: each["count"] for each in (await board_of(stage.province))["by_status"]}


async def test_each_change_is_counted_once_folded_or_not(stage: Stage) -> None:
    plan = await stage.plan()
    made = [
        await stage.registered(plan, name, status=S.SUBMITTED, submitted_at=NOW) for name in ("甲甲", "乙乙", "丙丙")
    ]
    ids = [each.id for each in made]
    assert await totals(stage) == {"draft": 0, "submitted": 3, "approved": 0, "returned": 0}
    async with stage.work() as session:
        await counts.fold(session)
    assert await totals(stage) == {"draft": 0, "submitted": 3, "approved": 0, "returned": 0}
    async with stage.work() as session:
        await session.execute(update(Registration).where(Registration.id.in_(ids[:2])).values(status=S.APPROVED))
        await session.execute(delete(Registration).where(Registration.id == ids[2]))
    assert await totals(stage) == {"draft": 0, "submitted": 0, "approved": 2, "returned": 0}
    async with stage.work() as session:
        asked: dict[str, Any] = {"return_requested_at": NOW - timedelta(days=2), "return_request": "选错了"}
        await session.execute(update(Registration).where(Registration.id == ids[0]).values(**asked))
    waiting = {each["key"]: each["count"] for each in (await board_of(stage.province))["waiting"]}
    assert (waiting["reviews"], waiting["return_requests"]) == (0, 1)
    assert await drift(stage) == []


async def test_what_was_rolled_back_or_changes_nothing_leaves_nothing(stage: Stage) -> None:
    plan = await stage.plan()
    row = await stage.registered(plan, "甲甲", status=S.SUBMITTED, submitted_at=NOW)
    async with stage.work() as session:
        await counts.fold(session)
    with pytest.raises(ZeroDivisionError):
        async with stage.work() as session:
            await session.execute(update(Registration).where(Registration.id == row.id).values(status=S.APPROVED))
            raise ZeroDivisionError
    async with stage.work() as session:
        await session.execute(update(Registration).where(Registration.id == row.id).values(recipient_name="李四"))
        assert (
            await session.scalar(select(func.count()).select_from(BoardDelta).where(BoardDelta.plan_id == plan.id)) == 0
        )
    assert (await totals(stage))["submitted"] == 1


async def test_a_worker_that_is_killed_while_it_folds_changes_no_number(stage: Stage) -> None:
    plan = await stage.plan()
    await stage.registered(plan, "甲甲", status=S.SUBMITTED, submitted_at=NOW)

    async def killed() -> None:
        async with stage.work() as session:
            assert await counts.fold(session) > 0
            pid = await session.scalar(text("SELECT pg_backend_pid()"))
            async with stage.work() as other:
                await other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

    with pytest.raises(Unavailable):
        await killed()
    assert (await totals(stage))["submitted"] == 1
    await tasks.fold_board(stage.runtime)
    assert (await totals(stage))["submitted"] == 1
    assert await drift(stage) == []


async def test_many_who_change_fold_and_count_anew_at_once_lose_nothing(stage: Stage) -> None:
    plan = await stage.plan()
    rows = [await stage.registered(plan, f"甲{n}", status=S.SUBMITTED, submitted_at=NOW) for n in range(6)]

    async def move(row: Registration) -> None:
        for status in (S.APPROVED, S.RETURNED, S.SUBMITTED, S.APPROVED):
            async with stage.work() as session:
                await session.execute(update(Registration).where(Registration.id == row.id).values(status=status))

    async def fold(most: int) -> None:
        for _ in range(6):
            async with stage.work() as session:
                await counts.fold(session, most=most)

    async def anew() -> None:
        for _ in range(3):
            async with stage.work() as session:
                await counts.rebuild(session)

    await asyncio.gather(*(move(row) for row in rows), fold(1), fold(3), anew())
    assert (await totals(stage))["approved"] == 6
    assert await drift(stage) == []


async def test_numbers_that_drifted_are_told_and_counted_anew(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    wrong, gone = await stage.plan(), await stage.plan()
    for plan, name in ((wrong, "甲甲"), (gone, "乙乙")):
        await stage.registered(plan, name, status=S.SUBMITTED, submitted_at=NOW)
    async with stage.work() as session:
        await counts.fold(session)
        of_plan = BoardCell.what == "plan"
        await session.execute(update(BoardCell).where(of_plan, BoardCell.key == str(wrong.id)).values(people=7))
        await session.execute(delete(BoardCell).where(of_plan, BoardCell.key == str(gone.id)))
    told = {(each.key, each.shown, each.counted) for each in await drift(stage)}
    assert told == {(str(wrong.id), 7, 1), (str(gone.id), 0, 1)}
    await tasks.check_board(stage.runtime)
    assert "board_drifted" in caplog.text
    assert await findings(stage), "an operator who looks within the hour sees it"
    assert await drift(stage) == []
    caplog.clear()
    await tasks.check_board(stage.runtime)
    assert "board_drifted" not in caplog.text
    assert await findings(stage) == []


@pytest.mark.parametrize("status", list(S))
async def test_who_awaits_the_review_is_counted_as_the_workflow_says(stage: Stage, status: RegistrationStatus) -> None:
    """The trigger knows the status by its code."""
    await stage.registered(await stage.plan(), "甲甲", status=status, submitted_at=NOW)
    waiting = {each["key"]: each["count"] for each in (await board_of(stage.province))["waiting"]}
    assert waiting["reviews"] == int(status in S.awaits_review)

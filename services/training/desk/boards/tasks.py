"""The boards' background work: folding what was appended, and seeing now and then that the numbers are those of a recount (ADR 28)."""

from services.training.desk.boards import counts_repository as counts
from shared.clock import now_utc
from shared.findings import Finding, keep
from shared.logging import get_logger
from shared.runtime import Runtime
from shared.workflow.definition import Labelled

# What a long outage has left is folded in turns, so that none of them holds its locks for long.
TURNS = 20
log = get_logger(__name__)


class BoardCheck(Labelled):
    BOARD_DRIFTED = "board_drifted", "看板数字与重新清点不符"


async def fold_board(runtime: Runtime) -> None:
    """Nobody waits for it: who reads a board adds what is not folded yet."""
    for _ in range(TURNS):
        async with runtime.database.unit_of_work() as session:
            if await counts.fold(session) < counts.FOLDED_AT_ONCE:
                return


async def check_board(runtime: Runtime) -> None:
    """Numbers that are not those of a recount are told to the operator, and counted anew."""
    async with runtime.database.unit_of_work() as session:
        found = await counts.drift(session)
        told = [
            Finding(
                BoardCheck.BOARD_DRIFTED,
                f"{each.scope} {each.what} {each.key} {each.status}",
                now_utc(),
                f"{each.shown} / {each.counted}",
            )
            for each in found
        ]
        await keep(session, runtime.service, tuple(BoardCheck), told)
    for each in found:
        log.error("board_drifted", **each._asdict())
    if found:
        async with runtime.database.unit_of_work() as session:
            await counts.rebuild(session)

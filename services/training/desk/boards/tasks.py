"""The boards' background work: folding what was appended, and seeing now and then that the numbers are those of a recount (ADR 28)."""

from services.training.desk.boards import counts_repository as counts
from shared.logging import get_logger
from shared.runtime import Runtime

# What a long outage has left is folded in turns, so that none of them holds its locks for long.
TURNS = 20
log = get_logger(__name__)


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
    if not found:
        return
    for each in found:
        log.error("board_drifted", **each._asdict())
    async with runtime.database.unit_of_work() as session:
        await counts.rebuild(session)

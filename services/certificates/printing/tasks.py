"""Makes the pages that are due, one after the other, with no session open meanwhile. The end of one and the claim of the next stand in one
unit of work, which is committed before the next is begun.
"""

import asyncio
import time

from services.certificates.hints import RENDER_DUE
from services.certificates.issue.workflow import StoredFile
from services.certificates.printing import service
from services.certificates.printing.pages import make_page
from services.certificates.printing.service import OUTAGES, PAGE_SECONDS, Claimed
from services.certificates.rendering.press import process_fonts
from shared import traces
from shared.db.session import note_hint
from shared.errors import AppError
from shared.logging import correlation_id, get_logger
from shared.runtime import Runtime

# One run ends after this and asks for the next: between two, other tasks have their turn, and the process may be replaced.
RUN_SECONDS = 20
# After so many in a row something is away that most pages need; the next look tries again.
OUTAGES_A_RUN = 20
# Meanwhile the lease of the next page runs already.
TIDY_SECONDS = 5
log = get_logger(__name__)
Outcome = StoredFile | Exception


async def render_due(runtime: Runtime) -> None:
    """Makes pages until nothing is due (STAFF-10)."""
    # Where the warm-up was in vain: the first cut takes seconds that should not come off a lease.
    process_fonts(runtime.settings.cache_dir)
    ends, outages = time.monotonic() + RUN_SECONDS, 0
    claimed = await _begin(runtime)
    while claimed is not None:
        correlation_id.set(claimed.job.correlation_id)
        with traces.follow(claimed.job.traceparent, "print page", row=str(claimed.job.id)):
            outcome = await _make(runtime, claimed)
        outages = outages + 1 if isinstance(outcome, OUTAGES) else 0
        has_time = time.monotonic() < ends
        claimed = await _end(runtime, claimed, outcome, claims=has_time and outages < OUTAGES_A_RUN, hints=not has_time)


async def render_one(runtime: Runtime, claimed: Claimed) -> None:
    """One claimed job to its end: a valid certificate, a failure with its reason, or another try later."""
    await _end(runtime, claimed, await _make(runtime, claimed), claims=False, hints=False)


async def _begin(runtime: Runtime) -> Claimed | None:
    """The first page of a run. A batch of certificates is one message to one process: where it finds much to do, it calls the others."""
    async with runtime.database.unit_of_work() as session:
        await service.end_exhausted(session)
        claimed = await service.claim_next(session)
        if claimed is not None and await service.is_much_due(session):
            note_hint(session, RENDER_DUE)
    return claimed


async def _make(runtime: Runtime, claimed: Claimed) -> Outcome:
    try:
        async with asyncio.timeout(PAGE_SECONDS):
            return await make_page(runtime, claimed)
    except Exception as error:
        return error


async def _end(runtime: Runtime, claimed: Claimed, outcome: Outcome, *, claims: bool, hints: bool) -> Claimed | None:
    """Writes the end of a page, if it is still ours; the next one where it ``claims``, and a hint for another run where it ``hints``."""
    left = claimed.earlier_keys
    async with runtime.database.unit_of_work() as session:
        if isinstance(outcome, Exception):
            await service.note_failure(session, claimed, outcome)
        elif not await service.keep_page(session, claimed, outcome):
            left = [claimed.storage_key]
        following = await service.claim_next(session) if claims else None
        if hints:
            note_hint(session, RENDER_DUE)
    await _take_away(runtime, left)
    return following


async def _take_away(runtime: Runtime, keys: list[str]) -> None:
    try:
        async with asyncio.timeout(TIDY_SECONDS):
            for key in keys:
                await runtime.storage.delete(key)
    except (AppError, TimeoutError) as error:
        log.info("files_left_behind", keys=keys, error=repr(error))

"""Makes the pages that are due, one after the other: claimed in one unit of work, made with no session open, ended in a second one."""

import time

from services.certificates.issue.service import RENDER_DUE
from services.certificates.printing import service
from services.certificates.printing.pages import make_page
from services.certificates.rendering.press import ready_fonts
from shared.db.session import note_hint
from shared.errors import AppError
from shared.logging import correlation_id, get_logger
from shared.runtime import Runtime

# One run ends after this and asks for the next, so that the other tasks of the lane have their turn.
RUN_SECONDS = 60
log = get_logger(__name__)


async def render_due(runtime: Runtime) -> None:
    """Makes pages until nothing is due (STAFF-10)."""
    # Before the first claim: the first cut takes seconds that should not come off a lease.
    await ready_fonts(runtime.settings.cache_dir)
    ends = time.monotonic() + RUN_SECONDS
    while time.monotonic() < ends:
        async with runtime.database.unit_of_work() as session:
            claimed = await service.claim_next(session)
        if claimed is None:
            return
        correlation_id.set(claimed.job.correlation_id)
        await render_one(runtime, claimed)
    async with runtime.database.unit_of_work() as session:
        note_hint(session, RENDER_DUE)


async def render_one(runtime: Runtime, claimed: service.Claimed) -> None:
    """One claimed job to its end: a valid certificate, a failure with its reason, or another try later."""
    try:
        page = await make_page(runtime, claimed)
    except Exception as error:
        async with runtime.database.unit_of_work() as session:
            await service.note_failure(session, claimed, error)
        return
    async with runtime.database.unit_of_work() as session:
        kept = await service.keep_page(session, claimed, page)
    await _take_away(runtime, claimed.earlier_keys if kept else [claimed.storage_key])


async def _take_away(runtime: Runtime, keys: list[str]) -> None:
    for key in keys:
        try:
            await runtime.storage.delete(key)
        except AppError as error:
            log.info("file_left_behind", key=key, error=repr(error))

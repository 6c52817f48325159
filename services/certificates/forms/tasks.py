"""Prints the forms that are due, one after the other: claimed in one unit of work, printed with no session open, ended in a second one.
Then takes away the files of states that a newer one has replaced.
"""

import asyncio
import time
from functools import partial

from services.certificates.forms import service
from services.certificates.forms.page import read_content
from services.certificates.forms.service import OUTAGES, PAGE_SECONDS
from services.certificates.hints import RENDER_FORMS
from services.certificates.papers.service import keep_digest, with_check
from services.certificates.rendering.catalogue import current
from services.certificates.rendering.press import press, process_fonts
from services.certificates.rendering.render import render
from shared import traces
from shared.db.session import note_hint
from shared.errors import AppError
from shared.logging import correlation_id, get_logger
from shared.runtime import Runtime

# One run ends after this and asks for the next, so that the other tasks of the lane have their turn.
RUN_SECONDS = 20
# After so many in a row the store is away; the next look tries again.
OUTAGES_A_RUN = 20
log = get_logger(__name__)


async def render_forms(runtime: Runtime) -> None:
    """Prints until nothing is due (AUTH-01, AUTH-06)."""
    # Where the warm-up was in vain: the first cut takes seconds that should not come off a lease.
    process_fonts(runtime.settings.cache_dir)
    ends, outages = time.monotonic() + RUN_SECONDS, 0
    while time.monotonic() < ends and outages < OUTAGES_A_RUN:
        async with runtime.database.unit_of_work() as session:
            claimed = await service.claim_next(session)
        if claimed is None:
            await clear_superseded(runtime)
            return
        correlation_id.set(claimed.form.correlation_id)
        with traces.follow(claimed.form.traceparent, "print form", kind=claimed.form.kind):
            outcome = await render_one(runtime, claimed)
        outages = outages + 1 if isinstance(outcome, OUTAGES) else 0
    async with runtime.database.unit_of_work() as session:
        if not outages:
            note_hint(session, RENDER_FORMS)


async def render_one(runtime: Runtime, claimed: service.Claimed) -> Exception | None:
    """One claimed form to its end: a file, a failure with its reason, or another try later; what went wrong, if something did."""
    form = claimed.form
    try:
        async with asyncio.timeout(PAGE_SECONDS):
            template, content = current(form.kind), read_content(form.kind, form.content or "")
            content = with_check(content, form, runtime.settings)
            pdf = press(runtime.settings.cache_dir, partial(render, template, content))
            await runtime.storage.put(claimed.storage_key, pdf, "application/pdf")
    except Exception as error:
        async with runtime.database.unit_of_work() as session:
            await service.note_failure(session, claimed, error)
        return error
    async with runtime.database.unit_of_work() as session:
        if kept := await service.keep_file(session, claimed, template):
            await keep_digest(session, form, pdf)
    keys = service.keys_of(form)
    await _take_away(runtime, keys[:-1] if kept else keys[-1:])
    return None


async def clear_superseded(runtime: Runtime) -> None:
    """The files first and their rows after, so that a kill in between leaves nothing that the next run does not find (PLAT-05)."""
    async with runtime.database.unit_of_work() as session:
        forms = await service.list_superseded(session)
    if not forms:
        return
    gone = [form for form in forms if await _take_away(runtime, service.keys_of(form))]
    async with runtime.database.unit_of_work() as session:
        await service.forget(session, gone)


async def _take_away(runtime: Runtime, keys: list[str]) -> bool:
    """True when none of the files is there any more."""
    try:
        for key in keys:
            await runtime.storage.delete(key)
    except AppError as error:
        log.info("file_left_behind", keys=len(keys), error=repr(error))
        return False
    return True

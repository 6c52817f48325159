"""Prints the forms that are due, one after the other: claimed in one unit of work, printed with no session open, ended in a second one.
Then takes away the files of states that a newer one has replaced.
"""

import time
from functools import partial

from services.certificates.forms import service
from services.certificates.forms.page import render_form
from services.certificates.rendering.press import press, ready_fonts
from shared.db.session import note_hint
from shared.errors import AppError
from shared.logging import correlation_id, get_logger
from shared.runtime import Runtime

# One run ends after this and asks for the next, so that the other tasks of the lane have their turn.
RUN_SECONDS = 60
log = get_logger(__name__)


async def render_forms(runtime: Runtime) -> None:
    """Prints until nothing is due (AUTH-01, AUTH-06)."""
    # Before the first claim: the first cut takes seconds that should not come off a lease.
    await ready_fonts(runtime.settings.cache_dir)
    ends = time.monotonic() + RUN_SECONDS
    while time.monotonic() < ends:
        async with runtime.database.unit_of_work() as session:
            claimed = await service.claim_next(session)
        if claimed is None:
            await clear_superseded(runtime)
            return
        correlation_id.set(claimed.form.correlation_id)
        await render_one(runtime, claimed)
    async with runtime.database.unit_of_work() as session:
        note_hint(session, service.RENDER_FORMS)


async def render_one(runtime: Runtime, claimed: service.Claimed) -> None:
    """One claimed form to its end: a file, a failure with its reason, or another try later."""
    form = claimed.form
    try:
        pdf = await press(runtime.settings.cache_dir, partial(render_form, form.kind, form.content or ""))
        await runtime.storage.put(claimed.storage_key, pdf, "application/pdf")
    except Exception as error:
        async with runtime.database.unit_of_work() as session:
            await service.note_failure(session, claimed, error)
        return
    async with runtime.database.unit_of_work() as session:
        kept = await service.keep_file(session, claimed)
    keys = service.keys_of(form)
    await _take_away(runtime, keys[:-1] if kept else keys[-1:])


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

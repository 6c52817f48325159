"""One page made outside of the event loop and put into the store, with the fonts that this process keeps. It touches no database."""

import asyncio
import hashlib
from functools import lru_cache
from pathlib import Path

from services.certificates.issue.workflow import StoredFile
from services.certificates.printing.service import Claimed, document_of
from services.certificates.rendering.fonts import Fonts, load_fonts
from services.certificates.rendering.render import TEMPLATE_VERSION, render_certificate
from shared.runtime import Runtime

# Far above the 35 ms of a page, far below the lease.
RENDER_SECONDS = 20


@lru_cache(maxsize=1)
def process_fonts(cache_dir: Path) -> Fonts:
    """The fonts of this process; loading them costs more than a page."""
    return load_fonts(cache_dir)


async def ready_fonts(runtime: Runtime) -> Fonts:
    """The fonts, cut by the first process on the machine that asks."""
    return await asyncio.to_thread(process_fonts, runtime.settings.cache_dir)


async def make_page(runtime: Runtime, claimed: Claimed) -> StoredFile:
    """Renders and stores the page of a claimed job. Raises ``RenderingRefused`` for what cannot be printed, ``TimeoutError``,
    ``StorageUnavailable``."""
    document = document_of(claimed.certificate, runtime.settings)
    fonts = await ready_fonts(runtime)
    try:
        async with asyncio.timeout(RENDER_SECONDS):
            pdf = await asyncio.to_thread(render_certificate, document, fonts)
    except TimeoutError:
        # The thread cannot be stopped and still holds these fonts, which serve one thread only.
        process_fonts.cache_clear()
        raise
    await runtime.storage.put(claimed.storage_key, pdf, "application/pdf")
    return StoredFile(
        storage_key=claimed.storage_key,
        sha256=hashlib.sha256(pdf).hexdigest(),
        size=len(pdf),
        template_version=TEMPLATE_VERSION,
    )

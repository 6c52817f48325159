"""One page made outside of the event loop and put into the store. It touches no database."""

import hashlib
from functools import partial

from services.certificates.issue.workflow import StoredFile
from services.certificates.printing.service import Claimed, document_of
from services.certificates.rendering.press import press
from services.certificates.rendering.render import TEMPLATE_VERSION, render_certificate
from shared.runtime import Runtime


async def make_page(runtime: Runtime, claimed: Claimed) -> StoredFile:
    """Renders and stores the page of a claimed job. Raises ``RenderingRefused`` for what cannot be printed, ``TimeoutError``,
    ``StorageUnavailable``."""
    document = document_of(claimed.certificate, runtime.settings)
    pdf = await press(runtime.settings.cache_dir, partial(render_certificate, document))
    await runtime.storage.put(claimed.storage_key, pdf, "application/pdf")
    return StoredFile(
        storage_key=claimed.storage_key,
        sha256=hashlib.sha256(pdf).hexdigest(),
        size=len(pdf),
        template_version=TEMPLATE_VERSION,
    )

"""One page rendered, signed and put into the store, with no session open meanwhile."""

import hashlib
from functools import partial

from services.certificates.issue.workflow import StoredFile
from services.certificates.printing.photos import photo_of
from services.certificates.printing.service import Claimed, document_of
from services.certificates.rendering.catalogue import kind_of
from services.certificates.rendering.press import press
from services.certificates.rendering.render import render
from services.certificates.signing.seal import seal_pdf
from services.certificates.signing.sealing import ready_sealer
from shared.runtime import Runtime

TEST_SIGNATURE = "本文件的电子签名为演示用测试签名"


async def make_page(runtime: Runtime, claimed: Claimed) -> StoredFile:
    """Renders, signs and stores the page of a claimed job. Raises ``RenderingRefused`` for what cannot be printed, ``TimeoutError``,
    ``PhotoAway``, ``SignerAway``, ``IdentityBroken``, ``StorageUnavailable``."""
    sealer = await ready_sealer(runtime)
    photo = await photo_of(runtime, claimed.certificate)
    document = document_of(claimed.certificate, runtime.settings, photo.data if photo else None)
    if sealer.identity.is_test:
        document = document.model_copy(update={"signature_note": TEST_SIGNATURE})
    pdf = press(runtime.settings.cache_dir, partial(render, claimed.template, document))
    signed = await seal_pdf(pdf, sealer, reason=f"签发{document.plan_type}{kind_of(claimed.template).label}")
    await runtime.storage.put(claimed.storage_key, signed, "application/pdf")
    return StoredFile(
        storage_key=claimed.storage_key,
        sha256=hashlib.sha256(signed).hexdigest(),
        size=len(signed),
        template_version=claimed.template,
        photo_id=photo.id if photo else None,
        photo_key=photo.key if photo else None,
    )

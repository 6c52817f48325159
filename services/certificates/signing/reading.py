"""What a reader finds in a PDF that is said to be signed by the platform. The file may come from anybody: nothing is fetched for it, and
whatever is wrong with it is an answer and never an error.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator.context import ValidationContext

from services.certificates.signing.identity import Trust
from shared.clock import now_utc
from shared.logging import get_logger

FIELD = "PlatformSignature"
FIELD_LABEL = "平台电子签名"
# CAs grant one or the other for signing documents.
USAGES = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"})
log = get_logger(__name__)
# It writes a warning with a whole stack trace for each signature that it does not trust; here that is an answer like any other.
for noisy in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(noisy).setLevel(logging.ERROR)


@dataclass(frozen=True)
class SealReading:
    """``intact``: the bytes are those that were signed, to the last; ``trusted``: by the platform, with a certificate that was valid now
    or at the time that a trusted stamp proves. ``signed_at`` is that time, otherwise what the signer says."""

    intact: bool
    trusted: bool
    signer_name: str
    signed_at: datetime | None


async def read_seal(pdf: bytes, trust: Trust, *, now: datetime | None = None) -> SealReading | None:
    """What the platform's signature on ``pdf`` says ``now``; None where there is none, or the file is no PDF. It waits for nothing, and a
    stranger's file may be slow to read: not for the loop that answers others."""
    try:
        reader = PdfFileReader(BytesIO(pdf), strict=False)
        found = next((each for each in reader.embedded_signatures if each.field_name == FIELD), None)
        return await _reading(found, len(pdf), trust, now or now_utc()) if found else None
    except Exception as error:
        # A parser given bytes made to break it raises nearly anything; each of these files carries no signature that we could read.
        log.info("seal_unreadable", error=type(error).__name__)
        return None


async def _reading(found: EmbeddedPdfSignature, size: int, trust: Trust, now: datetime) -> SealReading:
    status = await _status(found, _context(trust, now), _context(trust, now))
    intact = status.intact and status.valid and _covers(found, size)
    stamp = status.timestamp_validity
    stamped_at = stamp.timestamp if stamp and stamp.intact and stamp.valid and stamp.trusted else None
    holds = status.trusted
    if not holds and intact and stamped_at is not None:
        holds = (await _status(found, _context_then(found, trust, stamped_at), _context(trust, now))).trusted
    ours = status.signing_cert.subject.hashable in trust.signers
    return SealReading(
        intact=intact,
        trusted=intact and holds and ours,
        signer_name=str(status.signing_cert.subject.native.get("common_name", "")),
        signed_at=stamped_at or status.signer_reported_dt,
    )


def _covers(found: EmbeddedPdfSignature, size: int) -> bool:
    """Whether the signature is over everything in the file but itself, without any revision behind it."""
    start, first, gap_ends, rest = (int(each) for each in found.byte_range)
    return start == 0 and gap_ends == first + 2 * len(found.pkcs7_content) + 2 and gap_ends + rest == size


async def _status(
    found: EmbeddedPdfSignature, signer: ValidationContext, stamp: ValidationContext
) -> PdfSignatureStatus:
    # No later revisions are compared: that there are none is asked for by ``_covers``.
    return await async_validate_pdf_signature(found, signer, stamp, key_usage_settings=USAGES, skip_diff=True)


def _context(trust: Trust, moment: datetime) -> ValidationContext:
    return ValidationContext(trust_roots=list(trust.roots), moment=moment, revocation_mode="soft-fail")


def _context_then(found: EmbeddedPdfSignature, trust: Trust, moment: datetime) -> ValidationContext:
    """As it was at ``moment``, with what the file carries about revocation."""
    try:
        store = DocumentSecurityStore.read_dss(found.reader)
    except NoDSSFoundError:
        return _context(trust, moment)
    wanted = {"trust_roots": list(trust.roots), "moment": moment, "revocation_mode": "soft-fail"}
    context: ValidationContext = store.as_validation_context(wanted)
    return context

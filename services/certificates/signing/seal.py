"""A PAdES signature on a finished PDF (BEY-05). The page itself is made elsewhere, byte for byte the same for the same document; the
signature is added behind it in one revision, and is different each time. What a reader finds in one is ``reading``'s.
"""

import asyncio
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from services.certificates.signing.asking import SignerAway
from services.certificates.signing.identity import Identity, IdentityBroken
from services.certificates.signing.proofs import Proofs
from services.certificates.signing.reading import FIELD, FIELD_LABEL
from services.certificates.signing.signers import DIGEST, LONGEST_BYTES
from services.certificates.signing.stamps import TimeStampAuthority
from shared.clock import now_utc
from shared.logging import get_logger

# All of it: signing service, time stamp and revocation lists together; less than the lease of a page.
SEAL_SECONDS = 18
# What PAdES writes beside the certificates and the signature itself.
ATTRIBUTE_BYTES = 2_048
log = get_logger(__name__)


@dataclass(frozen=True)
class Sealer:
    """Who signs and what goes with it. ``name`` is what the signature says of its signer. ``proofs`` are there where long-term validation
    data can be collected, and ``roots`` are what they are checked against; a test identity has no revocation lists and none of this."""

    signer: Signer
    identity: Identity
    name: str
    time_stamper: TimeStampAuthority | None = None
    proofs: Proofs | None = None
    roots: tuple[x509.Certificate, ...] = ()


class _Revision(IncrementalPdfFileWriter):
    """What stands behind the page. It leaves alone what the page says of itself: pyHanko would write its own name, once into the XMP
    and differently into the information dictionary, and PDF/A wants both to be the same."""

    def _update_meta(self) -> None:
        pass


class _ArchiveSigner(PdfSigner):
    """PDF/A-2 is PDF 1.7, whereas pyHanko would lift a file signed with P-256 to 2.0; any reader of today knows that curve."""

    def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:
        pdf_out.ensure_output_version((1, 7))  # type: ignore[no-untyped-call]  # the package leaves it untyped
        pdf_out.register_extension(ESIC_EXTENSION_1)


async def seal_pdf(pdf: bytes, sealer: Sealer, *, reason: str) -> bytes:
    """``pdf`` with one signature over all of it, after which nothing may change (certification level 1). Raises ``SignerAway`` and
    ``IdentityBroken``; then there is no signed file at all."""
    sealer.identity.require_valid(now_utc())
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        name=sealer.name,
        reason=reason,
        **_long_term(sealer),
    )
    field = SigFieldSpec(FIELD, readable_field_name=FIELD_LABEL)
    signer = _ArchiveSigner(metadata, sealer.signer, timestamper=sealer.time_stamper, new_field_spec=field)
    try:
        async with asyncio.timeout(SEAL_SECONDS):
            signed = await signer.async_sign_pdf(_Revision(BytesIO(pdf)), bytes_reserved=_room(sealer))
    except TimeoutError as error:
        raise SignerAway from error
    except (PathError, ValidationError, SigningError) as error:
        if sealer.proofs is None:
            raise
        sealer.proofs.forget()
        log.warning("signature_not_provable", reason=str(error.__cause__ or error))
        raise IdentityBroken("签名证书或时间戳证书未能通过验证：可能已被吊销，或吊销信息服务暂时不可用") from error
    return bytes(signed.getbuffer())


def _long_term(sealer: Sealer) -> dict[str, Any]:
    """The chains of signer and time stamp are checked before signing, and what proves them goes into the signed revision itself: so it is
    covered by signature and stamp, and nothing stands behind the signature."""
    if sealer.proofs is None:
        return {}
    context = ValidationContext(
        trust_roots=list(sealer.roots),
        allow_fetching=True,
        fetchers=sealer.proofs.fetchers(),
        # Who names a place for revocation must be found there; a proof with a hole is none.
        revocation_mode="hard-fail",
    )
    return {
        "embed_validation_info": True,
        "validation_context": context,
        # Which of the two usages a CA grants is its business.
        "signer_key_usage": set(),
        "dss_settings": DSSContentSettings(
            include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
        ),
    }


def _room(sealer: Sealer) -> int | None:
    """Hexadecimal digits to reserve; None where a time stamp goes in, whose size pyHanko learns by asking once."""
    if sealer.time_stamper is not None:
        return None
    chain = (sealer.identity.certificate, *sealer.identity.chain)
    return 2 * (sum(len(each.dump()) for each in chain) + LONGEST_BYTES + ATTRIBUTE_BYTES)

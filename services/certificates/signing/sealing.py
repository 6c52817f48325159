"""The sealer of a process: the identity that the settings name, with what it needs to sign, opened once."""

from weakref import WeakKeyDictionary

from pyhanko.sign.signers import Signer

from services.certificates.settings import CertificatesSettings, certificates_settings
from services.certificates.signing.own_authority import TEST_NOTE
from services.certificates.signing.proofs import Proofs
from services.certificates.signing.seal import Sealer
from services.certificates.signing.service import identity_of, roots_of
from services.certificates.signing.signers import ExternalSigner, KeptKeySigner
from services.certificates.signing.stamps import TimeStampAuthority
from shared.clock import now_utc
from shared.runtime import Runtime

_SEALERS: WeakKeyDictionary[Runtime, Sealer] = WeakKeyDictionary()


async def ready_sealer(runtime: Runtime) -> Sealer:
    """The sealer that this process keeps: reading the key for each page would cost more than the page's signature. Raises
    ``IdentityBroken``, and then looks again the next time."""
    kept = _SEALERS.get(runtime)
    if kept is None:
        kept = _SEALERS[runtime] = await open_sealer(runtime, certificates_settings())
    return kept


async def open_sealer(runtime: Runtime, settings: CertificatesSettings) -> Sealer:
    """A sealer as ``settings`` say; it opens a unit of work of its own for the test identity. Raises ``IdentityBroken``."""
    identity = await identity_of(runtime, settings)
    identity.require_valid(now_utc())
    signer: Signer = (
        ExternalSigner(identity, runtime.http, settings.signing_url, settings.signing_token)
        if settings.signing_url
        else KeptKeySigner(identity)
    )
    stamper = TimeStampAuthority(runtime.http, settings.tsa_url) if settings.tsa_url else None
    return Sealer(
        signer,
        identity,
        name=f"{settings.issuer}（{TEST_NOTE}）" if identity.is_test else settings.issuer,
        time_stamper=stamper,
        proofs=None if identity.is_test or stamper is None else Proofs(runtime.http),
        roots=roots_of(identity, settings),
    )

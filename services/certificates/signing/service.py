"""Which identity signs here: the operator's PKCS#12 file, the operator's signing service, or, where nothing is set, the platform's own
test identity, which is made once and says of itself that it proves nothing. How it signs is ``sealing``'s: who only asks who signs needs
none of what that loads.
"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from weakref import WeakKeyDictionary

from asn1crypto import x509
from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.settings import CertificatesSettings, certificates_settings
from services.certificates.signing import repository
from services.certificates.signing.identity import (
    Identity,
    IdentityBroken,
    Trust,
    certificates_in,
    from_pem,
    from_pkcs12,
)
from services.certificates.signing.own_authority import make_test_identity
from services.certificates.signing.schemas import SigningChain, chain_of
from shared.clock import beijing_today, now_utc
from shared.runtime import Runtime

# How long before its end a certificate is reported: to buy another takes weeks.
WARNED_BEFORE = timedelta(days=30)
_KNOWN: WeakKeyDictionary[Runtime, Identity] = WeakKeyDictionary()


async def identity_of(runtime: Runtime, settings: CertificatesSettings) -> Identity:
    """As the settings say; the test identity otherwise. Raises ``IdentityBroken``."""
    if settings.signing_pkcs12 and settings.signing_url:
        raise IdentityBroken("CERTIFICATES_SIGNING_PKCS12 与 CERTIFICATES_SIGNING_URL 只能设置一个")
    if settings.signing_pkcs12:
        data = _content("CERTIFICATES_SIGNING_PKCS12", settings.signing_pkcs12)
        return from_pkcs12(data, settings.signing_password)
    if settings.signing_url:
        if settings.signing_certificates is None:
            raise IdentityBroken("使用签名服务时须设置 CERTIFICATES_SIGNING_CERTIFICATES（签名证书及其上级证书，PEM）")
        pem = _content("CERTIFICATES_SIGNING_CERTIFICATES", settings.signing_certificates)
        return from_pem(pem.decode("ascii", "replace"), None, is_test=False)
    async with runtime.database.unit_of_work() as session:
        return await _test_identity(session)


async def _test_identity(session: AsyncSession) -> Identity:
    row = await repository.get_test_identity(session)
    if row is None:
        row = await repository.keep_first(session, make_test_identity(now_utc()))
    return from_pem(row.certificates, row.private_key, is_test=True)


async def public_identity(runtime: Runtime) -> Identity:
    """Who signs here, without the key; remembered, so that asking for it in public costs nothing. Raises ``IdentityBroken``."""
    known = _KNOWN.get(runtime)
    if known is None:
        found = await identity_of(runtime, certificates_settings())
        known = _KNOWN[runtime] = replace(found, key=None)
    return known


async def read_chain(runtime: Runtime) -> SigningChain:
    """The certificates to check our signature by. Raises ``IdentityBroken``."""
    return chain_of(await public_identity(runtime))


async def roots_to_trust(runtime: Runtime) -> Trust:
    """Whose signatures count as ours when somebody shows us a file: the present signer's, and of those that the operator names: CAs are
    roots, any other certificate is a former signer's. Raises ``IdentityBroken``."""
    identity = await public_identity(runtime)
    settings = certificates_settings()
    former = (each for each in _named(settings) if not each.ca)
    signers = frozenset(each.subject.hashable for each in (identity.certificate, *former))
    return Trust(roots_of(identity, settings), signers)


async def signing_trouble(runtime: Runtime) -> str | None:
    """Why nothing could be signed with what is set now, or soon: read anew, so that a mistake shows before the next page or restart."""
    try:
        settings = certificates_settings()
        identity = await identity_of(runtime, settings)
        identity.require_valid(now_utc())
        roots_of(identity, settings)
    except IdentityBroken as error:
        return error.detail
    ends = identity.certificate.not_valid_after
    return f"签名证书将于 {beijing_today(ends)} 到期，请更换" if ends - now_utc() < WARNED_BEFORE else None


def roots_of(identity: Identity, settings: CertificatesSettings) -> tuple[x509.Certificate, ...]:
    """The present signer's root and those that the operator names. Raises ``IdentityBroken``."""
    return (identity.root, *(each for each in _named(settings) if each.ca or each.self_signed != "no"))


def _named(settings: CertificatesSettings) -> tuple[x509.Certificate, ...]:
    if settings.signing_roots is None:
        return ()
    pem = _content("CERTIFICATES_SIGNING_ROOTS", settings.signing_roots).decode("ascii", "replace")
    return tuple(certificates_in(pem))


def _content(setting: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise IdentityBroken(f"{setting} 所指的文件无法读取：{error.strerror}") from error

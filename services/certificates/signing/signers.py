"""How the bytes of a signature come about: by a key that this process holds, or by a signer elsewhere that never lets its key out.
Both are signers of pyHanko, which makes the PAdES structure around them.
"""

import base64
import json
from collections.abc import Callable

import httpx
from asn1crypto import algos
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from services.certificates.signing.asking import SignerAway, ask
from services.certificates.signing.identity import Identity, IdentityBroken, PublicKey, SigningKey

DIGEST = "sha256"
# Room for a signature in a dry run, which only measures: RSA of 4,096 bits.
LONGEST_BYTES = 512


class KeptKeySigner(Signer):
    """Signs with a key in memory; loading it anew for each page would cost more than signing."""

    def __init__(self, identity: Identity) -> None:
        if identity.key is None:
            raise IdentityBroken("签名证书没有私钥")
        self._sign = _signing(identity.key)
        # A reader who knows the root by its fingerprint finds it in the file.
        super().__init__(
            signing_cert=identity.certificate,
            cert_registry=_above(identity),
            signature_mechanism=_mechanism(identity),
            embed_roots=True,
        )

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return bytes(LONGEST_BYTES) if dry_run else self._sign(data)


class ExternalSigner(Signer):
    """Asks a signing service: ``POST {"digest_algorithm": "sha256", "digest": base64}`` answers ``{"signature": base64}``, a DER
    ECDSA or a PKCS#1 v1.5 signature over that digest. Raises ``SignerAway``, also for a signature that is not the certificate's."""

    def __init__(self, identity: Identity, http: httpx.AsyncClient, url: str, token: str) -> None:
        self._http, self._url, self._token = http, url, token
        self._public_key = identity.public_key
        # A reader who knows the root by its fingerprint finds it in the file.
        super().__init__(
            signing_cert=identity.certificate,
            cert_registry=_above(identity),
            signature_mechanism=_mechanism(identity),
            embed_roots=True,
        )

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if dry_run:
            return bytes(LONGEST_BYTES)
        digest = hashes.Hash(hashes.SHA256())
        digest.update(data)
        asked = {"digest_algorithm": DIGEST, "digest": base64.b64encode(digest.finalize()).decode()}
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        answer = await ask(self._http, self._url, content=json.dumps(asked).encode(), headers=headers)
        try:
            signature = base64.b64decode(json.loads(answer)["signature"], validate=True)
            _verify(self._public_key, signature, data)
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise SignerAway("签名服务的应答无法识别，文件将自动重新制作") from error
        except InvalidSignature as error:
            raise SignerAway("签名服务给出的签名与签名证书不符，未采用") from error
        return signature


def _above(identity: Identity) -> SimpleCertificateStore:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # the package leaves it untyped
    store.register_multiple(identity.chain)
    return store


def _mechanism(identity: Identity) -> algos.SignedDigestAlgorithm:
    elliptic = isinstance(identity.public_key, ec.EllipticCurvePublicKey)
    return algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa" if elliptic else "sha256_rsa"})


def _signing(key: SigningKey) -> Callable[[bytes], bytes]:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return lambda data: key.sign(data, ec.ECDSA(hashes.SHA256()))
    return lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def _verify(key: PublicKey, signature: bytes, data: bytes) -> None:
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
    else:
        key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())

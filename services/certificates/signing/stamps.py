"""Time stamps (RFC 3161) for signatures: what proves when a page was signed, so that it can still be believed when the signer's
certificate has run out. A stamp that is not for what was asked is refused here; whether its authority is trusted is ``seal``'s.
"""

import hashlib

import httpx
from asn1crypto import cms, tsp
from pyhanko.sign.general import extract_signer_info
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, validate_sig_integrity

from services.certificates.signing.asking import SignerAway, ask

GRANTED = {"granted", "granted_with_mods"}


class TimeStampAuthority(TimeStamper):
    """An authority that is asked over our own HTTP client. Raises ``SignerAway``."""

    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the package leaves it untyped
        self._http, self._url = http, url

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        nonce, request = self.request_cms(message_digest, md_algorithm)  # type: ignore[no-untyped-call]  # as above
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        answer = await ask(self._http, self._url, content=request.dump(), headers=headers)
        try:
            return _token_of(tsp.TimeStampResp.load(answer, strict=True), message_digest, nonce)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            # The structure is parsed only where it is looked at, and whatever is wrong with it shows as any of these.
            raise SignerAway("时间戳服务的应答无法采用，文件将自动重新制作") from error


def _token_of(answer: tsp.TimeStampResp, message_digest: bytes, nonce: int) -> cms.ContentInfo:
    """The token; raises ValueError and what asn1crypto raises when it is not one for this digest and this request."""
    if answer["status"]["status"].native not in GRANTED:
        raise ValueError(f"refused: {answer['status'].native}")
    token = answer["time_stamp_token"]
    signed = token["content"]
    content = signed["encap_content_info"]["content"]
    info = content.parsed
    if info["nonce"].native != nonce or info["message_imprint"]["hashed_message"].native != message_digest:
        raise ValueError("a stamp for something else")
    signer = extract_signer_info(signed)
    digest = hashlib.new(signer["digest_algorithm"]["algorithm"].native, bytes(content)).digest()
    holds = validate_sig_integrity(signer, extract_certs_for_validation(signed).signer_cert, "tst_info", digest)
    if not all(holds):
        raise ValueError("the stamp's own signature is wrong")
    return token

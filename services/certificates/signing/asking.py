"""One question to a service of somebody else, over the runtime's HTTP client: bounded in time and size, and every way in which it can fail
is ``SignerAway``. Nothing else of signing reaches the network.
"""

import httpx

from shared.errors import Unavailable

TIMEOUT = httpx.Timeout(8, connect=2)
# Lists of revoked certificates of a large CA have some megabytes.
LARGEST_ANSWER = 16 * 1024 * 1024


class SignerAway(Unavailable):
    """The signing service, the time stamp authority or a revocation service did not answer, or not with what was asked. The page is made
    again later by itself."""

    code = "signer_unavailable"
    detail = "签名服务暂时不可用，文件将自动重新制作"


async def ask(
    http: httpx.AsyncClient, url: str, *, content: bytes | None = None, headers: dict[str, str] | None = None
) -> bytes:
    """The body of the answer to a POST of ``content``, or to a GET where there is none. Raises ``SignerAway``."""
    method = "GET" if content is None else "POST"
    body = bytearray()
    try:
        async with http.stream(method, url, content=content, headers=headers, timeout=TIMEOUT) as answer:
            answer.raise_for_status()
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > LARGEST_ANSWER:
                    raise SignerAway("签名服务的应答过大，文件将自动重新制作")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SignerAway from error
    return bytes(body)

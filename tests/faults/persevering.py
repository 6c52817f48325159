"""A caller who does not give up while things are broken, and does nothing twice: what was not answered, or answered 503, is sent again as
it was, under the Idempotency-Key that it had (PLAT-03).
"""

import asyncio
import time
from uuid import uuid4

import httpx

PATIENCE = 600.0
PAUSE = 0.3
_AWAY = {502, 503, 504}


class Persevering(httpx.AsyncBaseTransport):
    """Another transport, asked again until it answers. Raises what it raises when that was in vain for ``PATIENCE`` seconds."""

    def __init__(self) -> None:
        self._inner = httpx.AsyncHTTPTransport(trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        if request.method == "POST" and not request.url.path.startswith("/api/auth/"):
            request.headers.setdefault("Idempotency-Key", uuid4().hex)
        deadline, in_doubt = time.monotonic() + PATIENCE, False
        while True:
            try:
                answer = await self._whole(request)
                if answer.status_code not in _AWAY or time.monotonic() > deadline:
                    break
            except httpx.TransportError:
                in_doubt = True
                if time.monotonic() > deadline:
                    raise
            await asyncio.sleep(PAUSE)
        if in_doubt and (request.method, answer.status_code) == ("PATCH", 412):
            # The first one had arrived; only its answer had not.
            return await self.handle_async_request(httpx.Request("GET", request.url, headers=_asking(request)))
        return answer

    async def _whole(self, request: httpx.Request) -> httpx.Response:
        """The answer with all of its body, so that one that is cut off is no answer."""
        answer = await self._inner.handle_async_request(request)
        try:
            assert isinstance(answer.stream, httpx.AsyncByteStream)
            raw = b"".join([part async for part in answer.stream])
        finally:
            await answer.aclose()
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(raw))

    async def aclose(self) -> None:
        await self._inner.aclose()


def _asking(request: httpx.Request) -> dict[str, str]:
    return {name: request.headers[name] for name in ("Authorization", "Host") if name in request.headers}

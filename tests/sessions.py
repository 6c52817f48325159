"""Who is signed in on the tests' platform: each account signs in once, and again only after somebody has taken it over. What is proved
of signing in has tests of its own; every other test comes in with the session that there is.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from ops.client import PlatformClient, Refused
from ops.journey import run
from ops.journey.play import Play
from services.auth.demo import DEMO_PASSWORD

_TOKENS: dict[tuple[str, str], str] = {}


async def resume(client: PlatformClient, account: str, password: str = DEMO_PASSWORD) -> str:
    """Signs this client in by the account's living session, or by a new one; the session's token."""
    key = str(client.http.base_url), account
    if token := _TOKENS.get(key):
        client.http.headers["Authorization"] = f"Bearer {token}"
        try:
            await client.get("/api/auth/me")
        except Refused as ended:
            if ended.status != 401:
                raise
            del client.http.headers["Authorization"], _TOKENS[key]
    if key not in _TOKENS:
        _TOKENS[key] = str((await client.sign_in(account, password))["token"])
    return _TOKENS[key]


@asynccontextmanager
async def resumed(base_url: str, account: str) -> AsyncIterator[PlatformClient]:
    """A client of that account."""
    async with PlatformClient(base_url, timeout=60) as client:
        await resume(client, account)
        yield client


async def token_of(base_url: str, account: str, password: str = DEMO_PASSWORD) -> str:
    """What a browser's cookie has."""
    async with PlatformClient(base_url, timeout=60) as client:
        return await resume(client, account, password)


def open_play(base_url: str, unit: str = "unit01") -> AbstractAsyncContextManager[Play]:
    """The main job's play, by the sessions that there are."""
    return run.open_play(base_url, unit=unit, sign_in=resume)

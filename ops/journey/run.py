"""Opens a play (signs in, makes new people) and runs its steps one after the other, saying each."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import httpx

from ops.client import PlatformClient
from ops.journey.people import twelve_people
from ops.journey.play import Play
from services.auth.demo import DEMO_PASSWORD

Step = tuple[str, Callable[[Play], Awaitable[str]]]
SignIn = Callable[[PlatformClient, str], Awaitable[object]]


async def _sign_in(client: PlatformClient, account: str) -> None:
    await client.sign_in(account, DEMO_PASSWORD)


@asynccontextmanager
async def open_play(
    base_url: str,
    *,
    unit: str = "unit01",
    transport: Callable[[], httpx.AsyncBaseTransport] | None = None,
    sign_in: SignIn = _sign_in,
) -> AsyncIterator[Play]:
    """The demo accounts of a unit and of the province, signed in at ``base_url``; ``transport`` makes each one's way there."""
    async with AsyncExitStack() as stack:

        async def client(account: str | None) -> httpx.AsyncClient:
            made = await stack.enter_async_context(
                PlatformClient(base_url, timeout=60, transport=transport() if transport else None)
            )
            if account:
                await sign_in(made, account)
            return made.http

        yield Play(
            public=await client(None),
            unit=await client(unit),
            province=await client("province01"),
            people=twelve_people(),
        )


async def play_steps(play: Play, steps: Sequence[Step], say: Callable[[str], None]) -> None:
    """Raises ``WrongStep`` at the first step that is wrong."""
    for number, (title, step) in enumerate(steps, start=1):
        say(f"{number:2}. {title} …")
        say(f"    ✓ {await step(play)}")

"""The demo data of the first start: the demo accounts, one whole play of the main job, and declarations in every state, so that every page
has something to show.
Prints the accounts; the play is told on stderr.
"""

import asyncio
import sys

import httpx

from ops.demo_accounts import add_accounts, listing
from ops.demo_declarations import add_declarations
from ops.demo_groups import add_groups
from ops.demo_legacy import add_import
from ops.journey.play import until
from ops.journey.run import open_play, play_steps
from ops.journey.steps import STEPS
from shared.settings import platform_settings


async def directory_known(base_url: str) -> None:
    """Training must have heard of the units before one of them can act."""
    async with open_play(base_url) as play:

        async def known() -> bool:
            answer: httpx.Response = await play.unit.get("/api/training/personnel")
            return answer.status_code == 200

        await until(known, "training knows the demo units")


async def main() -> None:
    accounts = await add_accounts()
    base_url = platform_settings().internal_url
    await directory_known(base_url)
    async with open_play(base_url) as play:
        await play_steps(play, STEPS, lambda line: print(line, file=sys.stderr))
    await add_declarations()
    await add_groups()
    await add_import(base_url)
    print(listing(accounts))


if __name__ == "__main__":
    asyncio.run(main())

"""``python -m ops.journey [http://127.0.0.1:8000]``: plays the main job against a running platform (without an address: the one that runs
here) with the demo accounts, says each step as it goes, and ends with 1 and one clear line at the first that is wrong.
"""

import asyncio
import sys

import httpx

from ops.client import Refused
from ops.journey.paper import look_at_the_paper
from ops.journey.play import WrongStep
from ops.journey.run import open_play, play_steps
from ops.journey.steps import STEPS
from ops.up.address import running_url

WHOLE = (*STEPS, ("证书打印与查验", look_at_the_paper))


async def main(base_url: str) -> int:
    """0 when every step was right, 1 at the first wrong one; says what was expected and what was seen."""
    try:
        async with open_play(base_url) as play:
            await play_steps(play, WHOLE, print)
    except Exception as error:  # whatever it is, the operator reads one line and no stack
        print(f"  ✗ {reason_of(error, base_url)}")
        return 1
    print("主线业务全部完成 · the main job ran to its end")
    return 0


def reason_of(error: Exception, base_url: str) -> str:
    """What went wrong, for people."""
    match error:
        case WrongStep():
            return str(error)
        case httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return f"“{base_url}” is not an address; say for example: make journey BASE_URL=http://127.0.0.1:8000"
        case httpx.TimeoutException():
            return f"{base_url} did not answer in time ({type(error).__name__})"
        case httpx.TransportError():
            return f"{base_url} cannot be reached ({error}); is the platform running there (make run)?"
        case Refused():
            return f"{error}\n     The journey signs in with the demo accounts: is the demo data loaded there?"
        case _:
            return f"an answer that does not look as expected: {type(error).__name__}: {error}"


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else running_url())))

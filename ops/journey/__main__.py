"""``python -m ops.journey http://127.0.0.1:8000``: plays the main job against a running platform with the demo accounts, says each step
as it goes, and fails at the first that is wrong.
"""

import asyncio
import sys

from ops.journey.paper import look_at_the_paper
from ops.journey.play import WrongStep
from ops.journey.run import open_play, play_steps
from ops.journey.steps import STEPS

WHOLE = (*STEPS, ("证书打印与查验", look_at_the_paper))


async def main(base_url: str) -> int:
    try:
        async with open_play(base_url) as play:
            await play_steps(play, WHOLE, print)
    except WrongStep as wrong:
        print(f"  ✗ {wrong}")
        return 1
    print("主线业务全部完成 · the main job ran to its end")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")))

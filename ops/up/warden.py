"""The process that cleans up after a supervisor that was killed. It is told on its standard input which process groups
exist; when that input ends although nobody said goodbye, it ends all of them. It starts nothing.

The kernel's parent-death signal reaches a child and not what that child forked; a group reaches both.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO


class Warden:
    """The supervisor's end of it."""

    def __init__(self) -> None:
        # A session of its own: a Ctrl-C in the terminal must not end the one that cleans up.
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "ops.up.warden"],
            stdin=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            start_new_session=True,
        )

    def watch(self, group: int) -> None:
        """End this group if the supervisor dies."""
        self._say(f"+{group}")

    def forget(self, group: int) -> None:
        """This group has ended."""
        self._say(f"-{group}")

    def dismiss(self) -> None:
        """All is in order; forget everything and end."""
        self._popen.communicate(b"dismissed\n")

    def _say(self, line: str) -> None:
        assert self._popen.stdin
        try:
            self._popen.stdin.write(f"{line}\n".encode())
            self._popen.stdin.flush()
        except BrokenPipeError:
            # Somebody killed it; the children still carry the parent-death signal.
            pass


def watch_over(lines: IO[str]) -> None:
    """Keep the book of groups until the input ends, then end those that are still in it."""
    groups: set[int] = set()
    for line in lines:
        word = line.strip()
        if word == "dismissed":
            return
        group = int(word[1:])
        groups.add(group) if word[0] == "+" else groups.discard(group)
    for group in groups:
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            pass


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    watch_over(sys.stdin)

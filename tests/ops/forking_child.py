"""A child that has a child: what a prefork worker looks like to the supervisor. It prints both numbers and waits."""

import os
import signal
import sys

if __name__ == "__main__":
    grandchild = os.fork()
    if grandchild:
        sys.stdout.write(f"running {os.getpid()} {grandchild}\n")
        sys.stdout.flush()
    signal.pause()

"""One child process of the embedded stack: started in a session of its own, bound to the life of its parent, stopped in
good order or by force. It knows neither servers nor workers, and does not decide when to start a child again.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PRCTL = "import ctypes,os,sys;ctypes.CDLL(None).prctl(1,int(sys.argv[1]));os.execvp(sys.argv[2],sys.argv[2:])"


class CannotStart(Exception):
    """The stack cannot run; the message tells the operator why and what to do."""


def bound_to_parent(argv: Sequence[str], death_signal: signal.Signals) -> list[str]:
    """The same command, to which the kernel sends ``death_signal`` when the process that started it is gone.

    The kernel watches the *thread* that forked: start children from a thread that lives as long as they shall.
    """
    if shutil.which("setpriv"):
        return ["setpriv", "--pdeathsig", death_signal.name.removeprefix("SIG"), *argv]
    return [sys.executable, "-c", _PRCTL, str(int(death_signal)), *argv]


def package_folder(name: str) -> Path:
    """Where an installed package lies, without importing it: we want its binaries, not its own Python starter."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart(f"The package {name} is not installed. Run make run, which installs it.")
    return Path(spec.submodule_search_locations[0])


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log file, empty when there is none."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


def rotate(log: Path) -> None:
    """Set the log of the last run aside as ``<name>.1`` and make room for a new one."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists():
        log.replace(log.with_name(log.name + ".1"))


@dataclass
class Process:
    """A child and how it is started and stopped. ``patience`` is the seconds it gets to end by itself."""

    name: str
    argv: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)
    as_user: Sequence[str] = ()
    death_signal: signal.Signals = signal.SIGKILL
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 8.0
    before_start: Callable[[], None] | None = None
    popen: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _group_ended: bool = field(default=True, repr=False)

    @property
    def pid(self) -> int:
        """The process id, which is also its session and group; 0 before the first start."""
        return self.popen.pid if self.popen else 0

    def start(self) -> None:
        """Start it; what an earlier run of it left in its group is killed first."""
        self.kill()
        if self.before_start:
            self.before_start()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        command = [*self.as_user, *bound_to_parent(self.argv, self.death_signal)]
        with self.log.open("ab") as output:
            self.popen = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(self.environment),
                start_new_session=True,
            )
        self._group_ended = False

    def exit_code(self) -> int | None:
        """None while it runs; negative when a signal ended it."""
        return self.popen.poll() if self.popen else None

    def alive(self) -> bool:
        return self.popen is not None and self.popen.poll() is None

    def ask_to_stop(self) -> None:
        if self.alive():
            os.kill(self.pid, self.stop_signal)

    def kill(self) -> None:
        """End the whole group at once, grandchildren too: they outlive a parent that was killed.

        Once per start, because the number of a group that has ended may be given to a stranger.
        """
        if self.popen is None or self._group_ended:
            return
        self._group_ended = True
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.popen.wait()


def stop_together(processes: Sequence[Process]) -> None:
    """Ask all of them to stop, wait as long as the most patient may take, then end what is left."""
    for process in processes:
        process.ask_to_stop()
    deadline = time.monotonic() + max((process.patience for process in processes), default=0)
    while any(process.alive() for process in processes) and time.monotonic() < deadline:
        time.sleep(0.05)
    for process in processes:
        process.kill()

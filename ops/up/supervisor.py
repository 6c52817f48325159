"""Watches the servers and the children: starts again what died, ends a worker that no longer proves its life, and stops
all in order. What the children are stands in ``children``; the order of a whole start stands in ``__main__``.
"""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from ops.up.address import Address
from ops.up.children import Child, process_of
from ops.up.processes import CannotStart, Process, rotate, stop_together, tail
from ops.up.servers import Servers
from ops.up.warden import Warden

TICK_SECONDS = 0.2
HEARTBEAT_CHECK_SECONDS = 5.0
# What has proved its life once is ended after this silence; what is only starting gets more time, and twice as much after each restart for
# that reason: on a machine that is busy elsewhere a worker may need minutes, and ending it then would make it slower still.
SILENCE_SECONDS = 60.0
FIRST_SIGN_SECONDS = 120.0
LONGEST_FIRST_SIGN_SECONDS = 960.0
TOLD_SECONDS = 15.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0


def say(text: str) -> None:
    """A line for the operator, who may have closed the terminal."""
    try:
        print(text, flush=True)
    except OSError:
        pass


@dataclass
class Watched:
    """What the supervisor remembers of a process between two looks. Times are those of the monotonic clock."""

    process: Process
    heartbeat: str = ""
    started: float = 0.0
    heard: float = 0.0
    has_proved: bool = False
    silences: int = 0
    pause: float = FIRST_PAUSE
    again_at: float | None = None

    @property
    def patience(self) -> float:
        """Seconds of silence after which it is taken for stuck."""
        if self.has_proved:
            return SILENCE_SECONDS
        return min(FIRST_SIGN_SECONDS * 2.0**self.silences, LONGEST_FIRST_SIGN_SECONDS)


class Supervisor:
    """The servers of ``var`` and the children of a table, for as long as ``run`` takes."""

    def __init__(self, servers: Servers) -> None:
        self.servers = servers
        self.stopping = threading.Event()
        self.interruptible = False
        self._watched: list[Watched] = [Watched(process) for process in servers.processes]
        self._stop_order: dict[int, list[Process]] = {}
        self._warden = Warden()
        self._heartbeats_at = 0.0

    def listen_to_signals(self) -> None:
        """From now on Ctrl-C and SIGTERM mean: stop in order. While ``interruptible``, as during a long step of the
        start, they also raise KeyboardInterrupt, once.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Under nohup a closed terminal is to be survived.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._on_signal)

    def start(self, children: Sequence[Child], *, address: Address, environment: Mapping[str, str]) -> None:
        """Start the children of a table, in its order."""
        for child in children:
            process = process_of(child, address=address, var=self.servers.var, environment=environment)
            rotate(process.log)
            watched = Watched(process, child.heartbeat)
            self._watched.append(watched)
            self._stop_order.setdefault(child.stops, []).append(process)
            self._start(watched)

    def wait_for_first(self, ready: Callable[[], bool], what: str) -> None:
        """Wait for a condition, as long as everything lives. Raises CannotStart when a process ends meanwhile."""
        for _ in self._waiting(ready, what):
            for watched in self._watched:
                if not watched.process.alive():
                    raise CannotStart(
                        f"{watched.process.name} 启动后立即退出，日志见 {_log_of(watched.process)} · "
                        f"{watched.process.name} ended at once. {_log_of(watched.process)}\n{tail(watched.process.log)}"
                    )

    def wait_until(self, ready: Callable[[], bool], what: str, detail: Callable[[], str] = str) -> None:
        """Wait for a condition, however long it takes, and keep everything running meanwhile as ``run`` does."""
        for _ in self._waiting(ready, what, detail):
            self.look()

    def _waiting(self, ready: Callable[[], bool], what: str, detail: Callable[[], str] = str) -> Iterator[None]:
        started = told = time.monotonic()
        while not ready() and not self.stopping.wait(TICK_SECONDS):
            yield
            if time.monotonic() - told > TOLD_SECONDS:
                told = time.monotonic()
                say(f"… {what} ({told - started:.0f} s) {detail()}".rstrip())

    def all_proved(self) -> bool:
        """Whether every child that owes a proof of life has given one since its start."""
        self.check_heartbeats(time.monotonic())
        return all(watched.has_proved for watched in self._watched if watched.heartbeat)

    def run(self) -> None:
        """Watch until a signal says stop."""
        while not self.stopping.wait(TICK_SECONDS):
            self.look()

    def look(self) -> None:
        """One round: what died is started again after a pause, what is silent is ended."""
        now = time.monotonic()
        for watched in self._watched:
            if watched.again_at is not None:
                if now >= watched.again_at:
                    self._start(watched)
            elif not watched.process.alive():
                self._note_death(watched, now)
        if now - self._heartbeats_at >= HEARTBEAT_CHECK_SECONDS:
            self._heartbeats_at = now
            self.check_heartbeats(now)

    def stop(self) -> None:
        """Children by their order, then Valkey, then PostgreSQL."""
        self.stop_children()
        self.servers.stop()

    def stop_children(self) -> None:
        """Children by their order; the servers stay."""
        self.interruptible = False
        self.stopping.set()
        for order in sorted(self._stop_order):
            stop_together(self._stop_order[order])
        self._warden.dismiss()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stopping.set()
        if self.interruptible:
            self.interruptible = False
            raise KeyboardInterrupt

    def _start(self, watched: Watched) -> None:
        watched.again_at = None
        watched.started = watched.heard = time.monotonic()
        watched.has_proved = False
        self._forget_proof(watched)
        try:
            watched.process.start()
        except CannotStart as problem:
            say(str(problem))
        # The servers end by their own parent-death signal, PostgreSQL in a milder way than a group kill.
        if watched.process not in self.servers.processes:
            self._warden.watch(watched.process.pid)

    def _forget_proof(self, watched: Watched) -> None:
        """What the process before it said is no sign of life of this one."""
        try:
            if watched.heartbeat:
                self.servers.ask_redis(f"DEL {watched.heartbeat}")
        except OSError:
            # Valkey is away; what it kept lapses by itself.
            pass

    def _note_death(self, watched: Watched, now: float) -> None:
        process = watched.process
        process.kill()
        self._warden.forget(process.pid)
        if now - watched.started > STEADY_SECONDS:
            watched.pause = FIRST_PAUSE
        say(f"{process.name} ended ({_ending(process)}); starting it again in {watched.pause:g} s. {_log_of(process)}")
        watched.again_at = now + watched.pause
        watched.pause = min(watched.pause * 2, LONGEST_PAUSE)

    def check_heartbeats(self, now: float) -> None:
        """End each child that has not proved its life for too long; ``now`` is a time of the monotonic clock."""
        for watched in self._watched:
            if not watched.heartbeat or watched.again_at is not None:
                continue
            try:
                alive = self.servers.ask_redis(f"EXISTS {watched.heartbeat}") == ":1"
            except OSError:
                # Nobody can prove anything while the broker is away.
                watched.heard = now
                continue
            if alive:
                watched.heard, watched.has_proved, watched.silences = now, True, 0
            elif now - watched.heard > watched.patience:
                say(f"{watched.process.name} has not been heard for {watched.patience:.0f} s; ending it.")
                watched.silences += 0 if watched.has_proved else 1
                watched.process.kill()


def _ending(process: Process) -> str:
    code = process.exit_code() or 0
    return f"exit {code}" if code >= 0 else signal.Signals(-code).name


def _log_of(process: Process) -> Path | str:
    return f"Log: {process.log}"

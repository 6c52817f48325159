"""Which worker the supervisor ends: one that hangs, at its start or later, and never one that is merely slow."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ops.up.address import Address
from ops.up.children import Child
from ops.up.servers import Servers
from ops.up.supervisor import FIRST_SIGN_SECONDS, LONGEST_FIRST_SIGN_SECONDS, SILENCE_SECONDS, Supervisor
from tests.ops.family import descendants, eventually, groups_of, parents

ROOT = Path(__file__).resolve().parents[2]


def _leads(pid: int) -> bool:
    try:
        return os.getpgid(pid) == pid
    except ProcessLookupError:
        return False


@dataclass
class Silent:
    """A supervisor with one child that proves its life only when the test does it for it."""

    supervisor: Supervisor
    servers: Servers

    @property
    def group(self) -> int:
        """Who leads it: the rest of a group that is ended may still be dying when the supervisor has seen its leader go."""
        return next(filter(_leads, descendants(os.getpid()) & groups_of("forking_child")), 0)

    def is_started_again(self) -> bool:
        self.supervisor.look()
        return bool(self.group)

    def prove(self) -> None:
        self.servers.ask_redis("SET worker:silent:alive 1")

    def fall_silent(self) -> None:
        self.servers.ask_redis("DEL worker:silent:alive")

    def ended_after(self, seconds: float, since: float) -> bool:
        """Whether it is ended when it is looked at ``seconds`` after ``since`` (monotonic)."""
        group = self.group
        self.supervisor.check_heartbeats(since + seconds)
        return group not in parents()


@pytest.fixture
def silent(servers: Servers) -> Iterator[Silent]:
    supervisor = Supervisor(servers)
    servers.ask_redis("SET worker:silent:alive 1")  # what the process before it said last
    child = Child("silent", "tests.ops.forking_child", stops=1, heartbeat="worker:silent:alive")
    supervisor.start([child], address=Address(), environment=os.environ | {"PYTHONPATH": str(ROOT)})
    try:
        running = Silent(supervisor, servers)
        assert eventually(lambda: bool(running.group))
        yield running
    finally:
        supervisor.stop_children()


@pytest.mark.req("PLAT-11")
class TestHeartbeat:
    def test_one_that_proves_its_life_is_left_alone(self, silent: Silent) -> None:
        silent.prove()
        assert not silent.ended_after(10 * LONGEST_FIRST_SIGN_SECONDS, time.monotonic())
        assert silent.supervisor.all_proved()

    def test_one_that_falls_silent_is_ended(self, silent: Silent) -> None:
        silent.prove()
        now = time.monotonic()
        silent.supervisor.check_heartbeats(now)
        silent.fall_silent()
        assert not silent.ended_after(SILENCE_SECONDS - 1, now)
        assert silent.ended_after(SILENCE_SECONDS + 1, now)

    def test_one_that_is_slow_to_start_is_given_time_and_one_that_hangs_is_ended_still(self, silent: Silent) -> None:
        """What the process before it has said is no sign of life of this one."""
        assert not silent.supervisor.all_proved()
        started = time.monotonic()
        assert not silent.ended_after(FIRST_SIGN_SECONDS - 1, started)
        assert silent.ended_after(FIRST_SIGN_SECONDS + 1, started)

    def test_the_time_grows_with_each_restart_until_the_first_sign(self, silent: Silent) -> None:
        for limit in (1, 2, 4, 8, 8):
            started = time.monotonic()
            assert not silent.ended_after(limit * FIRST_SIGN_SECONDS - 1, started)
            assert silent.ended_after(limit * FIRST_SIGN_SECONDS + 1, started)
            # It is found dead, waits its pause, and is started again.
            assert eventually(silent.is_started_again)
        silent.prove()
        silent.supervisor.check_heartbeats(time.monotonic())
        silent.fall_silent()
        assert silent.ended_after(SILENCE_SECONDS + 1, time.monotonic())

    def test_a_broker_that_is_away_is_not_its_fault(self, silent: Silent, monkeypatch: pytest.MonkeyPatch) -> None:
        def away(_: str) -> str:
            raise ConnectionRefusedError

        monkeypatch.setattr(silent.servers, "ask_redis", away)
        assert not silent.ended_after(2 * LONGEST_FIRST_SIGN_SECONDS, time.monotonic())

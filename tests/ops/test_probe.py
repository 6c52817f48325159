"""A container's health check: whom it calls stuck, for how long it puts up with that, and that it costs next to nothing."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from ops import probe
from ops.probe import Health, is_over, is_waiting
from ops.up.workers import SPECS
from shared.tasks import worker
from shared.tasks.alive import alive_key

ROOT = Path(__file__).resolve().parents[2]
NOBODY = "redis://:secret@127.0.0.1:1/0"


@contextmanager
def answering(status: int) -> Iterator[str]:
    """A server that answers every GET with ``status``."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/readyz"
        server.shutdown()


@pytest.mark.req("PLAT-10")
class TestHealth:
    def test_it_knows_every_worker(self) -> None:
        assert set(probe.ALIVE) == {alive_key(spec.service, lane) for spec in SPECS for lane in spec.lanes}

    def test_a_broker_that_is_away_is_not_the_workers_fault(self) -> None:
        assert probe.health_of_worker(NOBODY, "alive:auth.fast") is Health.AWAY
        assert probe.health_of_beat(NOBODY) is Health.AWAY

    def test_an_api_that_does_not_answer_is_stuck(self) -> None:
        assert probe.health_of_api("http://127.0.0.1:1/readyz") is Health.STUCK

    @pytest.mark.parametrize(
        ("status", "health"), [(HTTPStatus.OK, Health.WELL), (HTTPStatus.SERVICE_UNAVAILABLE, Health.AWAY)]
    )
    def test_an_api_that_answers_lives(self, status: int, health: Health) -> None:
        with answering(status) as url:
            assert probe.health_of_api(url) is health

    def test_a_start_that_waits_for_others_is_not_stuck(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(probe, "FOLDER", tmp_path)
        (tmp_path / probe.WAITING).touch()
        assert probe.health_of("http://127.0.0.1:1/readyz") is Health.AWAY

    def test_a_start_that_waits_no_more_without_saying_so_is(self, tmp_path: Path) -> None:
        assert not is_waiting(tmp_path, time.time())
        (tmp_path / probe.WAITING).touch()
        assert is_waiting(tmp_path, time.time())
        assert not is_waiting(tmp_path, time.time() + probe.WAITING_SECONDS + 1)


@pytest.mark.req("PLAT-10")
class TestPatience:
    def test_only_what_is_stuck_without_a_break_is_over(self, tmp_path: Path) -> None:
        start = time.monotonic()
        late = start + probe.PATIENCE_SECONDS + 1
        assert not is_over(Health.WELL, tmp_path, start)
        assert not is_over(Health.STUCK, tmp_path, start)
        assert is_over(Health.STUCK, tmp_path, late)
        assert not is_over(Health.WELL, tmp_path, late)
        assert not is_over(Health.STUCK, tmp_path, late + 1)
        assert not is_over(Health.AWAY, tmp_path, late + 2)
        assert not is_over(Health.STUCK, tmp_path, late + probe.PATIENCE_SECONDS)

    def test_a_slow_start_is_given_longer_and_not_for_ever(self, tmp_path: Path) -> None:
        start = time.monotonic()
        assert not is_over(Health.STUCK, tmp_path, start)
        assert not is_over(Health.STUCK, tmp_path, start + 2 * probe.PATIENCE_SECONDS)
        assert is_over(Health.STUCK, tmp_path, start + probe.START_PATIENCE_SECONDS + 1)

    def test_a_workers_slow_child_is_given_as_long(self) -> None:
        """A child that is replaced begins from nothing, and on the same machine takes as long again: it would never get there."""
        assert worker._WARM_UP_SECONDS >= probe.START_PATIENCE_SECONDS


class TestCost:
    def test_it_loads_nothing_large(self) -> None:
        """It is started twice a minute in nineteen containers; these would double what a start costs."""
        words = [sys.executable, "-E", "-S", "-X", "importtime", "-c", "import ops.probe"]
        told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
        loaded = {line.rpartition("|")[2].strip() for line in told.stderr.splitlines()}
        assert {"ops.probe", "socket"} <= loaded
        assert not loaded & {"http.client", "email", "ssl", "tempfile", "asyncio", "logging", "json", "site"}

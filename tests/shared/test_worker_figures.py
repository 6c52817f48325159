"""A worker's process counts its own work and shows it at a port of its own (PLAT-10)."""

from types import SimpleNamespace
from typing import cast
from uuid import uuid4

import httpx
import pytest
from prometheus_client import REGISTRY

from ops.up.ports import free_port
from shared.services import Service
from shared.sms import Route, Sms
from shared.tasks.figures import listen, note_end
from shared.tasks.texting import Handed, Texting, attempt

pytestmark = pytest.mark.req("PLAT-10")
HERE = "127.0.0.1"


class TestListening:
    def test_each_process_of_a_host_has_a_port_of_its_own(self) -> None:
        first = listen(HERE, free_port())
        assert first
        second = listen(HERE, first)
        assert second
        assert second > first
        note_end(Service.AUTH, "auth.counted", None, 0.2)
        for port in (first, second):
            page = httpx.get(f"http://{HERE}:{port}/metrics", trust_env=False).text
            assert 'task_runs_total{outcome="done",service="auth",task="auth.counted"} 1.0' in page
            assert "process_resident_memory_bytes" in page

    def test_work_goes_on_where_no_port_is_to_be_had(self) -> None:
        assert listen("192.0.2.1", 9100) is None


class TestCounting:
    def test_how_a_run_ended(self) -> None:
        for failure in (None, TimeoutError(), ValueError()):
            note_end(Service.AUTH, "auth.ended", failure, 0.1)
        counted = {
            outcome: REGISTRY.get_sample_value(
                "task_runs_total", {"service": "auth", "task": "auth.ended", "outcome": outcome}
            )
            for outcome in ("done", "late", "failed")
        }
        assert counted == {"done": 1, "late": 1, "failed": 1}

    @pytest.mark.req("BEY-12")
    async def test_how_an_attempt_at_a_text_message_ended(self) -> None:
        def passed() -> float:
            return REGISTRY.get_sample_value("sms_attempts_total", {"provider": "none", "result": "passed"}) or 0.0

        before = passed()
        handed = Handed(cast(Texting, SimpleNamespace(traceparent=None)), None)
        async with httpx.AsyncClient() as client:
            await attempt(client, cast(Route, None), handed, Sms(uuid4(), "", "", "code", {}))
        assert passed() == before + 1

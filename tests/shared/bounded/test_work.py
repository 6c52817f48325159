"""A bounded process does what it is asked, can do nothing else, and its death is an answer."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from shared.bounded import ParsersBusy, TooComplicated, Work, run, work
from tests.shared.bounded.deeds import Lines, NotLiked

pytestmark = pytest.mark.req("PLAT-07", "PLAT-17")
SMALL = 200 * 1024 * 1024


def deed(name: str, *, seconds: int = 5, memory: int = SMALL) -> Work:
    return Work(f"tests.shared.bounded.deeds:{name}", seconds, memory)


class TestAnswers:
    async def test_bytes_and_arguments_go_and_come_back(self) -> None:
        data = os.urandom(3_000_000)
        assert await run(deed("echo"), data, word="好") == ({"size": 3_000_000, "word": "好"}, data)

    async def test_a_refusal_is_raised_as_if_it_were_made_here(self) -> None:
        with pytest.raises(NotLiked) as caught:
            await run(deed("refuse"), b"")
        assert (caught.value.status, caught.value.code, caught.value.detail) == (422, "not_liked", "不喜欢")
        assert [(each.field, each.code) for each in caught.value.errors] == [("file", "colour")]

    async def test_each_piece_of_work_has_a_process_of_its_own_and_none_is_left(self) -> None:
        (nursery, first), _ = await run(deed("pid"), b"")
        (same, second), _ = await run(deed("pid"), b"")
        assert nursery == same
        assert os.getpid() not in {nursery, first, second}
        for gone in (first, second):
            with pytest.raises(ProcessLookupError):
                os.kill(gone, 0)


class TestRights:
    async def test_it_opens_nothing_starts_nothing_and_knows_no_secret(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PLATFORM_TRIED", "secret")
        monkeypatch.setattr(work, "_here", [])  # a nursery that begins with this environment
        told, _ = await run(deed("try_rights"), b"")
        assert told == {"could": [], "secrets": []}


class TestDeath:
    @pytest.mark.parametrize(
        ("name", "options", "how"),
        [
            ("grow", {}, "memory"),
            ("abort", {}, "SIGABRT"),
            ("spin", {"seconds": 1}, "time"),
            ("sleep", {"seconds": 0}, "time"),
            ("linger", {}, "SIGKILL"),
            ("fail", {}, "failed"),
        ],
    )
    async def test_it_is_told_and_logged_without_a_word_of_the_file(
        self, name: str, options: dict[str, Any], how: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(work, "log", lines := Lines())
        with pytest.raises(TooComplicated) as caught:
            await run(deed(name, **options), b"x")
        assert (caught.value.status, caught.value.code) == (422, "file_too_complicated")
        (line,) = lines
        assert (line["event"], line["how"], line["size"]) == ("bounded_process_died", how, 1)
        assert "word" not in str(line)
        assert (await run(deed("echo"), b"next"))[1] == b"next"

    async def test_a_nursery_that_is_killed_is_followed_by_another(self) -> None:
        (nursery, _), _ = await run(deed("pid"), b"")
        os.kill(nursery, signal.SIGKILL)
        await asyncio.to_thread(os.waitid, os.P_PID, nursery, os.WEXITED | os.WNOWAIT)
        (another, _), _ = await run(deed("pid"), b"")
        assert another != nursery


@pytest.fixture
def held() -> Iterator[None]:
    """The one thread is at other work until the test ends."""
    free = threading.Event()
    work._parsers()._thread.submit(free.wait)
    yield
    free.set()


@pytest.mark.usefixtures("held")
class TestQueue:
    async def test_one_at_a_time_and_a_full_queue_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(work, "MOST_WAITING", 3)
        first = [asyncio.ensure_future(run(deed("echo"), b"")) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(ParsersBusy) as caught:
            await run(deed("echo"), b"")
        assert (caught.value.status, caught.value.code) == (503, "file_parsers_busy")
        assert caught.value.retry_after
        assert not any(each.done() for each in first)
        for each in first:
            each.cancel()

    async def test_whoever_waits_too_long_is_told_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(work, "QUEUE_SECONDS", 0)
        with pytest.raises(ParsersBusy):
            await run(deed("echo"), b"")

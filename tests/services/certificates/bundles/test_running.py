"""What becomes of a bundle whose worker dies, is overtaken or called off, or whose store is away or full: no half file is ever served,
and nothing is lost (PLAT-09, PLAT-11).
"""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from services.certificates.bundles import bundle_job
from services.certificates.bundles.bundle_job import UNREADABLE
from services.certificates.issue.models import Certificate
from services.certificates.jobs.kinds import JOBS
from services.certificates.jobs.models import Job
from services.certificates.jobs.tasks import run_jobs, tidy_jobs
from shared.identity import Actor
from shared.runtime import Runtime
from shared.storage import PART_BYTES, StorageUnavailable
from shared.tasks import job_rows
from shared.tasks.job_rows import ATTEMPTS
from shared.tasks.job_runner import JobRun, run_one
from tests.services.certificates.bundles.papers import (
    claimed,
    downloaded,
    job_row,
    ordered,
    paper,
    papers,
    remembered,
    unpacked,
)
from tests.shared.bucket import Bucket, open_bucket

pytestmark = pytest.mark.req("PLAT-09", "PLAT-11")


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_job, "AT_ONCE", 2)


@pytest.fixture
async def bucket(runtime: Runtime) -> AsyncIterator[tuple[Bucket, Runtime]]:
    """Certificates' runtime with its files in a bucket."""
    async with open_bucket() as (opened, storage):
        yield opened, replace(runtime, storage=storage)


async def change(runtime: Runtime, address: str, what: str) -> None:
    """Moves the row's times, as an hour that passes would."""
    async with runtime.database.unit_of_work() as session:
        job_id = address.rpartition("/")[2]
        await session.execute(text(f"UPDATE jobs SET {what} WHERE id = :id"), {"id": job_id})


def left_by(runtime: Runtime, address: str) -> list[str]:
    """The names of what lies in the local store for this job."""
    folder = Path(urlsplit(runtime.settings.storage_url).path, JOBS.folder(UUID(address.rpartition("/")[2])))
    return [path.name for path in folder.rglob("*") if path.is_file()]


async def half_way(runtime: Runtime) -> JobRun[Job]:
    """A worker that has done one batch."""
    run = await claimed(runtime)
    await run.open()
    await run.step()
    return run


async def check_whole(client: AsyncClient, runtime: Runtime, address: str, made: list[Certificate]) -> None:
    """Every certificate is in the only file, once, and remembers it once."""
    (data,) = (await downloaded(client, address)).values()
    entries = [name for name in unpacked(data) if name.endswith(".pdf")]
    assert [name.split("_")[2] for name in entries] == sorted(f"{each.number}.pdf" for each in made)
    assert await remembered(runtime, made) == [1] * len(made)


KILLED = """
import asyncio, os, signal
from services.certificates.bundles import bundle_job
from shared.runtime import open_runtime
from shared.services import Service
from tests.services.certificates.bundles.papers import claimed

async def work():
    bundle_job.AT_ONCE = 2
    async with open_runtime(Service.CERTIFICATES, pool_size=2, lanes={}) as runtime:
        run = await claimed(runtime)
        await run.open()
        await run.step()
        await run._batches.prepare(run.progress)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(work())
"""
LAPSED = "leased_until = now() - interval '1 second'"


class TestDeath:
    async def test_another_worker_begins_anew_and_doubles_nothing(
        self, client: AsyncClient, runtime: Runtime, unit: Actor
    ) -> None:
        made = await papers(runtime, unit, 5)
        address = await ordered(client, filters={})
        dead = await half_way(runtime)
        half = (await client.get(address)).json()
        assert (half["state"], half["done"], half["files"]) == ("running", 2, [])
        assert (await client.get(f"{address}/file")).json()["code"] == "job_file_missing"
        await change(runtime, address, LAPSED)
        await run_jobs(runtime)
        await check_whole(client, runtime, address, made)
        await dead.close()

    async def test_a_process_that_is_killed_leaves_nothing_of_its_file(
        self, client: AsyncClient, runtime: Runtime, unit: Actor
    ) -> None:
        """Killed while it writes, with a part of the ZIP in the store already."""
        made = [await paper(runtime, unit, bytes([at]) * PART_BYTES) for at in range(4)]
        address = await ordered(client, filters={})
        killed = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-c", KILLED], capture_output=True, text=True, check=False
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert left_by(runtime, address) == ["1#1"], "the half file must be there for this to mean anything"
        assert (await client.get(address)).json()["done"] == 2
        await change(runtime, address, LAPSED)
        await run_jobs(runtime)
        await check_whole(client, runtime, address, made)
        assert left_by(runtime, address) == ["1"]

    async def test_a_worker_that_wakes_too_late_changes_nothing(
        self, client: AsyncClient, runtime: Runtime, unit: Actor
    ) -> None:
        made = await papers(runtime, unit, 5)
        address = await ordered(client, filters={})
        late = await half_way(runtime)
        await change(runtime, address, LAPSED)
        await run_jobs(runtime)
        files = (await job_row(runtime, address)).result_files
        with pytest.raises(job_rows.LeaseLost):
            await late.step()
        await late.close()
        assert (await job_row(runtime, address)).result_files == files
        await check_whole(client, runtime, address, made)

    async def test_a_bundle_that_kills_its_workers_is_given_up(
        self, client: AsyncClient, runtime: Runtime, unit: Actor
    ) -> None:
        """Although each of them got some batches done."""
        await papers(runtime, unit, 5)
        address = await ordered(client, filters={})
        for _ in range(ATTEMPTS.most):
            dead = await half_way(runtime)
            await dead.close()
            await change(runtime, address, LAPSED)
        await run_jobs(runtime)
        assert (await client.get(address)).json()["state"] == "failed"


class TestCalledOff:
    async def test_what_is_written_by_then_is_taken_away(
        self, client: AsyncClient, bucket: tuple[Bucket, Runtime], unit: Actor
    ) -> None:
        store, runtime = bucket
        made = await papers(runtime, unit, 5)
        address = await ordered(client, filters={}, form="merged")
        kept = set(store.objects)
        run = await claimed(runtime)
        await run.open()
        await run._files.put("一部分.pdf", b"x")
        assert set(store.objects) != kept
        await client.post(f"{address}/cancel", json={"reason": "选错了"})
        await run_one(run, time.monotonic() + 60)
        job = (await client.get(address)).json()
        assert (job["state"], job["files"]) == ("cancelled", [])
        assert (set(store.objects), store.uploads) == (kept, {})
        assert await remembered(runtime, made) == [0] * 5

    async def test_also_what_a_dead_worker_had_written(
        self, client: AsyncClient, runtime: Runtime, unit: Actor
    ) -> None:
        """Called off while nobody has it, it is swept with the next tidying and not a day later."""
        await papers(runtime, unit, 3)
        address = await ordered(client, filters={})
        dead = await half_way(runtime)
        await dead._files.end()
        (file,) = dead._files.made
        await change(runtime, address, LAPSED)
        await client.post(f"{address}/cancel")
        assert await runtime.storage.exists(file["key"])
        await tidy_jobs(runtime)
        assert not await runtime.storage.exists(file["key"])
        assert (await job_row(runtime, address)).result_files is None


class TestKept:
    async def test_all_parts_are_kept_a_day(self, client: AsyncClient, runtime: Runtime, unit: Actor) -> None:
        await papers(runtime, unit, 3)
        address = await ordered(client, filters={}, form="merged")
        await run_jobs(runtime)
        keys = [file["key"] for file in (await job_row(runtime, address)).result_files or ()]
        assert len(keys) == 2
        await tidy_jobs(runtime)
        assert [await runtime.storage.exists(key) for key in keys] == [True, True]
        await change(runtime, address, "done_at = now() - interval '25 hours'")
        await tidy_jobs(runtime)
        assert [await runtime.storage.exists(key) for key in keys] == [False, False]
        assert (await client.get(f"{address}/file")).json()["code"] == "job_file_missing"


@pytest.mark.req("STAFF-10")
class TestStore:
    async def test_one_unreadable_file_is_a_bad_row(
        self, client: AsyncClient, bucket: tuple[Bucket, Runtime], unit: Actor
    ) -> None:
        store, runtime = bucket
        made = await papers(runtime, unit, 3)
        store.forbidden.add(made[1].storage_key or "")
        address = await ordered(client, filters={})
        await run_jobs(runtime)
        job = (await client.get(address)).json()
        assert (job["state"], job["done"], job["failed"]) == ("done", 2, 1)
        assert [each["reason"] for each in job["result"]["left_out"]] == [UNREADABLE]

    async def test_a_store_that_is_away_is_waited_for(
        self, client: AsyncClient, bucket: tuple[Bucket, Runtime], unit: Actor
    ) -> None:
        """And makes no bad rows; nothing is left of what was begun."""
        store, runtime = bucket
        made = await papers(runtime, unit, 5)
        kept = set(store.objects)
        address = await ordered(client, filters={})
        run = await half_way(runtime)
        store.away = True
        with pytest.raises(StorageUnavailable):
            await run.step()
        await run.try_again(StorageUnavailable())
        store.away = False
        await run.close()
        waiting = (await client.get(address)).json()
        assert (waiting["state"], waiting["files"], set(store.objects)) == ("running", [], kept)
        await change(runtime, address, "due_at = now()")
        await run_jobs(runtime)
        job = (await client.get(address)).json()
        assert (job["state"], job["done"], job["failed"]) == ("done", 5, 0)
        assert await remembered(runtime, made) == [1] * 5

    async def test_a_full_store_is_tried_again_and_then_told(
        self, client: AsyncClient, bucket: tuple[Bucket, Runtime], unit: Actor
    ) -> None:
        store, runtime = bucket
        made = await papers(runtime, unit, 3)
        kept = set(store.objects)
        store.full = True
        address = await ordered(client, filters={})
        for _ in range(ATTEMPTS.most + 1):
            await change(runtime, address, "due_at = now()")
            await run_jobs(runtime)
            assert (await client.get(address)).json()["files"] == []
        job: dict[str, Any] = (await client.get(address)).json()
        assert (job["state"], set(store.objects), store.uploads) == ("failed", kept, {})
        assert job["failure"].startswith("文件存储空间不足")
        assert await remembered(runtime, made) == [0] * 3

    async def test_a_long_bundle_is_never_held_whole(
        self, client: AsyncClient, bucket: tuple[Bucket, Runtime], unit: Actor
    ) -> None:
        """It leaves for the store in parts, each as soon as it is full."""
        store, runtime = bucket
        size = 3_000_000
        for at in range(6):
            await paper(runtime, unit, bytes([at]) * size)
        store.most_part = 0
        store.part_came.clear()
        await ordered(client, filters={})
        run = await claimed(runtime)
        await run.open()
        for _ in range(3):
            await run.step()
        # It is on its way, but not necessarily there: the steps wait for the store only where two parts are full.
        await store.part_came.wait()
        assert 0 < store.most_part < 3 * size
        await run.close()

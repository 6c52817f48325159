"""Files too long to be held: written piece by piece, whole or not at all, in a folder and in a bucket; read so that half of
one does not pass for whole.
"""

import resource
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.storage import PART_BYTES, RANGE_BYTES, FileMissing, Storage, StorageFull, StorageUnavailable
from shared.web.downloads import stored_file
from tests.shared.bucket import Bucket, open_bucket, serving

pytestmark = pytest.mark.req("PLAT-09")
PIECE = bytes(range(256)) * 4096
PIECES = 3 * PART_BYTES // len(PIECE) + 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture(params=["folder", "bucket"])
async def storage(request: pytest.FixtureRequest, folder: Path) -> AsyncIterator[Storage]:
    if request.param == "folder":
        yield Storage(f"file://{folder}")
    else:
        async with open_bucket() as (_, opened):
            yield opened


@pytest.fixture
async def bucket() -> AsyncIterator[tuple[Bucket, Storage]]:
    async with open_bucket() as opened:
        yield opened


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


class TestWriting:
    async def test_a_long_file_comes_back_whole(self, storage: Storage) -> None:
        writer = storage.write("jobs/1/a", "application/zip")
        for _ in range(PIECES):
            await writer.write(PIECE)
            assert not await storage.exists("jobs/1/a")
        assert await writer.close() == PIECES * len(PIECE)
        file = await storage.open("jobs/1/a")
        pieces = [piece async for piece in file.pieces]
        assert file.size == PIECES * len(PIECE) > RANGE_BYTES
        assert b"".join(pieces) == PIECE * PIECES
        assert max(map(len, pieces)) <= PART_BYTES

    @pytest.mark.parametrize("pieces", [0, 1])
    async def test_so_does_a_short_one(self, storage: Storage, pieces: int) -> None:
        writer = storage.write("a", "application/zip")
        for _ in range(pieces):
            await writer.write(b"x")
        await writer.close()
        assert [piece async for piece in (await storage.open("a")).pieces] == [b"x"] * pieces

    async def test_given_up_it_was_never_there(self, storage: Storage) -> None:
        writer = storage.write("jobs/1/a", "application/zip")
        for _ in range(PIECES):
            await writer.write(PIECE)
        await writer.abort()
        assert not await storage.exists("jobs/1/a")
        with pytest.raises(FileMissing):
            await storage.open("jobs/1/a")

    async def test_given_up_it_leaves_nothing_behind(self, folder: Path, bucket: tuple[Bucket, Storage]) -> None:
        for storage in (Storage(f"file://{folder}"), bucket[1]):
            writer = storage.write("jobs/1/a", "application/zip")
            for _ in range(PIECES):
                await writer.write(PIECE)
            await writer.abort()
        assert (left_in(folder), bucket[0].objects, bucket[0].uploads) == ([], {}, {})

    async def test_a_bucket_that_goes_away_is_told(self, bucket: tuple[Bucket, Storage]) -> None:
        writer = bucket[1].write("a", "application/zip")
        await writer.write(PIECE)
        bucket[0].away = True
        with pytest.raises(StorageUnavailable):
            for _ in range(PIECES * 2):
                await writer.write(PIECE)
        await writer.abort()
        bucket[0].away = False
        assert not await bucket[1].exists("a")

    def test_a_full_disk_is_told_and_leaves_no_half_file(self, folder: Path) -> None:
        """In a process that may write no file longer than two parts, as on a disk with so much room."""
        done = subprocess.run(
            [sys.executable, "-c", FULL, str(folder)],
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2 * PART_BYTES, 2 * PART_BYTES)),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.split() == [StorageFull.code, "False"], done.stderr
        assert left_in(folder) == []

    async def test_a_sweep_takes_all_below_and_nothing_beside(self, storage: Storage) -> None:
        for key in ("jobs/1/a", "jobs/1/b/c", "jobs/10/a"):
            await storage.put(key, b"x", "text/plain")
        await storage.sweep("jobs/1")
        await storage.sweep("jobs/1")
        assert [await storage.exists(key) for key in ("jobs/1/a", "jobs/1/b/c", "jobs/10/a")] == [False, False, True]

    def test_a_sweep_takes_what_a_dead_writer_left(self, folder: Path) -> None:
        done = subprocess.run([sys.executable, "-c", DIES, str(folder)], capture_output=True, text=True, check=False)
        assert done.returncode == -9, done.stderr
        assert left_in(folder) == ["a#1"]
        subprocess.run([sys.executable, "-c", SWEEPS, str(folder)], check=True)
        assert left_in(folder) == []


_OPENED = f"""
import asyncio, os, sys
from shared.storage import *
storage = Storage("file://" + sys.argv[1])
async def write():
    writer = storage.write("jobs/1/a", "application/zip")
    try:
        for _ in range({PIECES}):
            await writer.write(bytes({len(PIECE)}))
        END
    except StorageUnavailable as error:
        await writer.abort()
        print(error.code, await storage.exists("jobs/1/a"))
asyncio.run(write())
"""
FULL = _OPENED.replace("END", "await writer.close()")
DIES = _OPENED.replace("END", "os.kill(os.getpid(), 9)")
SWEEPS = _OPENED.partition("async def")[0] + 'asyncio.run(storage.sweep("jobs/1"))'


class TestReading:
    async def test_half_a_file_does_not_pass_for_whole(self, bucket: tuple[Bucket, Storage]) -> None:
        """Its length is told first, and the connection ends before it."""
        await bucket[1].put("a", bytes(2 * RANGE_BYTES), "application/zip")

        async def fetch(_: Request) -> Response:
            return await stored_file(bucket[1], "a", "证书.zip")

        async with (
            serving(Starlette(routes=[Route("/", fetch)])) as address,
            httpx.AsyncClient(base_url=address) as client,
        ):
            assert len((await client.get("/")).content) == 2 * RANGE_BYTES
            bucket[0].broken.add("a")
            with pytest.raises(httpx.RemoteProtocolError):
                await client.get("/")

    async def test_a_file_that_is_replaced_meanwhile_is_told(self, folder: Path) -> None:
        storage = Storage(f"file://{folder}")
        await storage.put("a", bytes(2 * RANGE_BYTES), "application/zip")
        pieces = (await storage.open("a")).pieces
        await anext(pieces)
        await storage.put("a", b"1" * 2 * RANGE_BYTES, "application/zip")
        with pytest.raises(StorageUnavailable):
            async for _ in pieces:
                pass

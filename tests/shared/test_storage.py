"""Files in a local folder, and the refusal when the store is away."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from shared.storage import FileMissing, Storage, StorageUnavailable

FILLS_UP = f"""
import asyncio, os, resource, sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from shared.storage import Storage, StorageUnavailable

async def main():
    storage = Storage(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    for key in ("old", "new"):
        try:
            await storage.put(key, bytes(100_000), "text/plain")
        except StorageUnavailable:
            continue
        os._exit(1)

asyncio.run(main())
# Without taking the interpreter down beneath the store's own threads, which may abort then.
os._exit(0)
"""


def filled_up(folder: Path) -> list[str]:
    """What is in the folder after another process was refused every put."""
    subprocess.run([sys.executable, "-c", FILLS_UP, f"file://{folder}"], check=True, timeout=60)
    return sorted(path.name for path in folder.rglob("*"))


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(f"file://{tmp_path}/files")


class TestFiles:
    async def test_a_file_comes_back_whole_and_in_pieces(self, storage: Storage) -> None:
        data = bytes(range(256)) * 4096
        await storage.put("training/0190/photo", data, "image/jpeg")
        assert await storage.get("training/0190/photo") == data
        file = await storage.open("training/0190/photo")
        pieces = [piece async for piece in file.pieces]
        assert (b"".join(pieces), file.size) == (data, len(data))
        assert len(pieces) > 1

    async def test_a_file_is_put_by_its_path(self, storage: Storage, tmp_path: Path) -> None:
        (tmp_path / "made.zip").write_bytes(b"zip" * 100_000)
        await storage.put("a", tmp_path / "made.zip", "application/zip")
        assert await storage.get("a") == b"zip" * 100_000

    async def test_a_put_replaces(self, storage: Storage) -> None:
        await storage.put("a", b"one", "text/plain")
        await storage.put("a", b"two", "text/plain")
        assert await storage.get("a") == b"two"

    async def test_delete_can_be_repeated(self, storage: Storage) -> None:
        await storage.put("a", b"one", "text/plain")
        assert await storage.exists("a")
        await storage.delete("a")
        await storage.delete("a")
        assert not await storage.exists("a")

    async def test_a_missing_file_is_told(self, storage: Storage) -> None:
        with pytest.raises(FileMissing):
            await storage.get("nothing")
        with pytest.raises(FileMissing):
            await storage.open("nothing")

    async def test_no_reader_sees_half_a_file(self, storage: Storage) -> None:
        size = 8 * 1024 * 1024
        await storage.put("a", b"0" * size, "text/plain")
        writing = asyncio.create_task(storage.put("a", b"1" * size, "text/plain"))
        seen = set()
        while not writing.done():
            data = await storage.get("a")
            seen.add((len(data), len(set(data))))
        await writing
        assert seen <= {(size, 1)}


class TestRefusals:
    @pytest.mark.req("PLAT-07")
    @pytest.mark.parametrize(
        "key", ["../x", "a/../b", "/a", "", "a//b", "a/", ".hidden", "简历.pdf", "a b", "a\x00", "a\n"]
    )
    async def test_a_key_that_is_no_id_is_refused(self, storage: Storage, key: str) -> None:
        with pytest.raises(ValueError, match="key"):
            await storage.put(key, b"x", "text/plain")
        with pytest.raises(ValueError, match="key"):
            await storage.get(key)

    async def test_a_store_that_is_away_is_told(self) -> None:
        options = {"endpoint": "http://127.0.0.1:9", "access_key_id": "x", "secret_access_key": "y", "region": "z"}
        away = Storage("s3://bucket/prefix", options)
        with pytest.raises(StorageUnavailable) as caught:
            await away.put("a", b"x", "text/plain")
        assert (caught.value.status, caught.value.retry_after) == (503, 2)
        with pytest.raises(StorageUnavailable):
            await away.exists("a")

    async def test_a_folder_that_cannot_be_written_is_told(self, storage: Storage, tmp_path: Path) -> None:
        await storage.put("a", b"x", "text/plain")
        with pytest.raises(StorageUnavailable):
            await storage.put("a/b", b"x", "text/plain")

    @pytest.mark.req("PLAT-11")
    async def test_a_disk_that_takes_no_more_is_told_and_nothing_is_left_behind(
        self, storage: Storage, tmp_path: Path
    ) -> None:
        """In a process that may write 4 kB a file: what was there stays whole, what is new is not there at all."""
        await storage.put("old", b"whole", "text/plain")
        assert filled_up(tmp_path / "files") == ["old"]
        assert await storage.get("old") == b"whole"

    @pytest.mark.parametrize("url", ["http://host/x", "file://host/x", "s3://", "relative/folder"])
    def test_other_addresses_are_refused(self, url: str) -> None:
        with pytest.raises(ValueError, match="storage address"):
            Storage(url)

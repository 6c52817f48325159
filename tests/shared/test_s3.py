"""Files in a bucket of a real S3 server (moto) by nothing but settings: whole, in parts, by any process, and refused in words (PLAT-09)."""

import hashlib
from collections.abc import AsyncIterator, Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from ops.up.ports import free_port
from shared.settings import platform_settings
from shared.storage import PART_BYTES, FileMissing, Storage, StorageUnavailable

KEYS = {"PLATFORM_STORAGE_KEY_ID": "platform", "PLATFORM_STORAGE_KEY": "geheim"}
pytestmark = pytest.mark.req("PLAT-19")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    where = f"http://{host}:{port}"
    boto3.client(
        "s3", endpoint_url=where, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y"
    ).create_bucket(Bucket="files")
    yield where
    server.stop()


def told(monkeypatch: pytest.MonkeyPatch, endpoint: str, url: str = "s3://files/platform") -> Storage:
    """The storage as a process opens it that is told where."""
    given = {**KEYS, "PLATFORM_STORAGE_URL": url, "PLATFORM_STORAGE_ENDPOINT": endpoint}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings = type(platform_settings())()
    return Storage(settings.storage_url, settings.storage_options)


@pytest.fixture
async def storage(platform: object, address: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Storage]:
    storage = told(monkeypatch, address)
    yield storage
    for folder in ("jobs", "training"):
        await storage.sweep(folder)


async def test_a_file_is_the_same_wherever_it_is_read(
    storage: Storage, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = bytes(range(256)) * 4096
    await storage.put("training/0190/photo", data, "image/jpeg")
    other = told(monkeypatch, address)
    assert hashlib.sha256(await other.get("training/0190/photo")).digest() == hashlib.sha256(data).digest()
    file = await other.open("training/0190/photo")
    assert (file.size, b"".join([piece async for piece in file.pieces])) == (len(data), data)
    await other.copy("training/0190/photo", "training/0191/photo")
    await other.delete("training/0190/photo")
    await other.delete("training/0190/photo")
    with pytest.raises(FileMissing):
        await storage.get("training/0190/photo")
    assert await storage.exists("training/0191/photo")


async def test_a_long_file_comes_and_goes_in_pieces_and_is_not_there_before(storage: Storage) -> None:
    written, read = hashlib.sha256(), hashlib.sha256()
    writer = storage.write("jobs/1/long.zip", "application/zip")
    for number in range(3):
        piece = bytes([number]) * (PART_BYTES * 2 // 3)
        written.update(piece)
        await writer.write(piece)
    assert not await storage.exists("jobs/1/long.zip")
    assert await writer.close() == PART_BYTES * 2 // 3 * 3
    async for piece in (await storage.open("jobs/1/long.zip")).pieces:
        read.update(piece)
    assert read.digest() == written.digest()


async def test_given_up_it_was_never_there(storage: Storage) -> None:
    writer = storage.write("jobs/1/half.zip", "application/zip")
    await writer.write(bytes(PART_BYTES + 1))
    await writer.abort()
    assert not await storage.exists("jobs/1/half.zip")


async def test_a_sweep_takes_all_below_and_nothing_beside(storage: Storage) -> None:
    for key in ("jobs/1/a", "jobs/1/b/c", "jobs/10/a"):
        await storage.put(key, b"x", "text/plain")
    await storage.sweep("jobs/1")
    assert [await storage.exists(key) for key in ("jobs/1/a", "jobs/1/b/c", "jobs/10/a")] == [False, False, True]


@pytest.mark.parametrize("away", ["address", "bucket"])
async def test_one_that_is_away_is_told_in_words_without_its_key(
    platform: object, address: str, monkeypatch: pytest.MonkeyPatch, away: str
) -> None:
    where = f"http://127.0.0.1:{free_port()}" if away == "address" else address
    storage = told(monkeypatch, where, "s3://nobodys/platform" if away == "bucket" else "s3://files/platform")
    with pytest.raises(StorageUnavailable):
        await storage.get("a")
    with pytest.raises(StorageUnavailable) as caught:
        await storage.put("a", b"x", "text/plain")
    assert (caught.value.status, caught.value.code) == (503, "storage_unavailable")
    assert "geheim" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_the_bucket_stands_in_the_host_where_it_must(platform: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLATFORM_STORAGE_BUCKET_IN_HOST", "true")
    told(monkeypatch, "https://oss-cn-hangzhou.aliyuncs.com")
    options = type(platform_settings())().storage_options
    assert options["endpoint"] == "https://files.oss-cn-hangzhou.aliyuncs.com"
    assert options["virtual_hosted_style_request"] == "true"

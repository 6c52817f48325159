"""Where files lie: a local folder (``file:///…``) or a bucket (``s3://…``) behind one small class over obstore.
Keys are made by callers out of ids; what a file is and who may read it is decided elsewhere.
"""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from shared.errors import NotFound, Unavailable

CHUNK_BYTES: Final = 256 * 1024
# A long file is read by requests of this size: none runs into the time that one request may take, however slow its reader is.
RANGE_BYTES: Final = 8 * 1024 * 1024
# A long file is written in parts of this size, so many at once; S3 takes 10,000 of them.
PART_BYTES: Final = 8 * 1024 * 1024
PARTS_AT_ONCE: Final = 2
# No space left, file too large for the limit, quota exceeded: what the store passes on of the system's own words.
_FULL = re.compile(r"os error (28|27|122)\b|EntityTooLarge|QuotaExceeded|InsufficientStorage")
# As obstore names a file of a folder until it is whole; no key has such a name.
_HALF = re.compile(r".+#\d+")
_KEY = re.compile(r"[A-Za-z0-9_\-][A-Za-z0-9_.\-]*(/[A-Za-z0-9_\-][A-Za-z0-9_.\-]*)*")


class StorageUnavailable(Unavailable):
    code = "storage_unavailable"
    detail = "文件存储暂时不可用，您的文件尚未保存，请稍后重试"


class StorageFull(StorageUnavailable):
    code = "storage_full"
    detail = "文件存储空间不足，您的文件尚未保存，请联系系统管理人员扩充空间后重试"


class FileMissing(NotFound):
    code = "file_missing"
    detail = "没有找到该文件，可能已被删除，请刷新后重试"


@dataclass(frozen=True)
class OpenFile:
    """``size`` in bytes; ``pieces`` give the whole of that or raise StorageUnavailable, also when the file is replaced meanwhile."""

    size: int
    pieces: AsyncIterator[bytes]


class Storage:
    """Files by key. A put is atomic: obstore writes aside and renames, so nobody sees half a file."""

    def __init__(self, url: str, options: Mapping[str, str] | None = None) -> None:
        """``options`` are obstore's S3 settings (``endpoint``, ``access_key_id``, ``secret_access_key``, ``region`` …).

        Raises ValueError for any other kind of address.
        """
        self._store, self._folder = _open_store(url, options or {})

    async def put(self, key: str, data: bytes | Path, content_type: str) -> None:
        """Store ``data`` (a path is read in pieces) under ``key``, replacing it; raises StorageUnavailable, ValueError for a bad key."""
        with _told(writes=True):
            await obstore.put_async(self._store, _checked(key), data, attributes=self._attributes(content_type))

    def write(self, key: str, content_type: str) -> "FileWriter":
        """A file that comes piece by piece, for what is too long to be held; raises ValueError for a bad key."""
        return FileWriter(self._store, _checked(key), self._attributes(content_type))

    def _attributes(self, content_type: str) -> dict[str, str] | None:
        return {"Content-Type": content_type} if self._folder is None else None  # a folder keeps no types

    async def get(self, key: str) -> bytes:
        """The whole file; raises FileMissing, StorageUnavailable."""
        with _told():
            result = await obstore.get_async(self._store, _checked(key))
            return bytes(await result.bytes_async())

    async def open(self, key: str) -> OpenFile:
        """A file to be read in pieces of about 256 kB; raises FileMissing, StorageUnavailable."""
        with _told():
            meta = await obstore.head_async(self._store, _checked(key))
        return OpenFile(meta["size"], self._pieces(key, meta["size"], meta["e_tag"]))

    async def _pieces(self, key: str, size: int, tag: str | None) -> AsyncIterator[bytes]:
        for start in range(0, size, RANGE_BYTES):
            end = min(start + RANGE_BYTES, size)
            with _told():
                result = await obstore.get_async(self._store, key, options={"range": (start, end), "if_match": tag})
                async for piece in result.stream(min_chunk_size=CHUNK_BYTES):
                    yield bytes(piece)

    async def exists(self, key: str) -> bool:
        """Whether there is a file; raises StorageUnavailable when that cannot be known."""
        try:
            with _told():
                await obstore.head_async(self._store, _checked(key))
        except FileMissing:
            return False
        return True

    async def copy(self, source: str, key: str) -> None:
        """The same file once more, made where files lie; raises FileMissing, StorageUnavailable, ValueError for a bad key."""
        with _told():
            await obstore.copy_async(self._store, _checked(source), _checked(key))

    async def delete(self, key: str) -> None:
        """Take the file away; one that is gone already is no error, so that a sweep can be repeated."""
        try:
            with _told():
                await obstore.delete_async(self._store, _checked(key))
        except FileMissing:
            return

    async def listed(self, root: str) -> AsyncIterator[tuple[str, int, datetime]]:
        """Every whole file below ``root``: its key, its bytes, when it was put. Raises StorageUnavailable."""
        with _told():
            async for found in obstore.list(self._store, prefix=_checked(root)):
                for each in found:
                    yield each["path"], each["size"], each["last_modified"]

    async def clear_halves(self, root: str, before: datetime) -> int:
        """Takes away what writers that were killed ``before`` have left below ``root`` in a local folder, where a file is written aside
        and renamed; how many. In a bucket its own rule does so."""
        if self._folder is None:
            return 0
        with _told():
            return await asyncio.to_thread(_clear_halves, self._folder / _checked(root), before.timestamp())

    async def sweep(self, folder: str) -> None:
        """Take away all files below ``folder``, in a local folder also what a writer that died has left of one. Can be repeated."""
        with _told():
            if self._folder is not None:
                await asyncio.to_thread(_remove_folder, self._folder / _checked(folder))
                return
            async for found in obstore.list(self._store, prefix=_checked(folder)):
                await obstore.delete_async(self._store, [each["path"] for each in found])


class _Aborted(Exception):
    """Makes the store forget what it has of a file."""


class FileWriter:
    """A file that is there, whole, once ``close`` has come back, and otherwise is not there at all. Whoever gives it up calls ``abort``;
    what a process that dies has put into a bucket until then is taken away by the bucket's own rule."""

    def __init__(self, store: ObjectStore, key: str, attributes: Mapping[str, str] | None) -> None:
        self.size = 0
        self._aborted = False
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=1)
        self._putting = asyncio.ensure_future(self._put(store, key, attributes))

    async def _put(self, store: ObjectStore, key: str, attributes: Mapping[str, str] | None) -> None:
        with _told(writes=True):
            await obstore.put_async(
                store,
                key,
                self._given(),
                attributes=dict(attributes) if attributes else None,
                use_multipart=True,
                chunk_size=PART_BYTES,
                max_concurrency=PARTS_AT_ONCE,
            )

    async def _given(self) -> AsyncIterator[bytes]:
        while (piece := await self._pieces.get()) is not None:
            yield piece
        if self._aborted:
            raise _Aborted

    async def write(self, data: bytes) -> None:
        """The next piece; raises StorageUnavailable."""
        await self._give(data)
        self.size += len(data)

    async def close(self) -> int:
        """The file is whole; its size. Raises StorageUnavailable, and there is no file then."""
        await self._give(None)
        await asyncio.shield(self._putting)
        return self.size

    async def abort(self) -> None:
        """Nothing is left of the file, unless it is closed already."""
        self._aborted = True
        while not self._pieces.empty():
            self._pieces.get_nowait()
        self._pieces.put_nowait(None)
        await asyncio.wait({self._putting})
        if not self._putting.cancelled():
            self._putting.exception()  # looked at: whoever gives up has an error of his own

    async def _give(self, piece: bytes | None) -> None:
        giving = asyncio.ensure_future(self._pieces.put(piece))
        try:
            await asyncio.wait({giving, self._putting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            giving.cancel()
        if self._putting.done():
            self._putting.result()


def _open_store(url: str, options: Mapping[str, str]) -> tuple[ObjectStore, Path | None]:
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        folder = unquote(parts.path)
        return LocalStore(folder, mkdir=True), Path(folder)
    if parts.scheme == "s3" and parts.netloc:
        plain_http = options.get("endpoint", "").startswith("http://")
        store = S3Store.from_url(
            url,
            config=dict(options),  # type: ignore[arg-type]  # a TypedDict of the same strings
            client_options={"allow_http": plain_http, "connect_timeout": "3s", "timeout": "30s"},
            retry_config={"max_retries": 2},
        )
        return store, None
    raise ValueError("the storage address is file:///folder or s3://bucket/prefix")


def _remove_folder(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return


def _clear_halves(folder: Path, before: float) -> int:
    cleared = 0
    for path in folder.rglob("*#*"):
        if _HALF.fullmatch(path.name) and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            cleared += 1
    return cleared


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError("a storage key is made of ids: letters, digits, '_', '-', '.' and single '/'")
    return key


@contextmanager
def _told(*, writes: bool = False) -> Iterator[None]:
    """Translate what the store raises; a missing file is FileNotFoundError there, a subclass of OSError, and so is a missing bucket."""
    try:
        yield
    except FileNotFoundError as error:
        raise (StorageUnavailable if writes or "NoSuchBucket" in str(error) else FileMissing) from error
    except (BaseError, OSError) as error:
        raise (StorageFull if _FULL.search(str(error)) else StorageUnavailable) from error
